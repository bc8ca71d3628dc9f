import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { FoundPhrase } from "../phrase-finder.ts"
import { conceptNames } from "./concept-finder.ts"

/** How many buckets the n-grams are hashed into. */
export const gramBuckets: number = 1 << 15
const count = conceptNames.length
const shapes = 12
/** Concepts, concepts that begin a sentence or a value, pairs of them in order, and the shape of the text. */
export const conceptFeatures: number = count + count + count * count + shapes

/** What the model weighs: which n-grams and which concept features a part of a text has, each once. */
export interface TextFeatures {
  readonly grams: readonly number[]
  readonly concepts: readonly number[]
}

const shortest = 2
const longest = 5
/** How many units may stand between two concepts of a pair. */
const reach = 48
const mostFollowers = 8

/** The features of a part of a folded text; `found` are the concepts of the whole, in order. */
export function featuresOf(
  folded: string,
  part: { readonly start: number; readonly end: number },
  found: readonly FoundPhrase<number>[],
  effort: Effort,
): TextFeatures {
  const within = found.filter((one) => one.start >= part.start && one.end <= part.end)
  spend(effort, (part.end - part.start) * (longest - shortest + 2) + within.length * mostFollowers)
  return { grams: grams(folded, part.start, part.end), concepts: conceptsOf(folded, part, within) }
}

/** Which call last met each bucket: no set has to be made for each part of a text. */
const met = new Uint32Array(gramBuckets)
let calls = 0

/** FNV-1a over a few units, kept in 15 bits; each bucket once. */
export function grams(folded: string, start: number, end: number, sizes = { shortest, longest }): number[] {
  calls = (calls + 1) >>> 0
  if (calls === 0) {
    met.fill(0)
    calls = 1
  }
  const seen: number[] = []
  for (let at = start; at < end; at++) {
    const last = Math.min(end, at + sizes.longest)
    let hash = 0x811c9dc5
    for (let next = at; next < last; next++) {
      hash = Math.imul(hash ^ folded.charCodeAt(next), 0x01000193)
      const size = next - at + 1
      if (size < sizes.shortest) continue
      const bucket = (hash ^ (hash >>> 15) ^ (size << 3)) & (gramBuckets - 1)
      if (met[bucket] === calls) continue
      met[bucket] = calls
      seen.push(bucket)
    }
  }
  return seen
}

function conceptsOf(
  folded: string,
  part: { readonly start: number; readonly end: number },
  within: readonly FoundPhrase<number>[],
): number[] {
  const seen = new Set<number>()
  within.forEach(({ of, start, end }, i) => {
    seen.add(of)
    if (begins(folded, start)) seen.add(count + of)
    for (const next of within.slice(i + 1, i + 1 + mostFollowers)) {
      if (next.start - end > reach) break
      seen.add(2 * count + of * count + next.of)
    }
  })
  for (const shape of shapesOf(folded.slice(part.start, part.end), within.length))
    seen.add(2 * count + count * count + shape)
  return [...seen]
}

/** Whether a sentence, a line, an item or a quoted value begins here. */
function begins(folded: string, start: number): boolean {
  let at = start - 1
  while (at >= 0 && start - at < 4 && folded[at] === " ") at -= 1
  return at < 0 || /[\n"'`:：>.!?。！？\-*(（[【「“”‘’；;]/u.test(folded[at] ?? "")
}

function shapesOf(text: string, concepts: number): number[] {
  const density = concepts / (text.length / 40 + 1)
  const facts = [
    text.length < 40,
    text.length >= 40 && text.length < 120,
    text.length >= 120 && text.length < 300,
    text.length >= 300,
    density > 1,
    density > 2,
    density > 3.5,
    text.includes("!!") || text.includes("！！"),
    /[?？]["')”]?\s?$/u.test(text),
    /^\s?[[{]/.test(text),
    text.includes("```"),
    text.includes("\n"),
  ]
  return facts.flatMap((is, i) => (is ? [i] : []))
}
