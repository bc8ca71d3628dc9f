import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Finding } from "../detector.ts"
import type { Run } from "../text-runs.ts"
import { isPlaceholder, looksRandom } from "./placeholder.ts"

const name =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret(?:[_-]?(?:access)?[_-]?key)?|token|api[_-]?key|access[_-]?key(?:[_-]?secret)?|auth[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|account[_-]?key|app[_-]?(?:key|secret)|client[_-]?secret|credentials?|connection[_-]?string|apikey|secretkey)$/i
const header = /^(?:proxy-)?authorization$|^x-[a-z-]{0,48}(?:key|token|secret)$/i
const assignment = /["'`\])]{0,2}[ \t]{0,3}(?:=>|:=|={1,2}|[:：]|[ \t]is[ \t]|是|为)[ \t]{0,3}/y
const longestValue = 256
const longestName = 64

/** A value that is given to something called a password, a key, a token or a header of authorization. */
export function assignedSecret(text: string, run: Run, effort: Effort): Finding | undefined {
  const called = run.text.slice(-longestName)
  const isHeader = header.test(called)
  if (!isHeader && !name.test(called)) return undefined
  return valueAfter(text, run.end, isHeader, effort)
}

/** The same for a name that ends at `end`. */
export function secretAt(text: string, end: number, effort: Effort): Finding | undefined {
  return valueAfter(text, end, false, effort)
}

function valueAfter(text: string, end: number, isHeader: boolean, effort: Effort): Finding | undefined {
  assignment.lastIndex = end
  if (!spend(effort, 16) || !assignment.test(text)) return undefined
  const value = readValue(text, assignment.lastIndex)
  spend(effort, value.text.length + value.skipped)
  if (isPlaceholder(value.text)) return undefined
  if (isHeader || value.skipped > 1)
    return value.text.length >= 12 && !value.text.includes(" ")
      ? findingOf("authorization_header", value)
      : undefined
  return looksRandom(value.text) ? findingOf("assigned_secret", value) : undefined
}

interface Value {
  readonly text: string
  readonly start: number
  /** How long the quote or the scheme before it is. */
  readonly skipped: number
}

function readValue(text: string, from: number): Value {
  const scheme = /^["'`]?(?:Bearer|Basic|Token|ApiKey)[ ]{1,2}/i.exec(text.slice(from, from + 12))?.[0] ?? ""
  const quote = scheme === "" && /["'`“‘]/.test(text[from] ?? "") ? 1 : 0
  const skipped = scheme.length + quote
  const start = from + skipped
  const closing = quote === 1 ? closingOf(text[from] ?? "") : undefined
  let end = start
  while (end < text.length && end - start < longestValue && !ends(text[end] ?? "", closing)) end += 1
  if (closing === undefined) while (end > start && /[.,;:)\]]/.test(text[end - 1] ?? "")) end -= 1
  return { text: text.slice(start, end), start, skipped }
}

function closingOf(quote: string): string {
  return quote === "“" ? "”" : quote === "‘" ? "’" : quote
}

/** A value is not Chinese: a name that follows begins something else, and nothing is read twice. */
function ends(character: string, closing: string | undefined): boolean {
  if (closing !== undefined) return character === closing || /[\n“‘\p{Script=Han}]/u.test(character)
  return /[\s"'`,;<>|&\\，。；、）】」“‘\p{Script=Han}]/u.test(character)
}

function findingOf(kind: Finding["kind"], { text, start }: Value): Finding {
  return { kind, start, end: start + text.length, score: text.length >= 16 ? 0.85 : 0.7 }
}
