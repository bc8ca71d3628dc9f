import { type Effect, effects } from "@hufu/core/words"
import { isConsequential, moreCautious } from "./effect-caution.ts"
import { effectWords, gravingNouns, rentedNouns, rentWords } from "./effect-words.ts"

interface Meaning {
  readonly effect: Effect
  /** As often a noun: counts only where a verb must be. */
  readonly doubtful: boolean
  /** An `-s` form of a word that is a verb wherever it stands. */
  readonly thirdPerson?: true
}

const meanings: ReadonlyMap<string, Meaning> = buildMeanings()

/** Longer names say nothing more; schemas may hold names of any length. */
const MAX_NAME = 256
const CONJUNCTIONS = new Set(["and", "or", "then", "n", "also", "plus"])
/** Before a verb in running text, in this order of strength: any verb may follow, or only one in its base form. */
const BEFORE_ANY_VERB = new Set(["will", "can", "then", "also", "automatically", "may", "must", "it", "tool"])
const BEFORE_BASE_VERB = new Set(["and", "or", "to", "you", "could"])
/** "finds contacts by email" emails nobody, "by emailing them" does. */
const BEFORE_GERUND = new Set(["by", "for"])
/** What these are used for, the tool need not do. */
const DATA = new Set(["information", "data", "details", "results", "values", "fields"])
const OBJECTS = new Set([
  "it",
  "them",
  "him",
  "her",
  "this",
  "that",
  "the",
  "a",
  "an",
  "your",
  "their",
  "everyone",
])
const NEGATIONS = new Set([
  "not",
  "never",
  "without",
  "no",
  "cannot",
  "don't",
  "doesn't",
  "isn't",
  "won't",
  "nor",
])

/**
 * The effect that a tool's name tells, or nothing when it tells none. UNTRUSTED: a name is the server's own
 * claim; what it gives is a guess that a person still has to confirm.
 */
export function effectOfName(name: string): Effect | undefined {
  const tokens = splitName(name)
  const found = tokens.map((token) => meaningOf(token))
  const hasCertain = found.some((meaning) => meaning?.doubtful === false)
  let effect: Effect | undefined
  for (const [at, meaning] of found.entries()) {
    if (!meaning) continue
    const isVerb = !meaning.doubtful || !hasCertain || at === 0 || CONJUNCTIONS.has(tokens[at - 1] ?? "")
    if (isVerb) effect = effect === undefined ? meaning.effect : moreCautious(effect, meaning.effect)
  }
  return effect !== undefined && effect !== "delete" && isConsequential(effect)
    ? makeGraver(effect, tokens)
    : effect
}

/** The gravest effect that a description claims, or nothing when it claims no change. It can only raise. */
export function consequenceInText(text: string): Effect | undefined {
  let effect: Effect | undefined
  for (const clause of text.toLowerCase().split(/[.!?;:。！？；：\n()（）]+/)) {
    for (const found of [consequenceInWords(clause), consequenceInChinese(clause)]) {
      if (found) effect = effect === undefined ? found : moreCautious(effect, found)
    }
  }
  return effect
}

/** A name's words in lower case: split at case, digits and punctuation. */
export function splitName(name: string): string[] {
  return name
    .slice(0, MAX_NAME)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .replace(/(\d)([a-zA-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((token) => token !== "")
}

function consequenceInWords(clause: string): Effect | undefined {
  const tokens = clause.match(/[a-z'\u2019]+|,/g) ?? []
  let effect: Effect | undefined
  for (const [at, token] of tokens.entries()) {
    const meaning = meaningOf(token)
    if (!meaning || !isConsequential(meaning.effect) || !standsAsVerb(tokens, at, meaning)) continue
    const graver =
      meaning.effect === "delete" ? "delete" : makeGraver(meaning.effect, tokens.slice(at + 1, at + 7))
    effect = effect === undefined ? graver : moreCautious(effect, graver)
  }
  return effect
}

function standsAsVerb(tokens: readonly string[], at: number, meaning: Meaning): boolean {
  if (tokens.slice(Math.max(0, at - 3), at).some((token) => NEGATIONS.has(token.replace("\u2019", "'"))))
    return false
  const before = tokens[at - 1] ?? ""
  if (at === 0 || BEFORE_ANY_VERB.has(before)) return true
  // "and emails them" does, "and reviews" may not.
  const isCertain = !meaning.doubtful || meaning.thirdPerson === true || OBJECTS.has(tokens[at + 1] ?? "")
  if (before === ",") return isCertain
  if (tokens[at - 2] === "used" && tokens.slice(Math.max(0, at - 6), at - 2).some((token) => DATA.has(token)))
    return false
  if (BEFORE_GERUND.has(before)) return tokens[at]?.endsWith("ing") === true
  return BEFORE_BASE_VERB.has(before) && (isCertain || meanings.has(tokens[at] ?? ""))
}

/** A Chinese verb counts unless it describes a noun (已发送的) or is denied, or a reading verb governs the clause. */
function consequenceInChinese(clause: string): Effect | undefined {
  let effect: Effect | undefined
  for (const part of clause.split(/[,，、]/)) {
    const reads = firstIndex(part, [...effectWords.read.zh, ...effectWords.compute.zh])
    for (const candidate of effects.filter((one) => isConsequential(one))) {
      for (const word of effectWords[candidate].zh) {
        const at = part.indexOf(word)
        if (at < 0 || /(?:已|未|被|所|待|不|勿|无需|不会|不能)$/.test(part.slice(0, at))) continue
        const governed = reads >= 0 && reads < at && !/(?:并|和|或|后|再|及|且|然)$/.test(part.slice(0, at))
        if (!governed) effect = effect === undefined ? candidate : moreCautious(effect, candidate)
      }
    }
  }
  return effect
}

function firstIndex(text: string, candidates: readonly string[]): number {
  const found = candidates.map((word) => text.indexOf(word)).filter((at) => at >= 0)
  return found.length === 0 ? -1 : Math.min(...found)
}

function makeGraver(effect: Effect, tokens: readonly string[]): Effect {
  // Whoever rents a car pays for it, and does not drive it by that.
  const isRented = tokens.some((token) => rentWords.has(token))
  const said = isRented ? tokens.filter((token) => !rentedNouns.has(token)) : tokens
  return gravingNouns.reduce(
    (gravest, { effect: graver, nouns }) =>
      said.some((token) => nouns.has(token)) ? moreCautious(gravest, graver) : gravest,
    effect,
  )
}

/** A word or its third person or gerund; an `-s` may be a plural, so it is doubtful. */
function meaningOf(token: string): Meaning | undefined {
  const exact = meanings.get(token)
  if (exact) return exact
  const plural = meanings.get(token.replace(/s$/, "")) ?? meanings.get(token.replace(/es$/, ""))
  if (plural)
    return { effect: plural.effect, doubtful: true, ...(plural.doubtful ? {} : { thirdPerson: true }) }
  if (!token.endsWith("ing")) return undefined
  const stem = token.slice(0, -3)
  return meanings.get(stem) ?? meanings.get(`${stem}e`) ?? meanings.get(stem.replace(/(.)\1$/, "$1"))
}

function buildMeanings(): ReadonlyMap<string, Meaning> {
  const found = new Map<string, Meaning>()
  for (const effect of effects) {
    for (const word of effectWords[effect].doubtful) found.set(word, { effect, doubtful: true })
  }
  for (const effect of effects) {
    for (const word of effectWords[effect].verbs) found.set(word, { effect, doubtful: false })
  }
  return found
}
