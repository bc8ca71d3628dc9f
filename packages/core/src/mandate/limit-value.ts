import { eitherCase, codePointOf } from "../pattern/code-points.ts"
import { contains } from "../pattern/language.ts"
import { hasEmptyLabel, type HostEntry, hostNameOf, readHostEntry } from "./host-entry.ts"
import type { Limit, Scalar } from "./limit.ts"
import { coveredTexts, touchedTexts } from "./text-bounds.ts"
import { urls } from "./url-shape.ts"

/** A longer text satisfies no limit on texts, so that reading it is bounded. In UTF-16 code units. */
export const maxTextLength = 16_384

/** Whether one value satisfies a limit. UNTRUSTED: the value is whatever the agent sent. */
export function satisfies(limit: Limit, value: unknown): boolean {
  if (limit.kind === "equal") return value === limit.value
  if (limit.kind === "oneOf") return limit.values.some((one) => one === value)
  if (limit.kind === "range") return typeof value === "number" && isWithin(limit, value)
  if (!isReadable(value)) return false
  return limit.kind === "host" ? isUrlOf(limit, value) : contains(coveredTexts(limit).least, value)
}

/**
 * Whether a prohibition catches one value: what the limit names and whatever could be read as the same. Where
 * `satisfies` refuses an odd value, this catches it, so that no spelling slips past a prohibition.
 */
export function touches(limit: Limit, value: unknown): boolean {
  if (typeof value === "string") return touchesText(limit, value)
  if (typeof value === "number") return touchesNumber(limit, value)
  if (typeof value === "boolean" || value === null)
    return comparedWith(limit).some((one) => typeof one !== "number" && isLoosely(one, String(value)))
  return true
}

function touchesText(limit: Limit, text: string): boolean {
  if (!isReadable(text)) return true
  if (limit.kind === "equal" || limit.kind === "oneOf")
    return comparedWith(limit).some((value) => isLoosely(value, text))
  if (limit.kind === "host") return !contains(urls, text) || isUrlOf(limit, text)
  return contains(touchedTexts(limit).least, text)
}

/** A number may be meant as the text of its digits, but is neither a path nor a URL. */
function touchesNumber(limit: Limit, number: number): boolean {
  if (!Number.isFinite(number)) return true
  if (limit.kind === "path" || limit.kind === "host") return false
  if (limit.kind === "range") return isWithin(limit, number)
  if (limit.kind === "prefix" || limit.kind === "pattern") return touchesText(limit, String(number))
  return comparedWith(limit).some((value) =>
    typeof value === "number" ? value === number : isLoosely(value, String(number)),
  )
}

function comparedWith(limit: Limit): readonly Scalar[] {
  if (limit.kind === "equal") return [limit.value]
  return limit.kind === "oneOf" ? limit.values : []
}

function isWithin(range: Limit & { kind: "range" }, number: number): boolean {
  return number >= (range.min ?? -Infinity) && number <= (range.max ?? Infinity) && Number.isFinite(number)
}

function isReadable(value: unknown): value is string {
  return typeof value === "string" && value.length <= maxTextLength && value.isWellFormed()
}

/** INVARIANT: the same texts as the language that `touchedTexts` gives for the value. */
function isLoosely(value: Scalar, text: string): boolean {
  if (typeof value === "number") return /[0-9\uff10-\uff19]/.test(text)
  const wanted = Array.from(String(value).trim())
  const given = Array.from(text.trim())
  return wanted.length === given.length && wanted.every((one, i) => isSameLetter(one, given[i] ?? ""))
}

function isSameLetter(wanted: string, given: string): boolean {
  const point = codePointOf(given)
  return wanted === given || eitherCase(wanted).some(([first, last]) => point >= first && point <= last)
}

function isUrlOf(limit: Limit & { kind: "host" }, text: string): boolean {
  if (!contains(urls, text)) return false
  const url = URL.parse(text)
  if (!url) return false
  const name = hostNameOf(url)
  if (hasEmptyLabel(name)) return false
  return entriesOf(limit).some((entry) => isNamed(entry, name) && isPortOf(entry, url))
}

const entries = new WeakMap<Limit, readonly HostEntry[]>()

function entriesOf(limit: Limit & { kind: "host" }): readonly HostEntry[] {
  const known = entries.get(limit)
  if (known) return known
  const read = limit.hosts.flatMap((host) => readHostEntry(host) ?? [])
  entries.set(limit, read)
  return read
}

function isNamed(entry: HostEntry, name: string): boolean {
  return entry.wildcard ? name.endsWith(`.${entry.name}`) : name === entry.name
}

/** Without a port in the entry, only the usual port of the scheme. */
function isPortOf(entry: HostEntry, url: URL): boolean {
  if (entry.port === undefined) return url.port === ""
  return entry.port === (url.port === "" ? usualPort(url) : Number(url.port))
}

function usualPort(url: URL): number {
  return url.protocol === "https:" ? 443 : 80
}
