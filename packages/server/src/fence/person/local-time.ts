/** A moment as the clock on somebody's wall shows it. */
export interface LocalTime {
  /** Like `2026-11-30`: days compare as texts. */
  readonly day: string
  /** Since midnight, as the clock shows it. */
  readonly minute: number
  /** Milliseconds since midnight, as the clock shows it. */
  readonly sinceMidnight: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
const mostFormats = 64

/** @param zone a time zone of the IANA database that was checked before */
export function localTime(ms: number, zone: string): LocalTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  )
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
  const minute = read("hour") * 60 + read("minute")
  return {
    day: `${parts.get("year") ?? ""}-${parts.get("month") ?? ""}-${parts.get("day") ?? ""}`,
    minute,
    sinceMidnight: minute * 60_000 + read("second") * 1000 + (ms % 1000),
  }
}

/** The day after one like `2026-11-30`. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  })
  if (formats.size < mostFormats) formats.set(zone, format)
  return format
}
