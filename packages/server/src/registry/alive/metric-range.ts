import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { AmpError } from "./amp-error.ts"

/** Figures are kept in memory alone. */
const keptMs = 86_400_000

/** Of which time somebody asks. */
export function rangeIn({ timeRange }: JsonObject, now: number): { from: number; until: number } {
  const [from, until] = isJsonObject(timeRange)
    ? [momentIn(timeRange["startAt"]), momentIn(timeRange["endAt"])]
    : [Number.NaN, Number.NaN]
  if (!(from < until))
    throw new AmpError(
      "AMP_INVALID_TIME_RANGE",
      "`timeRange` has `startAt` and a later `endAt`, in ISO 8601 with a zone",
    )
  if (from < now - keptMs)
    throw new AmpError("AMP_OUT_OF_RETENTION", "figures of the last 24 hours at most are kept")
  return { from, until }
}

function momentIn(value: JsonValue | undefined): number {
  const hasZone = typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(value)
  return hasZone ? Date.parse(value) : Number.NaN
}

export function windowsIn(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined
  const texts =
    Array.isArray(value) && value.length <= 16 ? value.filter((each) => typeof each === "string") : []
  if (texts.length > 0) return texts
  throw new AmpError("AMP_INVALID_FILTER", "`windows` is a list of at most 16 durations such as PT5M")
}

/** A duration of hours, minutes and seconds (ISO 8601) in milliseconds; 0 for everything else. */
export function durationIn(value: JsonValue | undefined): number {
  const [, hours = "0", minutes = "0", seconds = "0"] =
    /^PT(?=.)(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?$/.exec(typeof value === "string" ? value : "") ??
    []
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
}

/** How far back somebody looks. */
export function lookbackIn(value: JsonValue | undefined): number {
  const ms = value === undefined ? 300_000 : durationIn(value)
  if (ms === 0) throw new AmpError("AMP_INVALID_TIME_RANGE", "`lookback` is a duration such as PT5M")
  if (ms > keptMs) throw new AmpError("AMP_OUT_OF_RETENTION", "figures of the last 24 hours at most are kept")
  return ms
}
