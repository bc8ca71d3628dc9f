import { z } from "zod"

const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const
const dayMs = 86_400_000

const sunEvents =
  "sun events such as `SR` and `SS` are not supported, because nobody here knows the sun: give `startTime` and `endTime` with a zone"

const DateTime = z
  .string()
  .max(40)
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/,
    "give a date and a time with a zone, such as 2026-01-31T08:00:00Z",
  )
  .refine((text) => !Number.isNaN(Date.parse(text)), "give a date that exists")

const DayTime = z
  .string()
  .max(30)
  .regex(
    /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/,
    "give a time of day with a zone, such as 08:00:00+08:00",
  )

const Weekday = z.enum([...weekdays, "ANY"])

/** On which days, from when to when. An end before its start is that of the next day; the same time twice is a whole day. */
const Schedule = z
  .strictObject({
    day: z.union([Weekday.transform((day) => [day]), z.array(Weekday).min(1).max(7)]),
    startTime: DayTime.optional(),
    endTime: DayTime.optional(),
    startEvent: z.never(sunEvents).optional(),
    endEvent: z.never(sunEvents).optional(),
  })
  .refine(
    ({ startTime, endTime }) =>
      startTime === undefined || endTime === undefined || offsetOf(startTime) === offsetOf(endTime),
    "give `startTime` and `endTime` in one zone",
  )
  .refine(
    ({ day, startTime, endTime }) => day.includes("ANY") || startTime !== undefined || endTime !== undefined,
    "say by `startTime` or `endTime` in which zone these days begin",
  )
export type Schedule = z.infer<typeof Schedule>

/** ED-318 `limitedApplicability`: when a zone holds. */
export const ZoneHours = z
  .strictObject({
    startDateTime: DateTime.optional(),
    endDateTime: DateTime.optional(),
    schedule: z.array(Schedule).min(1).max(50).optional(),
  })
  .refine(
    ({ startDateTime, endDateTime }) =>
      startDateTime === undefined ||
      endDateTime === undefined ||
      Date.parse(startDateTime) <= Date.parse(endDateTime),
    "give an `endDateTime` that is not before its `startDateTime`",
  )
export type ZoneHours = z.infer<typeof ZoneHours>

/** Whether a zone holds at a moment. No hours at all: always. The first and the last moment count. */
export function holdsAt(hours: readonly ZoneHours[], at: number): boolean {
  return hours.length === 0 || hours.some((each) => coversMoment(each, at))
}

function coversMoment({ startDateTime, endDateTime, schedule }: ZoneHours, at: number): boolean {
  if (startDateTime !== undefined && at < Date.parse(startDateTime)) return false
  if (endDateTime !== undefined && at > Date.parse(endDateTime)) return false
  return schedule === undefined || schedule.some((each) => coversTime(each, at))
}

function coversTime({ day: days, startTime, endTime }: Schedule, at: number): boolean {
  const local = at + offsetOf(startTime ?? endTime ?? "Z")
  const sinceMidnight = ((local % dayMs) + dayMs) % dayMs
  // 1970 began on a Thursday.
  const weekday = (((Math.floor(local / dayMs) + 4) % 7) + 7) % 7
  const isOn = (day: number) => days.includes("ANY") || days.includes(weekdays[(day + 7) % 7] ?? "ANY")
  const start = startTime === undefined ? 0 : millisecondsOf(startTime)
  const end = endTime === undefined ? dayMs : millisecondsOf(endTime)
  if (start < end) return isOn(weekday) && sinceMidnight >= start && sinceMidnight <= end
  return (isOn(weekday) && sinceMidnight >= start) || (isOn(weekday - 1) && sinceMidnight <= end)
}

function millisecondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time
    .replace(/(?:Z|[+-]\d{2}:\d{2})$/, "")
    .split(":")
    .map(Number)
  return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000)
}

function offsetOf(time: string): number {
  const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})$/.exec(time) ?? []
  if (sign === undefined) return 0
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === "-" ? -offset : offset
}
