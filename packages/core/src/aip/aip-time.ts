import { z } from "zod"

const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i
const beijingMs = 8 * 3_600_000

/** A moment as AIP writes it: ISO 8601, of Beijing where no zone stands in it (ACPs 07 §4.3). */
export const AipTime = z
  .string()
  .max(64)
  .refine(
    (text) => msOf(text) !== undefined,
    "give a time as ISO 8601 has it, such as 2026-01-31T12:00:00+08:00",
  )

/** Milliseconds since 1970; undefined for what is no time. UNTRUSTED input. */
export function msOf(text: string): number | undefined {
  const found = shape.exec(text)
  if (found === null) return undefined
  const ms = Date.parse(found[1] === undefined ? `${text}+08:00` : text)
  return Number.isNaN(ms) ? undefined : ms
}

/** The same moment as AIP writes it. */
export function beijingTime(ms: number): string {
  return new Date(ms + beijingMs).toISOString().replace("Z", "+08:00")
}
