import type { Request } from "@hufu/core/contract/contract"
import { effects, outcomeKinds, verdictKinds } from "@hufu/core/words"

/** The keys of the search box; each is one filter of `action.list`. */
export const searchKeys = [
  "agent",
  "tool",
  "server",
  "effect",
  "verdict",
  "outcome",
  "task",
  "since",
] as const
export type SearchKey = (typeof searchKeys)[number]

/** What a key takes, where that is a fixed list. */
export const searchValues: Readonly<Partial<Record<SearchKey, readonly string[]>>> = {
  effect: effects,
  verdict: verdictKinds,
  outcome: [...outcomeKinds, "open"],
  since: ["15m", "1h", "24h", "7d", "30d"],
}

/** What somebody is looking for. */
export interface Search {
  readonly terms: Readonly<Partial<Record<SearchKey, string>>>
  /** A part of an id, a name or a rule. */
  readonly text: string
}

/** A part of the search that cannot be meant. */
export interface SearchFault {
  readonly kind: "unknown-key" | "no-value" | "bad-value" | "twice" | "too-long"
  readonly key: string
  readonly value: string
}

export interface ParsedSearch extends Search {
  readonly faults: readonly SearchFault[]
}

/** One word of the search box, and where it stands in the text. */
export interface SearchToken {
  readonly from: number
  readonly to: number
  readonly key: string | undefined
  readonly value: string
}

const tokenPattern = /([A-Za-z]+):(?=\s|$)|(?:([A-Za-z]+):)?(?:"([^"]*)"?|([^\s"]+))/g
const maxLength = 500
const maxText = 200
const patterns: Readonly<Partial<Record<SearchKey, RegExp>>> = {
  task: /^tsk_[0-9a-z]{8,32}$/,
  agent: /^.{1,80}$/,
  server: /^.{1,80}$/,
  tool: /^.{1,128}$/,
}
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** The words of a search, in order: `key:value`, `key:"a value"`, `"free text"`, `free`. */
export function tokenize(input: string): SearchToken[] {
  return Array.from(input.slice(0, maxLength).matchAll(tokenPattern), (found) => {
    const [whole, lone, key, quoted, bare] = found
    return {
      from: found.index,
      to: found.index + whole.length,
      key: (key ?? lone)?.toLowerCase(),
      value: quoted ?? bare ?? "",
    }
  })
}

/** Reads the search box. Never throws; what cannot be meant is among the faults. */
export function parseSearch(input: string): ParsedSearch {
  const terms: Partial<Record<SearchKey, string>> = {}
  const text: string[] = []
  const faults: SearchFault[] = []
  if (input.length > maxLength) faults.push({ kind: "too-long", key: "", value: "" })
  for (const { key, value } of tokenize(input)) {
    if (key === undefined) {
      if (value.trim() !== "") text.push(value.trim())
      continue
    }
    const fault = faultOf(key, value, terms)
    if (fault) faults.push({ kind: fault, key, value })
    else if (isSearchKey(key)) terms[key] = value
  }
  const free = text.join(" ")
  if (free.length > maxText) faults.push({ kind: "too-long", key: "", value: "" })
  return { terms, text: free, faults }
}

function faultOf(key: string, value: string, terms: Search["terms"]): SearchFault["kind"] | undefined {
  if (!isSearchKey(key)) return "unknown-key"
  if (value === "") return "no-value"
  if (terms[key] !== undefined) return "twice"
  return isValue(key, value) ? undefined : "bad-value"
}

function isValue(key: SearchKey, value: string): boolean {
  if (key === "since") return sinceOf(value, 0) !== undefined
  const listed = searchValues[key]
  return listed ? listed.includes(value) : (patterns[key]?.test(value) ?? true)
}

export function isSearchKey(key: string): key is SearchKey {
  return searchKeys.some((known) => known === key)
}

/** `15m`, `2h`, `7d`, `2w` before now, or a day or time in UTC such as `2026-11-22` or `2026-11-22T08:30`. */
export function sinceOf(value: string, now: number): number | undefined {
  const [, amount, unit] = /^(\d{1,4})([mhdw])$/.exec(value) ?? []
  if (amount !== undefined && unit !== undefined)
    return Math.max(0, now - Number(amount) * (units[unit] ?? 0))
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?$/.test(value)) return undefined
  const at = Date.parse(value.includes("T") ? `${value}Z` : `${value}T00:00Z`)
  return Number.isNaN(at) || at < 0 ? undefined : at
}

/** The text of a search that parses to it again. */
export function formatSearch({ terms, text }: Search): string {
  const words = searchKeys.flatMap((key) => {
    const value = terms[key]
    return value === undefined ? [] : [`${key}:${/[\s"]/.test(value) ? `"${value}"` : value}`]
  })
  return [...words, ...(text === "" ? [] : [`"${text}"`])].join(" ")
}

/** The filters of the operation. */
export function filtersOf(
  { terms: { since, ...terms }, text }: Search,
  now: number,
): Omit<Request<"action.list">, "before" | "limit"> {
  const from = since === undefined ? undefined : sinceOf(since, now)
  return {
    ...(terms as Request<"action.list">), // every value was held against the list of its key
    ...(from === undefined ? {} : { since: from }),
    ...(text === "" ? {} : { text }),
  }
}

/** What may stand at the caret: keys, or the values of the key that is being written. */
export interface Completion {
  readonly from: number
  readonly to: number
  readonly options: readonly string[]
}

const maxOptions = 12

/** Completes the word before the caret; `known` are the names that there are now. */
export function completeSearch(
  input: string,
  caret: number,
  known: Readonly<Partial<Record<SearchKey, readonly string[]>>> = {},
): Completion {
  const token = tokenize(input).find(({ from, to }) => from < caret && caret <= to)
  if (!token) return { from: caret, to: caret, options: keysFor("", parseSearch(input)) }
  const { from, to, key, value } = token
  if (key === undefined) return { from, to, options: value === "" ? [] : keysFor(value, parseSearch(input)) }
  if (!isSearchKey(key)) return { from, to, options: [] }
  const all = known[key] ?? searchValues[key] ?? []
  const options = all.filter((each) => each.startsWith(value) && each !== value && !each.includes('"'))
  return {
    from,
    to,
    options: options.slice(0, maxOptions).map((each) => `${key}:${/\s/.test(each) ? `"${each}"` : each}`),
  }
}

function keysFor(start: string, { terms }: Search): string[] {
  return searchKeys
    .filter((key) => key.startsWith(start.toLowerCase()) && terms[key] === undefined)
    .map((key) => `${key}:`)
}
