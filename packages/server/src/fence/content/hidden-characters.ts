import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "./detector.ts"
import type { FindingKind } from "./finding-kinds.ts"

const kinds = [
  "invisible_character",
  "bidirectional_control",
  "tag_characters",
  "variation_data",
  "control_character",
  "mixed_script",
] as const satisfies readonly FindingKind[]

/**
 * What an eye does not see or sees wrongly: invisible and bidirectional characters, text in Unicode tags or variation
 * selectors, control characters, and words that mix Latin with look-alike letters. Joiners within emoji and within the
 * scripts that need them, and direction marks beside right-to-left letters, score below the point.
 */
export const hiddenCharacters: Detector = {
  name: "hidden-characters",
  version: "1",
  kinds,
  point: 0.5,
  stepsPerUnit: 12,
  find(text, effort) {
    return [...unseen(text, effort), ...mixedWords(text, effort)]
  },
}

const suspects =
  /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|(?![\n\r\t])\p{Cc}|[\p{Cs}\p{Co}\p{Noncharacter_Code_Point}]/u

function unseen(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  let at = 0
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    if (unit > 0x1f && unit < 0x7f) {
      at += 1
      continue
    }
    const start = at
    const first = suspectAt(text, at)
    at += widthAt(text, at)
    if (first === undefined) continue
    while (at < text.length && suspectAt(text, at) === first) at += widthAt(text, at)
    found.push({ kind: first, start, end: at, score: scoreOf(first, text, start, at) })
  }
  spend(effort, text.length)
  return found
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

function suspectAt(text: string, at: number): FindingKind | undefined {
  const code = text.codePointAt(at) ?? 0
  if (code > 0x1f && code < 0x7f) return undefined
  if (!suspects.test(String.fromCodePoint(code))) return undefined
  if (code >= 0xe0000 && code <= 0xe007f) return "tag_characters"
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef)) return "variation_data"
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return "bidirectional_control"
  if (code < 0xa0) return "control_character"
  return "invisible_character"
}

const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
/** Scripts in which a joiner or a non-joiner changes how letters are written. */
const joining =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Mongolian}\p{Script=Tibetan}]/u
const pictorial = /[\p{Extended_Pictographic}\p{Emoji_Modifier}#*0-9]|\u20e3|\ufe0f/u

function scoreOf(kind: FindingKind, text: string, start: number, end: number): number {
  const before = codeBefore(text, start)
  const after = text.codePointAt(end)
  const [left, right] = [before, after].map((code) => (code === undefined ? "" : String.fromCodePoint(code)))
  const beside = (set: RegExp) => set.test(left ?? "") || set.test(right ?? "")
  if (kind === "bidirectional_control") return beside(rightToLeft) ? 0.45 : 0.95
  if (kind === "tag_characters") return isFlag(text, start, end) ? 0.1 : 0.99
  if (kind === "variation_data") return end - start <= 2 ? 0.1 : 0.97
  if (kind === "control_character") return text.charCodeAt(start) === 0x1b ? 0.9 : 0.6
  const character = text[start]
  const isAlone = end - start === 1
  if (character === "\u200d" && isAlone && (beside(pictorial) || beside(joining))) return 0.1
  if (character === "\u200c" && isAlone && beside(joining)) return 0.1
  if ("\u200e\u200f\u061c".includes(character ?? " ") && isAlone) return beside(rightToLeft) ? 0.1 : 0.4
  if (character === "\ufeff" && start === 0) return 0.1
  if ("\u00ad\u2028\u2029\u3164".includes(character ?? " ") && isAlone) return 0.4
  return isAlone ? 0.7 : 0.95
}

function codeBefore(text: string, at: number): number | undefined {
  const low = text.charCodeAt(at - 1)
  return low >= 0xdc00 && low <= 0xdfff && at > 1 ? text.codePointAt(at - 2) : text.codePointAt(at - 1)
}

/** UTS #51 ED-14a: the flags of parts of a country are a black flag with at most six letters in tags. */
function isFlag(text: string, start: number, end: number): boolean {
  return codeBefore(text, start) === 0x1f3f4 && end - start <= 14
}

const lookAlikes =
  /[\u0370-\u03ff\u0400-\u052f\u13a0-\u13ff\uff21-\uff3a\uff41-\uff5a]|[\u{1d400}-\u{1d7ff}]/u
const latin = /[A-Za-z]/
const longestWord = 64

/** Words in which Latin letters stand beside Greek, Cyrillic, Cherokee, full-width or mathematical ones. */
function mixedWords(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  let start = -1
  for (let at = 0; at <= text.length; at++) {
    const unit = at < text.length ? text.charCodeAt(at) : 0x20
    const isLetter =
      unit > 0x7f ? /[\p{L}\p{Cs}]/u.test(text[at] ?? "") && !isIdeograph(unit) : latin.test(text[at] ?? "")
    if (isLetter && start < 0) start = at
    if (isLetter || start < 0) continue
    const word = text.slice(start, Math.min(at, start + longestWord))
    if (!spend(effort, 2 * word.length)) break
    if (latin.test(word) && lookAlikes.test(word))
      found.push({ kind: "mixed_script", start, end: at, score: scoreOfWord(word) })
    start = -1
  }
  spend(effort, text.length)
  return found
}

function isIdeograph(unit: number): boolean {
  return (unit >= 0x2e80 && unit <= 0x9fff) || (unit >= 0xac00 && unit <= 0xd7af)
}

/** A unit, a symbol of physics or a prefix may stand beside a Latin letter; a letter within a long word may not. */
function scoreOfWord(word: string): number {
  return word.length < 4 || /^[\u0370-\u03ff][A-Za-z]{1,3}$|^[A-Za-z]{1,3}[\u0370-\u03ff]$/u.test(word)
    ? 0.3
    : 0.9
}
