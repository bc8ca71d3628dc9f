import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "../detector.ts"
import type { FindingKind } from "../finding-kinds.ts"
import { asciiMembers, type Run, runsOf } from "../text-runs.ts"
import { passesLuhn, passesMod97, passesVerhoeff, weighted } from "./checksums.ts"
import { isAmongChinese, says, saysOther, wordsBefore } from "./context-words.ts"
import { emailAddresses } from "./email-addresses.ts"
import { ipAddresses } from "./ip-addresses.ts"
import { type DigitGroup, digitsOf, groupSeries, hasShape, isPart } from "./number-groups.ts"

const kinds = [
  "email_address",
  "ip_address",
  "payment_card",
  "iban",
  "phone_number",
  "us_ssn",
  "kr_resident_id",
  "in_aadhaar",
  "br_cpf",
  "es_id",
] as const satisfies readonly FindingKind[]

/** What identifies persons anywhere: addresses, cards, accounts, phones and some national numbers. */
export const personalInternational: Detector = {
  name: "personal-international",
  version: "1",
  kinds,
  point: 0.5,
  stepsPerUnit: 60,
  find(text, effort) {
    return [
      ...emailAddresses(text, effort),
      ...ipAddresses(text, effort),
      ...codesIn(text, effort),
      ...groupedIn(text, effort),
    ]
  },
}

/** ISO 13616: how long an account number of a country is. */
const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 " +
    "FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 " +
    "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 " +
    "SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

const codeMembers = asciiMembers("_")

function codesIn(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (const run of runsOf(text, codeMembers, effort)) {
    if (run.text.length > 34) continue
    const iban = ibanAt(text, run, effort)
    if (iban) found.push(iban)
    else if (isSpanishId(run.text)) {
      const isCalled = says(wordsBefore(text, run.start, effort), "dni", "nie", "nif")
      found.push({ kind: "es_id", start: run.start, end: run.end, score: isCalled ? 0.95 : 0.55 })
    }
  }
  return found
}

/** In one piece, or in groups of four with a space between them. */
function ibanAt(text: string, run: Run, effort: Effort): Finding | undefined {
  if (!/^[A-Za-z]{2}\d{2}/.test(run.text)) return undefined
  const length = ibanLengths[run.text.slice(0, 2).toUpperCase()]
  if (length === undefined || !spend(effort, 44)) return undefined
  const isGrouped = run.text.length === 4
  const written = isGrouped ? length + Math.ceil(length / 4) - 1 : length
  const piece = text.slice(run.start, run.start + written)
  const end = run.start + piece.length
  if (/[A-Za-z0-9]/.test(text[end] ?? " ")) return undefined
  const iban = (isGrouped ? piece.replaceAll(" ", "") : piece).toUpperCase()
  if (iban.length !== length || !passesMod97(iban)) return undefined
  return { kind: "iban", start: run.start, end, score: 0.98 }
}

function isSpanishId(code: string): boolean {
  if (!/^[XYZ\d]\d{7}[A-Z]$/.test(code)) return false
  const digits = code.slice(0, 8).replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter)))
  return "TRWAGMYFPDXBNJZSQVHLCKE"[Number(digits) % 23] === code[8]
}

function groupedIn(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  let free = 0
  for (const series of groupSeries(text, effort)) {
    const [first] = series
    const last = series.at(-1)
    if (!first || !last || first.start < free) continue
    const words = lazily(() => wordsBefore(text, first.start, effort))
    const guess = guessCard(series, words) ?? guessNational(series, words) ?? guessPhone(text, series, words)
    if (!guess) continue
    found.push({ kind: guess.kind, score: guess.score, start: guess.start ?? first.start, end: last.end })
    free = last.end
  }
  return found
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

interface Guess {
  readonly kind: (typeof kinds)[number]
  readonly score: number
  readonly start?: number
}

/** Ranges of issuers, with the lengths they use: Visa, Mastercard, American Express, Discover, JCB, Diners, Maestro. */
const issuers =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d{2}|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|(?:2131|1800)\d{11}|3(?:0[0-5]|[68]\d)\d{11}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15})$/
const cardShapes = [
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 4, 4, 1],
  [4, 6, 4],
  [4, 4, 4, 4, 3],
]

function guessCard(series: readonly DigitGroup[], words: () => string): Guess | undefined {
  const digits = digitsOf(series)
  if (!issuers.test(digits) || !passesLuhn(digits)) return undefined
  if (series.length > 1 && !cardShapes.some((shape) => hasShape(series, shape))) return undefined
  if (says(words(), "card", "cc ", "卡", "visa", "credit", "charge"))
    return { kind: "payment_card", score: 0.98 }
  if (saysOther(words())) return { kind: "payment_card", score: 0.3 }
  return { kind: "payment_card", score: digits.length < 15 ? 0.45 : 0.85 }
}

function guessNational(series: readonly DigitGroup[], words: () => string): Guess | undefined {
  const digits = digitsOf(series)
  const hyphened = series.slice(1).every((group) => group.before === "-" || group.before === ".")
  if (hasShape(series, [3, 2, 4]) && hyphened && /^(?!000|666)[0-8]/.test(digits)) {
    const isNull = digits.slice(3, 5) === "00" || digits.slice(5) === "0000"
    return isNull ? undefined : { kind: "us_ssn", score: says(words(), "ssn", "social", "tax") ? 0.97 : 0.7 }
  }
  if (hasShape(series, [9]) && says(words(), "ssn", "social security")) return { kind: "us_ssn", score: 0.9 }
  if (hasShape(series, [3, 3, 3, 2]) && isCpf(digits)) return { kind: "br_cpf", score: 0.95 }
  if (hasShape(series, [11]) && says(words(), "cpf") && isCpf(digits)) return { kind: "br_cpf", score: 0.95 }
  if (hasShape(series, [6, 7]) && isKoreanId(digits)) return { kind: "kr_resident_id", score: 0.9 }
  if (hasShape(series, [4, 4, 4]) && /^[2-9]/.test(digits) && passesVerhoeff(digits))
    return { kind: "in_aadhaar", score: says(words(), "aadhaar", "uid") ? 0.97 : 0.6 }
  return undefined
}

function isCpf(digits: string): boolean {
  if (/^(\d)\1{10}$/.test(digits)) return false
  const check = (length: number) => {
    const weights = Array.from({ length }, (_, i) => length + 1 - i)
    return ((weighted(digits, weights) * 10) % 11) % 10
  }
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10])
}

function isKoreanId(digits: string): boolean {
  if (!/^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[1-8]/.test(digits)) return false
  return (11 - (weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === Number(digits[12])
}

const phoneWords = [
  "phone",
  "tel",
  "mobile",
  "cell",
  "fax",
  "call",
  "contact",
  "whatsapp",
  "sms",
  "messages to",
  "number",
]

/** Left to the detector of Chinese numbers. */
const chineseMobile = /^1[3-9]\d{9}$/
/** Numbers that a company pays for are nobody's own. */
const tollFree = /^8(?:00|22|33|44|55|66|77|88)/

/** E.164 after a plus, the North American format, or a number that is called a phone. */
function guessPhone(text: string, series: readonly DigitGroup[], words: () => string): Guess | undefined {
  const [first] = series
  const digits = digitsOf(series)
  if (!first || digits.length < 7 || digits.length > 15) return undefined
  if (!series.every((group, i) => i === 0 || /^(?:[ .-]|\) ?| ?\(| \()$/.test(group.before))) return undefined
  const before = text[first.start - 1]
  const start = before === "+" || before === "(" ? first.start - 1 : first.start
  if ((before === "+" && digits.startsWith("86")) || chineseMobile.test(digits)) return undefined
  if (before === "+") return digits.length >= 8 ? { kind: "phone_number", score: 0.92, start } : undefined
  if (/^\d{4}[-.]\d{2}[-.]\d{2}/.test(text.slice(first.start, first.start + 10))) return undefined
  if (isPart(text, series) || isAmongChinese(words())) return undefined
  const isAmerican = hasShape(series, [3, 3, 4]) && /^[2-9]\d{2}[1-9]/.test(digits) && !tollFree.test(digits)
  if (isAmerican) return { kind: "phone_number", score: saysOther(words()) ? 0.3 : 0.8, start }
  if (saysOther(words()) || !says(words(), ...phoneWords)) return undefined
  return series.length > 1 || digits.length >= 9 ? { kind: "phone_number", score: 0.65, start } : undefined
}
