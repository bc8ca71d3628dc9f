import { type Effort, spend } from "@hufu/core/pattern/effort"

/** A text as a reader of meaning sees it, and where each of its units stands in the text that was given. */
export interface FoldedText {
  readonly text: string
  /** For every unit of `text`, and for its end, the place in the original. */
  readonly places: Uint32Array
}

/** Cyrillic and Greek letters that look like Latin ones; in texts of those scripts this is done to both sides. */
const lookAlikes = new Map(
  "аa вb сc еe һh іi јj кk мm оo рp ѕs тt уy хx αa εe ιi κk νv οo ρp τt υu χx ıi ɡg"
    .split(" ")
    .map((pair) => [pair.slice(0, 1), pair.slice(1)] as const),
)

const traditional =
  "略無视視规規则則製制開开發发請请這这個个為为說说過过對对話话統统語语設设動动執执轉转帳账匯汇資资訊讯從从現现裝装擬拟與与會会應应該该並并將将還还沒没關关閉闭傳传給给輸输顯显識识樣样後后繞绕戲戏隱隐藏藏險险檢检測测試试記记憶忆號号碼码權权級级員员誰谁讓让務务實实縮缩寫写複复製制譯译點点擊击連连結结網网電电郵邮體体節节復复議议論论學学習习"
const simplified = new Map<string, string>()
for (let at = 0; at + 1 < traditional.length; at += 2) {
  const [one, other] = [traditional[at] ?? "", traditional[at + 1] ?? ""]
  if (one !== other && !simplified.has(other)) simplified.set(one, other)
}

const ignorable = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Mn}\p{Co}\u2800]/u
const marks = /[\u0300-\u036f]/g
const longestFold = 8

/**
 * Lower case, compatibility forms, no accents, no invisible characters, one space for any white space, simplified
 * Chinese, Latin letters for those that look like them, and letters for Unicode tags. One step for each unit.
 */
export function foldText(original: string, effort: Effort): FoldedText {
  spend(effort, original.length)
  const pieces: string[] = []
  const places: number[] = []
  let isSpaced = true
  for (let at = 0; at < original.length;) {
    const code = original.codePointAt(at) ?? 0
    const width = code > 0xffff ? 2 : 1
    const folded = foldCharacter(code)
    const isSpace = folded === " "
    if (folded !== "" && !(isSpace && isSpaced)) {
      pieces.push(folded)
      for (let i = 0; i < folded.length; i++) places.push(at)
    }
    if (folded !== "") isSpaced = isSpace
    at += width
  }
  places.push(original.length)
  return { text: pieces.join(""), places: Uint32Array.from(places) }
}

/** The same of a short text of our own. */
export function foldPhrase(phrase: string): string {
  return foldText(phrase, { left: Infinity }).text.trim()
}

const cache = new Map<number, string>()
const mostCached = 20_000

function foldCharacter(code: number): string {
  if (code === 10 || code === 13) return "\n"
  if (code <= 0x20) return " "
  if (code < 0x7f)
    return code >= 65 && code <= 90 ? String.fromCharCode(code + 32) : String.fromCharCode(code)
  const known = cache.get(code)
  if (known !== undefined) return known
  const folded = foldUncached(code)
  if (cache.size < mostCached) cache.set(code, folded)
  return folded
}

function foldUncached(code: number): string {
  if (code >= 0xe0020 && code <= 0xe007e) return String.fromCodePoint(code - 0xe0000).toLowerCase()
  const character = String.fromCodePoint(code)
  if (/\p{Zs}|\p{Cc}|\p{Zl}|\p{Zp}/u.test(character)) return " "
  if (/[\u0300-\u036f]/.test(character)) return ""
  if (ignorable.test(character) && !/\p{L}|\p{Mn}/u.test(character)) return ""
  const plain = character.normalize("NFKD").replaceAll(marks, "").toLowerCase().normalize("NFC")
  if (plain.length > longestFold) return character
  return simplified.get(plain) ?? lookAlikes.get(plain) ?? plain
}
