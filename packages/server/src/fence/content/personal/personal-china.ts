import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "../detector.ts"
import type { FindingKind } from "../finding-kinds.ts"
import { asciiMembers, type Run, runsOf } from "../text-runs.ts"
import { passesLuhn, passesMod11, passesMod31, weighted } from "./checksums.ts"
import { isAmongChinese, says, saysOther, wordsBefore } from "./context-words.ts"
import { type DigitGroup, digitsOf, groupSeries, hasShape, isPart } from "./number-groups.ts"

const kinds = [
  "cn_resident_id",
  "cn_uscc",
  "cn_bank_card",
  "cn_mobile",
  "cn_landline",
  "cn_plate",
  "cn_passport",
  "hk_id",
  "tw_id",
] as const satisfies readonly FindingKind[]

/** Numbers of persons and organisations in China, each by its format and, where it has one, its check character. */
export const personalChina: Detector = {
  name: "personal-china",
  version: "1",
  kinds,
  point: 0.5,
  stepsPerUnit: 40,
  find(text, effort) {
    return [...codesIn(text, effort), ...groupedIn(text, effort)]
  },
}

interface Guess {
  readonly kind: (typeof kinds)[number]
  readonly score: number
}

const codeMembers = asciiMembers("_")

function codesIn(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (const run of runsOf(text, codeMembers, effort)) {
    if (run.text.length > 24) continue
    const plate = plateAt(text, run, effort)
    if (plate) found.push(plate)
    const guess = guessCode(text, run, effort)
    if (guess) found.push({ ...guess, start: run.start, end: run.end })
  }
  return found
}

/** A code that is written in one piece. */
function guessCode(text: string, run: Run, effort: Effort): Guess | undefined {
  const code = run.text.toUpperCase()
  const before = () => wordsBefore(text, run.start, effort)
  switch (code.length) {
    case 18:
      if (isResidentId(code)) return { kind: "cn_resident_id", score: saysOther(before()) ? 0.7 : 0.98 }
      if (isUscc(code)) return { kind: "cn_uscc", score: saysOther(before()) ? 0.3 : 0.95 }
      return undefined
    case 15:
      if (isOldResidentId(code) && says(before(), "身份", "证件", "id"))
        return { kind: "cn_resident_id", score: 0.7 }
      return undefined
    case 9:
      return guessPassport(code, before) ?? guessHkId(text, run, code)
    case 10:
      if (/^E[A-HJ-NP-Z]\d{8}$/.test(code)) return guessPassport(code.slice(0, 9), before)
      return isTwId(code)
        ? { kind: "tw_id", score: says(before(), "身分", "身份", "id") ? 0.95 : 0.6 }
        : undefined
    case 7:
    case 8:
      return guessHkId(text, run, code)
    default:
      return undefined
  }
}

function guessPassport(code: string, before: () => string): Guess | undefined {
  if (!/^(?:[DEGPS]\d{8}|E[A-HJ-NP-Z]\d{7})$/.test(code)) return undefined
  const words = before()
  if (says(words, "护照", "passport", "证件")) return { kind: "cn_passport", score: 0.97 }
  return { kind: "cn_passport", score: saysOther(words) ? 0.1 : 0.4 }
}

/** The first two digits of GB/T 2260: the province. */
const provinces = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[12])/

function isResidentId(code: string): boolean {
  return /^\d{17}[\dX]$/.test(code) && provinces.test(code) && isDate(code.slice(6, 14)) && passesMod11(code)
}

function isOldResidentId(code: string): boolean {
  return /^\d{15}$/.test(code) && provinces.test(code) && isDate(`19${code.slice(6, 12)}`)
}

function isDate(digits: string): boolean {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].map(Number)
  if (year === undefined || month === undefined || day === undefined) return false
  const last = month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : 31
  const lasts = [4, 6, 9, 11].includes(month) ? 30 : last
  return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= lasts
}

/** GB 32100: the registering department and the type of the organisation, its place, and a check character. */
function isUscc(code: string): boolean {
  return (
    /^(?:[1-9ANY][1-9])\d{6}[\dA-Z]{10}$/.test(code) && provinces.test(code.slice(2)) && passesMod31(code)
  )
}

const twLetters = "ABCDEFGHJKLMNPQRSTUVXYWZIO"

function isTwId(code: string): boolean {
  if (!/^[A-Z][1289]\d{8}$/.test(code)) return false
  const letter = twLetters.indexOf(code[0] ?? "") + 10
  const sum = Math.trunc(letter / 10) + (letter % 10) * 9
  return (sum + weighted(code.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 === 0
}

/** A123456(3): the check digit is in brackets or follows at once. */
function guessHkId(text: string, run: Run, code: string): Guess | undefined {
  const bracketed = /^\(([\dA])\)/.exec(text.slice(run.end, run.end + 3))
  const whole = bracketed ? code + (bracketed[1] ?? "") : code
  if (!/^[A-Z]{1,2}\d{6}[\dA]$/.test(whole)) return undefined
  const padded = whole.padStart(9, " ")
  let sum = 0
  for (let i = 0; i < 8; i++) sum += hkValue(padded[i] ?? " ") * (9 - i)
  const check = (11 - (sum % 11)) % 11
  if ((check === 10 ? "A" : String(check)) !== whole.at(-1)) return undefined
  return { kind: "hk_id", score: bracketed ? 0.9 : 0.45 }
}

function hkValue(character: string): number {
  return character === " " ? 36 : Number.parseInt(character, 36)
}

const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
const plateBody = /^(?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳试超])$/

/** GA 36: a province, a letter of the office, and five characters, or six for a new-energy vehicle. */
function plateAt(text: string, run: Run, effort: Effort): Finding | undefined {
  const province = text[run.start - 1]
  if (province === undefined || !plateProvinces.includes(province) || !spend(effort, 8)) return undefined
  const office = run.text[0] ?? ""
  if (!/^[A-HJ-NP-Z]$/.test(office)) return undefined
  const rest = text.slice(run.start + 1, run.start + 10)
  const skipped = run.text.length === 1 ? 1 : 0
  if (skipped === 1 && !/^[·•・]/u.test(rest)) return undefined
  const ahead = rest.slice(skipped)
  const letters = /^[A-Z0-9]{4,7}/.exec(ahead)?.[0] ?? ""
  const suffix = /^[挂学警港澳试超]/u.exec(ahead.slice(letters.length))?.[0] ?? ""
  const body = letters.length === 4 ? letters + suffix : letters
  if (!plateBody.test(body)) return undefined
  const words = wordsBefore(text, run.start - 1, effort)
  const isCalled = says(words, "车牌", "车辆", "号牌", "车", "plate", "license", "licence")
  const start = run.start - 1
  const end = run.start + 1 + skipped + body.length
  return { kind: "cn_plate", start, end, score: isCalled ? 0.97 : /\d/.test(body) ? 0.85 : 0.4 }
}

/** Numbers that may be written in groups: mobiles, landlines and cards. */
function groupedIn(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  let free = 0
  for (const series of groupSeries(text, effort)) {
    const [first] = series
    const last = series.at(-1)
    if (!first || !last || first.start < free) continue
    const guess =
      guessMobile(text, series) ?? guessLandline(text, series, effort) ?? guessCard(text, series, effort)
    if (!guess) continue
    found.push({ kind: guess.kind, score: guess.score, start: guess.start ?? first.start, end: last.end })
    free = last.end
  }
  return found
}

type GroupGuess = Guess & { readonly start?: number }

const mobile = /^1[3-9]\d{9}$/

function guessMobile(text: string, series: readonly DigitGroup[]): GroupGuess | undefined {
  const digits = digitsOf(series)
  const [first] = series
  const shape = series.map((group) => group.text.length)
  const plain = [[11], [3, 4, 4], [4, 4, 3], [3, 8]].some((one) => hasShape(series, one))
  if (plain && mobile.test(digits) && first)
    return isPart(text, series) ? undefined : { kind: "cn_mobile", score: 0.95 }
  const country = /^(?:00)?86(?=1[3-9]\d{9}$)/.exec(digits)?.[0]
  if (!country || !first) return undefined
  const isWritten = shape.length === 1 || first.text === country
  const start = text[first.start - 1] === "+" ? first.start - 1 : first.start
  const isMarked = start < first.start || country.startsWith("00") || shape.length > 1
  return isWritten && isMarked ? { kind: "cn_mobile", score: 0.97, start } : undefined
}

const areaCode = /^0(?:10|2[0-57-9]|[3-9]\d{2})$/

function guessLandline(text: string, series: readonly DigitGroup[], effort: Effort): GroupGuess | undefined {
  const [area, ...rest] = series
  if (!area) return undefined
  const words = () => wordsBefore(text, area.start, effort)
  if (rest.length === 0) {
    const isOne = /^0(?:10|2[0-57-9])\d{8}$|^0[3-9]\d{9,10}$/.test(area.text)
    return isOne && says(words(), "座机", "电话", "固话", "tel", "phone", "传真", "致电")
      ? { kind: "cn_landline", score: 0.9 }
      : undefined
  }
  const local = digitsOf(rest)
  const shapes = [[8], [7], [4, 4], [3, 4]]
  if (!areaCode.test(area.text) || !/^[2-8]\d{6,7}$/.test(local)) return undefined
  if (!shapes.some((shape) => hasShape(series, [area.text.length, ...shape]))) return undefined
  if (area.text.length === 3 && local.length !== 8) return undefined
  if (isPart(text, series) || saysOther(words())) return undefined
  if (rest[0]?.before === " " && !isAmongChinese(words())) return undefined
  const start = text[area.start - 1] === "(" ? area.start - 1 : area.start
  return { kind: "cn_landline", score: 0.9, start }
}

const cardShapes = [
  [4, 4, 4, 4],
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4, 2],
  [4, 4, 4, 4, 1],
  [6, 13],
]

function guessCard(text: string, series: readonly DigitGroup[], effort: Effort): GroupGuess | undefined {
  const digits = digitsOf(series)
  const [first] = series
  if (!first || !/^62\d{14,17}$/.test(digits) || !passesLuhn(digits)) return undefined
  if (series.length > 1 && !cardShapes.some((shape) => hasShape(series, shape))) return undefined
  const words = wordsBefore(text, first.start, effort)
  if (says(words, "卡号", "银行卡", "账号", "帐号", "卡", "card", "account"))
    return { kind: "cn_bank_card", score: 0.98 }
  return { kind: "cn_bank_card", score: saysOther(words) ? 0.3 : 0.85 }
}
