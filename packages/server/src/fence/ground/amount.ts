import type { JsonValue } from "@hufu/core/json/json-value"
import type { RoleEntry } from "@hufu/core/profile/profile"

/** An amount of money as an integer of the currency's smallest unit. */
export interface Amount {
  readonly minor: number
  readonly currency?: string
}

/** Currencies whose smallest unit is not a hundredth (ISO 4217). */
const digitsOf: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0]),
  ),
  ...Object.fromEntries("BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3])),
}

/**
 * The sum of all amounts of a call, rounded up to the smallest unit, or nothing when one of them is no plain
 * positive number: an amount that could be read in two ways is not read.
 */
export function sumAmounts(
  found: readonly { readonly value: JsonValue; readonly entry: RoleEntry }[],
  named: string | undefined,
): Amount | undefined {
  let minor = 0
  const currencies = new Set<string>()
  for (const { value, entry } of found) {
    const currency = named ?? entry.currency
    if (currency !== undefined) currencies.add(currency)
    const digits = entry.minorUnits === true ? 0 : (digitsOf[currency ?? ""] ?? 2)
    minor += toMinor(value, digits)
  }
  if (!Number.isSafeInteger(minor) || currencies.size > 1) return undefined
  const [currency] = currencies
  return { minor, ...(currency === undefined ? {} : { currency }) }
}

function toMinor(value: JsonValue, digits: number): number {
  const text = typeof value === "number" ? plainDecimal(value) : typeof value === "string" ? value.trim() : ""
  const parts = /^\+?(\d{1,15})(?:\.(\d{1,18}))?$/.exec(text)
  if (!parts) return Number.NaN
  const fraction = (parts[2] ?? "").padEnd(digits, "0")
  const whole = Number(`${parts[1]}${fraction.slice(0, digits)}`)
  return /[1-9]/.test(fraction.slice(digits)) ? whole + 1 : whole
}

/** Decimals as written: no exponent, and no more digits than the number has. */
function plainDecimal(value: number): string {
  const text = String(value)
  return /e-/.test(text) ? value.toFixed(18) : text
}
