import { makeVisible } from "./visible-text.ts"

/** A run of words that two texts share, or that only one of them has. */
export interface DiffSegment {
  readonly kind: "same" | "added" | "removed"
  readonly text: string
}

/** Cells of the table that is filled at most; above this the whole middle counts as replaced. */
const MAX_CELLS = 4_000_000

/** A Chinese or Japanese character, a word, a run of white space, or any one other character. */
const WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}_])+|[ \t\n]+|[^]/gu

/** The difference of two texts, word by word, with hidden characters spelled out. */
export function diffWords(before: string, after: string): DiffSegment[] {
  const old = before.match(WORDS) ?? []
  const now = after.match(WORDS) ?? []
  const start = sharedStart(old, now)
  const end = sharedEnd(old, now, start)
  const oldMiddle = old.slice(start, old.length - end)
  const nowMiddle = now.slice(start, now.length - end)
  const segments = new Segments()
  for (const word of old.slice(0, start)) segments.add("same", word)
  diffMiddle(oldMiddle, nowMiddle, segments)
  for (const word of old.slice(old.length - end)) segments.add("same", word)
  return segments.finish()
}

function sharedStart(old: readonly string[], now: readonly string[]): number {
  let at = 0
  while (at < old.length && at < now.length && old[at] === now[at]) at += 1
  return at
}

function sharedEnd(old: readonly string[], now: readonly string[], start: number): number {
  const most = Math.min(old.length, now.length) - start
  let at = 0
  while (at < most && old[old.length - 1 - at] === now[now.length - 1 - at]) at += 1
  return at
}

function diffMiddle(old: readonly string[], now: readonly string[], segments: Segments): void {
  if (old.length === 0 || now.length === 0 || old.length * now.length > MAX_CELLS) {
    for (const word of old) segments.add("removed", word)
    for (const word of now) segments.add("added", word)
    return
  }
  walk({ old, now, table: commonLengths(old, now) }, segments)
}

/** `table[i * width + j]` is the length of the longest common run of words of `old[i..]` and `now[j..]`. */
function commonLengths(old: readonly string[], now: readonly string[]): Uint32Array {
  const width = now.length + 1
  const table = new Uint32Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const at = i * width + j
      table[at] =
        old[i] === now[j]
          ? (table[at + width + 1] ?? 0) + 1
          : Math.max(table[at + width] ?? 0, table[at + 1] ?? 0)
    }
  }
  return table
}

function walk(
  { old, now, table }: { old: readonly string[]; now: readonly string[]; table: Uint32Array },
  segments: Segments,
): void {
  const width = now.length + 1
  let i = 0
  let j = 0
  while (i < old.length || j < now.length) {
    const oldWord = old[i]
    const nowWord = now[j]
    if (oldWord !== undefined && oldWord === nowWord) {
      segments.add("same", oldWord)
      i += 1
      j += 1
    } else if (
      oldWord !== undefined &&
      (nowWord === undefined || (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))
    ) {
      segments.add("removed", oldWord)
      i += 1
    } else {
      segments.add("added", nowWord ?? "")
      j += 1
    }
  }
}

/** Collects words into the longest runs of one kind. */
class Segments {
  readonly #done: DiffSegment[] = []
  #kind: DiffSegment["kind"] = "same"
  #words: string[] = []

  add(kind: DiffSegment["kind"], word: string): void {
    if (kind !== this.#kind) this.#flush()
    this.#kind = kind
    this.#words.push(word)
  }

  finish(): DiffSegment[] {
    this.#flush()
    return this.#done
  }

  #flush(): void {
    if (this.#words.length === 0) return
    this.#done.push({ kind: this.#kind, text: makeVisible(this.#words.join("")) })
    this.#words = []
  }
}
