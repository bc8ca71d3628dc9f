import type { Language } from "../words.ts"
import type { AgeBand, PackRecord } from "./protection.ts"

type Figure = Pick<PackRecord["figures"][number], "unit" | "value">

const counted = {
  en: { minutes: ["minute", "minutes"], years: ["year of age", "years of age"], days: ["day", "days"] },
  zh: { minutes: "分钟", years: "周岁", days: "天" },
} as const

/** A figure of a pack, as people read it. */
export function sayFigure({ unit, value }: Figure, currency: string | null, language: Language): string {
  if (typeof value === "boolean") return language === "zh" ? (value ? "是" : "否") : value ? "yes" : "no"
  if (typeof value === "string" || unit === "time" || unit === "switch") return String(value)
  if (unit === "money") return sayMinor(value, currency ?? "", language)
  if (language === "zh") return `${value} ${counted.zh[unit]}`
  return `${value} ${counted.en[unit][value === 1 ? 0 : 1]}`
}

/** An amount that is given in minor units of a currency. */
export function sayMinor(amount: number, currency: string, language: Language): string {
  if (!/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`.trim()
  const locale = language === "zh" ? "zh-CN" : "en-GB"
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "code" })
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2
  const number = new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(amount / 10 ** decimals)
  return `${number} ${currency}`
}

/** A length of time in hours and minutes. */
export function sayMinutes(seconds: number, language: Language): string {
  const minutes = Math.floor(seconds / 60)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (language === "zh") return hours > 0 ? `${hours} 小时 ${rest} 分钟` : `${rest} 分钟`
  return hours > 0 ? `${hours} h ${rest} min` : `${rest} min`
}

/** Age bands in words. */
export const ageBandWords: Readonly<Record<Language, Readonly<Record<AgeBand, string>>>> = {
  en: {
    "under-3": "under 3",
    "3-to-8": "3 to 8",
    "8-to-12": "8 to 12",
    "12-to-16": "12 to 16",
    "16-to-18": "16 to 18",
    adult: "adult",
    elderly: "elderly (60 or more)",
  },
  zh: {
    "under-3": "不满 3 周岁",
    "3-to-8": "3 至 8 周岁",
    "8-to-12": "8 至 12 周岁",
    "12-to-16": "12 至 16 周岁",
    "16-to-18": "16 至 18 周岁",
    adult: "成年人",
    elderly: "老年人（60 周岁以上）",
  },
}
