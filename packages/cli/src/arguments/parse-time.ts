import { UsageError } from "./usage-error.ts"

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time to come: `90s`, `30m`, `2h`, `7d`, an ISO date, or milliseconds since 1970. */
export function parseTime(text: string, now: number): number {
  const duration = /^(\d{1,6})([smhd])$/.exec(text)
  if (duration) return now + Number(duration[1]) * (units[duration[2] ?? ""] ?? 0)
  if (/^\d{12,16}$/.test(text)) return Number(text)
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at))
    throw new UsageError(
      `\`${text}\` is not a time: write \`2h\`, \`7d\` or a date such as \`2026-12-31T18:00\``,
    )
  return at
}
