import type { z } from "zod"
import { Failure } from "../../failure.ts"
import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts"
import { withoutHidden } from "../../profile/visible-text.ts"

/**
 * How imports take what others wrote: what fits is taken, texts are cut to their length, and the rest is left out. None of it is dropped
 * in silence: `importFrom` compares the draft with what was given. UNTRUSTED input throughout.
 */

type Given = JsonValue | undefined

/** An object's members; none, where it is no object. */
export function membersOf(value: Given): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** A list's items; none, where it is no list. */
export function itemsOf(value: Given): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** Refuses a list that nobody could have meant, before anything is made of it. */
export function boundedItems(value: Given, what: string, max: number): readonly JsonValue[] {
  const items = itemsOf(value)
  if (items.length > max)
    throw new Failure(
      "too_many",
      `there are ${items.length} ${what}, and at most ${max} are taken: send fewer`,
    )
  return items
}

/** A text as it stands; empty, where there is none. */
export function textOf(value: Given): string {
  return typeof value === "string" ? value : ""
}

/** A text as one line; undefined, where there is none. */
export function lineIn(value: Given, maxLength: number): string | undefined {
  return textIn(value, maxLength, (text) => text.replace(/\s+/gu, " "))
}

/** A text, with its lines. */
export function proseIn(value: Given, maxLength: number): string | undefined {
  return textIn(value, maxLength, (text) => text.replace(/\r\n?/g, "\n"))
}

function textIn(value: Given, maxLength: number, tidy: (text: string) => string): string | undefined {
  if (typeof value !== "string") return undefined
  // Nothing beyond this could be kept anyway.
  const whole = value.slice(0, 100_000).toWellFormed()
  const text = withoutHidden(tidy(whole).replaceAll("\ufffd", "")).trim().slice(0, maxLength)
  // The cut may have gone through a pair of surrogates or left a space.
  const clean = text.replace(/[\ud800-\udbff]$/, "").trim()
  return clean === "" ? undefined : clean
}

/** What a schema makes of a value; undefined, where it refuses it. */
export function fit<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const read = schema.safeParse(value)
  return read.success ? read.data : undefined
}

/** What fits of a list, up to some number of items. */
export function fitItems<T>(schema: z.ZodType<T>, value: Given, max: number): T[] {
  const fitting: T[] = []
  for (const item of itemsOf(value).slice(0, 10 * max)) {
    const read = fit(schema, item)
    if (read !== undefined && fitting.length < max) fitting.push(read)
  }
  return fitting
}

/** Lines of a list, up to some number of them, each once. */
export function linesIn(value: Given, maxLength: number, max: number): string[] {
  const lines = itemsOf(value)
    .slice(0, 10 * max)
    .flatMap((item) => lineIn(item, maxLength) ?? [])
  return [...new Set(lines)].slice(0, max)
}

export function isYes(value: Given): boolean {
  return value === true
}
