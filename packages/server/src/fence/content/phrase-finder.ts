import { type Effort, spend } from "@hufu/core/pattern/effort"
import { foldPhrase } from "./fold-text.ts"

/** A phrase that stands in a folded text. */
export interface FoundPhrase<T> {
  readonly of: T
  readonly start: number
  readonly end: number
}

interface Node<T> {
  readonly next: Map<number, Node<T>>
  /** What a phrase that ends here is of, when a word must end here too. */
  whole?: T
  /** The same where the word may go on. */
  open?: T
}

/** Finds many phrases at once; a phrase is looked for at the beginnings of words, one of Chinese everywhere. */
export type PhraseFinder<T> = (folded: string, effort: Effort) => FoundPhrase<T>[]

/**
 * Compiles phrases: a `*` at the end lets the word go on, so that one stem stands for its forms. Each place costs as
 * many steps as the longest phrase that begins as the text does there, which the longest phrase bounds.
 */
export function phraseFinder<T>(phrases: Iterable<readonly [T, string]>): PhraseFinder<T> {
  const root: Node<T> = { next: new Map() }
  for (const [of, written] of phrases) add(root, of, written)
  return (folded, effort) => {
    const found: FoundPhrase<T>[] = []
    let free = 0
    let previous = 0x20
    for (let start = 0; start < folded.length; start++) {
      const unit = folded.charCodeAt(start)
      const isStart = !joins(previous) || !joins(unit)
      previous = unit
      if (start < free || !isStart) continue
      const longest = longestAt(root, folded, start, effort)
      if (effort.left < 0) break
      if (!longest) continue
      found.push(longest)
      free = longest.end
    }
    return found
  }
}

function add<T>(root: Node<T>, of: T, written: string): void {
  const isOpen = written.endsWith("*")
  const phrase = foldPhrase(isOpen ? written.slice(0, -1) : written)
  let node = root
  for (let i = 0; i < phrase.length; i++) {
    const unit = phrase.charCodeAt(i)
    const next = node.next.get(unit) ?? { next: new Map() }
    node.next.set(unit, next)
    node = next
  }
  if (isOpen || !joins(phrase.charCodeAt(phrase.length - 1))) node.open ??= of
  else node.whole ??= of
}

function longestAt<T>(
  root: Node<T>,
  folded: string,
  start: number,
  effort: Effort,
): FoundPhrase<T> | undefined {
  let node: Node<T> | undefined = root
  let longest: FoundPhrase<T> | undefined
  let at = start
  for (;;) {
    node = node.next.get(folded.charCodeAt(at))
    if (node === undefined) break
    at += 1
    const of: T | undefined = node.open ?? (joins(folded.charCodeAt(at)) ? undefined : node.whole)
    if (of !== undefined) longest = { of, start, end: at }
  }
  spend(effort, at - start + 1)
  return longest
}

/** Whether a unit is a letter or digit of a script that puts spaces between its words. */
function joins(unit: number): boolean {
  if (unit < 0x80)
    return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90)
  if (unit >= 0x2e80 && unit <= 0x9fff) return false
  if (unit >= 0xac00 && unit <= 0xd7ff) return false
  if (unit >= 0x0e00 && unit <= 0x0eff) return false
  return (unit >= 0xc0 && unit < 0x2000) || (unit >= 0x2c00 && unit < 0x2e80)
}
