import type { JsonValue } from "@hufu/core/json/json-value"
import { addressesIn, plainAddress } from "@hufu/core/provenance/address"
import { openContentIndex } from "@hufu/core/provenance/content-index"
import type { Origin } from "@hufu/core/provenance/origin"
import type { TracedValue } from "@hufu/core/provenance/traced-value"
import type { UserWords } from "@hufu/core/provenance/user-words"
import { readOwnRecords, type ResultSource, writersIn } from "@hufu/core/provenance/own-records"
import { plainText } from "@hufu/core/provenance/plain-text"
import { marksOf, type TextMarks, textMarks } from "@hufu/core/provenance/text-marks"
import { tokensOf } from "@hufu/core/provenance/tokens"
import { comparable, formOf, type ValueForm } from "@hufu/core/provenance/value-form"
import { readResult } from "./read-result.ts"

/** A result that came back within a task. */
export interface Returned {
  readonly action: string
  readonly server: string
  readonly tool: string
  readonly source: ResultSource
  /** What the tool is about, as its name says. */
  readonly nouns: readonly string[]
  /** The user told the agent to look exactly there: an argument of the call stands in their words. */
  readonly isPointedAt: boolean
  readonly result: JsonValue
}

/** Where a value was seen. */
export type SeenIn = NonNullable<TracedValue["seenIn"]>

/** What a task has seen, as far as it tells where a value came from. */
export interface TaskMemory {
  /** Content that others wrote has been read. */
  readonly readOthers: boolean
  readonly readPrivate: boolean
  /** About how much memory it takes. */
  readonly bytes: number
  take(returned: Returned): void
  /** Something came back that nobody could keep: it may have held anything. */
  lose(): void
  /** The user decided on exactly these values, each for what it was used for. */
  answer(values: Iterable<Pick<TracedValue, "use" | "value">>): void
  /** The agent wrote these values somewhere: what is read back there is not the user's own for it. */
  plant(values: Iterable<string>): void
  /** The origin of a value that the user's words do not name as it is. */
  originOf(value: string, use: TracedValue["use"], words: UserWords): Origin
  /** The newest result of others in which a value stands. */
  seenIn(value: string): SeenIn | undefined
  /** Whether a text repeats what was read inside, the user's own words left out. */
  repeatsPrivate(text: string, userTexts: readonly string[]): boolean
}

const mostValues = 20_000
const mostKeptText = 4 << 20
/** A short text in a set. */
const bytesPerValue = 100
/** Names of tools that tell who the user is. */
const identity = new Set(["iban", "whoami", "profile", "me", "myself", "account", "user", "info"])

/** @param isBlank whether the task begins now: what was read before is not known, so it counts as everything that can be feared */
export function openTaskMemory({ isBlank }: { readonly isBlank: boolean }): TaskMemory {
  /** With the names that stand beside each. */
  const own = new Map<string, readonly string[]>()
  const wrote = new Set<string>()
  const self = new Set<string>()
  const linked = new Set<string>()
  const answered = new Set<string>()
  const planted = new Set<string>()
  const inside = openContentIndex()
  const others: (SeenIn & { readonly text: string; readonly marks: TextMarks })[] = []
  /** Every word in them: what has another word stands in none, and need not be looked for. */
  const othersWords = new Set<string>()
  let keptText = 0
  let readOthers = !isBlank
  let readPrivate = !isBlank
  let isLost = false

  function take({ source, result, ...returned }: Returned): void {
    const { records, texts, isWhole } = readResult(result)
    if (!isWhole) return lose()
    if (source !== "public") {
      readPrivate ||= texts.some((text) => text.trim() !== "")
      for (const text of texts) inside.add(text)
    }
    const hasOthers = source === "own" || source === "sent" ? takeOwn(source, records, returned) : true
    if (!hasOthers || texts.every((text) => text.trim() === "")) return
    readOthers = true
    for (const text of texts) keepText(text, returned)
    if (source === "others") for (const writer of records.flatMap(writersIn)) remember(wrote, keyOf(writer))
    if (source === "others" && returned.isPointedAt)
      for (const text of texts)
        for (const address of plainlyLinked(text)) remember(linked, plainAddress(address))
  }

  function lose(): void {
    readOthers = true
    readPrivate = true
    isLost = true
  }

  function takeOwn(
    source: "own" | "sent",
    records: readonly JsonValue[],
    { nouns }: Pick<Returned, "nouns">,
  ): boolean {
    if (records.length === 0) return true
    let hasOthers = false
    for (const record of records) {
      const read = readOwnRecords(record, { source, nouns, isUser: (value) => self.has(keyOf(value)) })
      hasOthers ||= read.hasOthers
      for (const { value, beside } of read.values) {
        const key = keyOf(value)
        if (isPlanted(key)) {
          hasOthers = true
          continue
        }
        if (own.size < mostValues) own.set(key, [...(own.get(key) ?? []), ...beside].slice(0, 8))
        if (source === "own" && nouns.some((noun) => identity.has(noun))) remember(self, key)
      }
    }
    return hasOthers
  }

  /** Once there are too many to remember, whatever is read back may have been written here. */
  function isPlanted(key: string): boolean {
    return planted.has(key) || planted.size >= mostValues
  }

  function keepText(text: string, { action, server, tool }: SeenIn): void {
    const plain = plainText(text.slice(0, mostKeptText / 4))
    others.push({ action, server, tool, text: plain, marks: textMarks(plain) })
    keptText += plain.length
    for (const word of tokensOf(plain)) remember(othersWords, word)
    while (keptText > mostKeptText) keptText -= others.shift()?.text.length ?? keptText
  }

  function originOf(value: string, use: TracedValue["use"], words: UserWords): Origin {
    const key = keyOf(value)
    if (answered.has(`${use}:${key}`)) return "named"
    const beside = own.get(key)
    if (beside) return beside.some((name) => isCalled(name, words)) ? "named" : "own"
    if (wrote.has(key)) return "wrote"
    if (formOf(value) === "address" && linked.has(plainAddress(value))) return "linked"
    return seenIn(value) ? "others" : "unknown"
  }

  function seenIn(value: string): SeenIn | undefined {
    const wanted = plainText(value)
    const isThere = othersWords.size >= mostValues || tokensOf(wanted).every((word) => othersWords.has(word))
    const marks = marksOf(wanted)
    const found =
      wanted === "" || !isThere
        ? undefined
        : others.findLast((one) => one.marks.mayHold(marks) && one.text.includes(wanted))
    return found && { action: found.action, server: found.server, tool: found.tool }
  }

  return {
    get readOthers() {
      return readOthers
    },
    get readPrivate() {
      return readPrivate
    },
    get bytes() {
      const values = own.size + wrote.size + self.size + linked.size + answered.size + planted.size
      return keptText * 2 + inside.bytes + (values + othersWords.size) * bytesPerValue
    },
    take,
    lose,
    answer: (values) => {
      for (const { use, value } of values) remember(answered, `${use}:${keyOf(value)}`)
    },
    plant: (values) => {
      for (const value of values) if (value.length <= 256) remember(planted, keyOf(value))
    },
    originOf,
    seenIn,
    repeatsPrivate(text, userTexts) {
      if (inside.isFull || isLost) return true
      return inside.repeats(text, () => {
        const known = openContentIndex({ everyRow: true })
        for (const words of userTexts) known.add(words)
        return known
      })
    },
  }
}

/** Addresses that stand there as anybody writes one: with no query that could be made up, and no letters that hide. */
function plainlyLinked(text: string): readonly string[] {
  return addressesIn(text).filter(
    (address) =>
      text.includes(address) &&
      !/[?#@%]/.test(address) &&
      /^[!-~]+$/.test(address) &&
      address === address.toLowerCase(),
  )
}

/** By the whole name, or by the first part of it that is long enough to be one. */
function isCalled(name: string, words: UserWords): boolean {
  const [first = ""] = name.trim().split(/\s+/)
  return words.names(name) || (first.length >= 3 && words.names(first))
}

/** A set that is full forgets nothing and takes nothing more: what it does not know counts for less. */
function remember(set: Set<string>, key: string): void {
  if (set.size < mostValues) set.add(key)
}

function keyOf(value: string): string {
  const form: ValueForm = formOf(value)
  return `${form}:${comparable(form, value)}`
}
