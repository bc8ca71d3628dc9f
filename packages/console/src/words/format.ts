import type { Language } from "@hufu/core/words"

const locales: Readonly<Record<Language, string>> = { en: "en-GB", zh: "zh-CN" }

const absolute = whenAsked(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" }),
)
const clockTime = whenAsked((locale) => new Intl.DateTimeFormat(locale, { timeStyle: "medium" }))
const weekday = whenAsked((locale) => new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }))
const relative = whenAsked((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }))
const plain = whenAsked((locale) => new Intl.NumberFormat(locale))
const rules = whenAsked((locale) => new Intl.PluralRules(locale))

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const

/** A time with its day and zone. */
export function sayTime(atMs: number, language: Language): string {
  const said = absolute(language).format(atMs)
  // Intl writes Chinese with the zone between the day and the time.
  return language === "zh" ? spaced(said.replace(/ (\S+) (\d\d:\d\d:\d\d)$/, " $2 $1")) : said
}

/** The time of day. */
export function sayClock(atMs: number, language: Language): string {
  return clockTime(language).format(atMs)
}

/** The short name of a day of the week, of which Sunday is the first. */
export function sayWeekday(day: number, language: Language): string {
  // A Sunday.
  return weekday(language).format(Date.UTC(2023, 0, 1 + day))
}

/** A time as seen from another: `3 minutes ago`. */
export function sayAgo(atMs: number, nowMs: number, language: Language): string {
  const passed = atMs - nowMs
  const [unit, ms] = units.find(([, size]) => Math.abs(passed) >= size) ?? units[3]
  return spaced(relative(language).format(Math.trunc(passed / ms), unit))
}

/** What is left, as a clock that counts down: `1:04:09`. */
export function sayLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000))
  const two = (value: number) => String(value).padStart(2, "0")
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const end = `${hours > 0 ? two(minutes) : minutes}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${end}` : end
}

/** A number as the language writes it. */
export function sayNumber(value: number, language: Language): string {
  return plain(language).format(value)
}

/** An amount of bytes, in the unit in which it is read best. */
export function sayBytes(bytes: number, language: Language): string {
  const steps = ["B", "kB", "MB", "GB", "TB"]
  const step = Math.min(Math.max(0, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024))), 4)
  const value = bytes / 1024 ** step
  return `${sayNumber(value < 10 ? Math.round(value * 10) / 10 : Math.round(value), language)} ${steps[step]}`
}

/** English needs two forms; the number is written in. */
export function plural(count: number, one: string, other: string): string {
  return (rules("en").select(count) === "one" ? one : other).replace("#", plain("en").format(count))
}

/** Intl writes Chinese without the spaces between digits and words. Plain ones: on a page a hidden character stands for an attack. */
function spaced(said: string): string {
  return said.replace(/\d(?=\p{Script=Han})|\p{Script=Han}(?=\d)/gu, "$& ")
}

/** Each is made when it is first asked for: making one takes longer than a page may take to show something. */
function whenAsked<T>(make: (locale: string) => T): (language: Language) => T {
  const made: Partial<Record<Language, T>> = {}
  return (language) => (made[language] ??= make(locales[language]))
}
