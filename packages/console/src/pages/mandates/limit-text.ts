import { Limit, type Scalar } from "@hufu/core/mandate/limit"

/** The kinds of limit, in the order in which they are offered. */
export const limitKinds = ["path", "oneOf", "equal", "host", "prefix", "range", "pattern"] as const
export type LimitKind = (typeof limitKinds)[number]

/** A limit as it is typed. */
export interface LimitText {
  readonly argument: string
  readonly kind: LimitKind
  readonly value: string
}

/** Reads a typed limit; undefined as long as it says nothing that can be held. */
export function readLimit({ argument, kind, value }: LimitText): Limit | undefined {
  const pointer = argument.trim().startsWith("/") ? argument.trim() : `/${argument.trim()}`
  const parsed = Limit.safeParse({ argument: pointer, kind, ...membersOf(kind, value.trim()) })
  return parsed.success ? parsed.data : undefined
}

function membersOf(kind: LimitKind, value: string): object {
  switch (kind) {
    case "equal":
      return value === "" ? {} : { value: readScalar(value) }
    case "oneOf":
      return { values: listOf(value).map(readScalar) }
    case "range":
      return rangeOf(value)
    case "prefix":
      return { prefix: value }
    case "path":
      return { under: value }
    case "pattern":
      return { pattern: value }
    case "host":
      return { hosts: listOf(value) }
    default:
      return kind satisfies never
  }
}

/** `1..20`, `..20` or `1..`. */
function rangeOf(value: string): { min?: number; max?: number } {
  const [, min = "", max = ""] = /^(-?\d+(?:\.\d+)?)?\s*\.\.\s*(-?\d+(?:\.\d+)?)?$/.exec(value) ?? []
  return { ...(min === "" ? {} : { min: Number(min) }), ...(max === "" ? {} : { max: Number(max) }) }
}

/** Numbers, `true`, `false` and `null` are what they are; in double quotes they are text. */
function readScalar(text: string): Scalar {
  if (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text)
  if (text === "true" || text === "false") return text === "true"
  if (text === "null") return null
  return /^".*"$/s.test(text) ? text.slice(1, -1) : text
}

/** A list that commas, full-width ones too, or lines separate. */
export function listOf(text: string): string[] {
  return text
    .split(/[,，\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
}
