import { type Decimal, kind } from "./cedar-value.ts"
import { toLong } from "./long.ts"

const form = /^(-?)([0-9]{1,16})\.([0-9]{1,4})$/

/** Reads Cedar's decimal: up to four places, in 64 bits; undefined when it is not one. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [, sign, whole = "", places = ""] = match
  const size = BigInt(whole + places.padEnd(4, "0"))
  const value = sign === "-" ? -size : size
  return toLong(value) === undefined ? undefined : { [kind]: "decimal", value }
}
