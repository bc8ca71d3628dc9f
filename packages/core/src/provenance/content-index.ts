import { mailboxesIn } from "./address.ts"
import { plainText } from "./plain-text.ts"
import { tokensOf } from "./tokens.ts"

/** What was read, as far as it can be told again word by word. */
export interface ContentIndex {
  add(text: string): void
  /**
   * Whether a text repeats something that was read: thirteen words in a row (six or more are found as often as not), or one value that
   * is unlikely to be said by chance.
   *
   * @param known what may be repeated: the user's own words; asked for only when something is repeated
   */
  repeats(text: string, known: () => ContentIndex): boolean
  holds(mark: number): boolean
  /** It holds no more: whatever is asked about now may have been read. */
  readonly isFull: boolean
  /** About how much memory it takes. */
  readonly bytes: number
}

const wordsInRow = 6
/** Of so many rows that follow each other one is kept, the same in whichever text they stand (winnowing, Schleimer et al. 2003). */
const rowsInWindow = 8
const mostMarks = 1 << 20
const longestText = 1 << 20

/** Keeps marks of what was read, not the texts: a few bytes for each word of it, 16 MB at most. */
export function openContentIndex({ everyRow = false } = {}): ContentIndex {
  const marks = openMarks()
  let isFull = false
  return {
    get isFull() {
      return isFull
    },
    add(text) {
      if (text.length > longestText) isFull = true
      const tokens = tokensOf(plainText(text.slice(0, longestText)))
      for (const mark of everyRow ? allMarksOf(text, tokens) : marksOf(text, tokens))
        if (!marks.add(mark)) isFull = true
    },
    holds: marks.has,
    get bytes() {
      return marks.bytes
    },
    repeats(text, known) {
      if (marks.isEmpty) return false
      const plain = text.slice(0, longestText)
      const tokens = tokensOf(plainText(plain))
      const repeated = marksOf(plain, tokens).filter((mark) => marks.has(mark))
      if (repeated.length === 0) return false
      const said = known()
      return repeated.some((mark) => !said.holds(mark))
    },
  }
}

function marksOf(text: string, tokens: readonly string[]): number[] {
  return [...leastOfWindows(rowsOf(tokens)), ...distinct(text, tokens)]
}

function allMarksOf(text: string, tokens: readonly string[]): number[] {
  return [...rowsOf(tokens), ...distinct(text, tokens)]
}

/** A mark of every six words in a row, made of the words' own marks, so that each word is read once. */
function rowsOf(tokens: readonly string[]): number[] {
  const words = tokens.map((token) => hashOf(token))
  return Array.from({ length: Math.max(0, tokens.length - wordsInRow + 1) }, (_, at) => {
    let low = 0
    let high = 0
    for (let word = at; word < at + wordsInRow; word += 1) {
      low = Math.imul(low, 0x9e3779b1) ^ (words[word]?.low ?? 0)
      high = Math.imul(high, 0x85ebca6b) ^ (words[word]?.high ?? 0)
    }
    return joined(low, high)
  })
}

/** What is shorter than one window has one mark as well. */
function leastOfWindows(marks: readonly number[]): number[] {
  const kept: number[] = []
  let last = -1
  for (let end = Math.min(rowsInWindow, marks.length); end > 0 && end <= marks.length; end += 1) {
    let least = Math.max(0, end - rowsInWindow)
    for (let at = least + 1; at < end; at += 1) if ((marks[at] ?? 0) < (marks[least] ?? 0)) least = at
    if (least !== last) kept.push(marks[least] ?? 0)
    last = least
  }
  return kept
}

/** Mailboxes, and words with six digits or with eight signs of which some are digits. */
function distinct(text: string, tokens: readonly string[]): number[] {
  const mailboxes = text.includes("@") || text.includes("\uFF20") ? mailboxesIn(text) : []
  const telling = tokens.filter((token) => {
    if (token.length < 6 || !/\p{Nd}/u.test(token)) return false
    const digits = token.replace(/\P{Nd}/gu, "").length
    return digits >= 6 || (digits >= 2 && token.length >= 8)
  })
  return [
    ...mailboxes.map((mailbox) => markOf(`@${plainText(mailbox)}`)),
    ...telling.map((token) => markOf(`#${token}`)),
  ]
}

function markOf(text: string): number {
  const { low, high } = hashOf(text)
  return joined(low, high)
}

/** Two FNV-1a hashes. Whoever finds two texts of one mark makes Hufu ask once too often. */
function hashOf(text: string): { readonly low: number; readonly high: number } {
  let low = 0x811c9dc5
  let high = 0x01000193
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x85ebca6b)
    high ^= high >>> 13
  }
  return { low, high }
}

/** 53 bits, and never 0, which stands for nothing. */
function joined(low: number, high: number): number {
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0) || 1
}

/** A set of numbers in one array: a `Set` takes six times the room. */
function openMarks() {
  let slots = new Float64Array(1 << 10)
  let count = 0

  function slotOf(mark: number, among: Float64Array): number {
    let slot = mark % among.length
    while (among[slot] !== 0 && among[slot] !== mark) slot = (slot + 1) % among.length
    return slot
  }

  function grow(): void {
    const larger = new Float64Array(slots.length * 2)
    for (const mark of slots) if (mark !== 0) larger[slotOf(mark, larger)] = mark
    slots = larger
  }

  return {
    get bytes() {
      return slots.byteLength
    },
    get isEmpty() {
      return count === 0
    },
    has: (mark: number) => slots[slotOf(mark, slots)] === mark,
    /** False when it is full. */
    add(mark: number): boolean {
      const slot = slotOf(mark, slots)
      if (slots[slot] === mark) return true
      if (count >= mostMarks) return false
      slots[slot] = mark
      count += 1
      if (count * 2 > slots.length) grow()
      return true
    },
  }
}
