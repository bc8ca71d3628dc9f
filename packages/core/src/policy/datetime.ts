import { type Datetime, type Duration, kind } from "./cedar-value.ts"
import { toLong } from "./long.ts"

const dayMs = 86_400_000n

const instantForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(?:Z|([+-])(\d{2})(\d{2})))?$/

/** Reads Cedar's datetime: a date, or a date and time with `Z` or an offset; undefined when it is not one. */
export function parseDatetime(text: string): Datetime | undefined {
  const match = instantForm.exec(text)
  if (match === null) return undefined
  const part = (group: number) => Number(match[group] ?? 0)
  const [year, month, day] = [part(1), part(2), part(3)]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  const [hour, minute, second, millisecond] = [part(4), part(5), part(6), part(7)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const [offsetHour, offsetMinute] = [part(9), part(10)]
  if (offsetHour > 23 || offsetMinute > 59) return undefined
  const local = new Date(0)
  // setUTCFullYear instead of Date.UTC, which moves the years 0 to 99 to 1900.
  local.setUTCFullYear(year, month - 1, day)
  local.setUTCHours(hour, minute, second, millisecond)
  const offset = (offsetHour * 60 + offsetMinute) * 60_000 * (match[8] === "-" ? -1 : 1)
  return datetimeAt(BigInt(local.getTime() - offset))
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

const durationForm = /^(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const unitMs = [dayMs, 3_600_000n, 60_000n, 1_000n, 1n]

/** Reads Cedar's duration, such as `1d2h30m`; undefined when it is not one. */
export function parseDuration(text: string): Duration | undefined {
  // 128 characters hold any 64-bit duration; more digits would only cost time.
  if (text.length > 128) return undefined
  const match = durationForm.exec(text)
  if (match === null) return undefined
  const amounts = match.slice(2, 7)
  if (amounts.every((amount) => amount === undefined)) return undefined
  const size = amounts.reduce((sum, amount, unit) => sum + BigInt(amount ?? 0) * (unitMs[unit] ?? 0n), 0n)
  return durationOf(match[1] === "-" ? -size : size)
}

/** The datetime at a number of milliseconds since 1970, or undefined when it does not fit in 64 bits. */
export function datetimeAt(value: bigint): Datetime | undefined {
  return toLong(value) === undefined ? undefined : { [kind]: "datetime", value }
}

/** The duration of a number of milliseconds, or undefined when it does not fit in 64 bits. */
export function durationOf(value: bigint): Duration | undefined {
  return toLong(value) === undefined ? undefined : { [kind]: "duration", value }
}

/** Midnight (UTC) of the day of an instant. */
export function startOfDay(instant: Datetime): Datetime | undefined {
  return datetimeAt(instant.value - sinceMidnight(instant.value))
}

/** The time since midnight (UTC) of an instant. */
export function timeOfDay(instant: Datetime): Duration | undefined {
  return durationOf(sinceMidnight(instant.value))
}

function sinceMidnight(value: bigint): bigint {
  return ((value % dayMs) + dayMs) % dayMs
}
