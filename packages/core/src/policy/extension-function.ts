import { type CedarValue, type Extension, isCedarRecord, isCedarSet, kind } from "./cedar-value.ts"
import { datetimeAt, durationOf, parseDatetime, parseDuration, startOfDay, timeOfDay } from "./datetime.ts"
import { parseDecimal } from "./decimal.ts"
import { isLoopback, isMulticast, isWithin, parseIp } from "./ip-range.ts"
import { toLong } from "./long.ts"
import { fault, type Fault, describe } from "./outcome.ts"

/** A function of Cedar's extension types; `arity` includes the value that it is called on. */
export interface ExtensionFunction {
  readonly arity: number
  readonly call: (values: readonly CedarValue[]) => CedarValue | Fault
}

type Name = Extension[typeof kind]
type OfName<Wanted extends Name> = Extract<Extension, { readonly [kind]: Wanted }>

function constructor(name: string, parse: (text: string) => CedarValue | undefined): ExtensionFunction {
  return {
    arity: 1,
    call: ([text]) => {
      if (typeof text !== "string") return fault(`\`${name}\` takes a string`)
      return parse(text) ?? fault(`the text given to \`${name}\` is not one`)
    },
  }
}

function unary<Wanted extends Name>(
  wanted: Wanted,
  apply: (value: OfName<Wanted>) => CedarValue | undefined,
): ExtensionFunction {
  return {
    arity: 1,
    call: ([value]) => (isExtension(value, wanted) ? (apply(value) ?? overflow) : wrongKind(wanted, value)),
  }
}

function binary<Left extends Name, Right extends Name>(
  [leftName, rightName]: readonly [Left, Right],
  apply: (left: OfName<Left>, right: OfName<Right>) => CedarValue | undefined,
): ExtensionFunction {
  return {
    arity: 2,
    call: ([left, right]) => {
      if (!isExtension(left, leftName)) return wrongKind(leftName, left)
      if (!isExtension(right, rightName)) return wrongKind(rightName, right)
      return apply(left, right) ?? overflow
    },
  }
}

const overflow = fault("the result does not fit in 64 bits")

function wrongKind(wanted: string, found: CedarValue | undefined): Fault {
  return fault(`expected a ${wanted}, found ${found === undefined ? "nothing" : describe(found)}`)
}

/** Whether a value is of one extension type. */
export function isExtension<Wanted extends Name>(
  value: CedarValue | undefined,
  wanted: Wanted,
): value is OfName<Wanted> {
  if (typeof value !== "object" || isCedarSet(value) || isCedarRecord(value)) return false
  return value[kind] === wanted
}

const two = <Only extends Name>(name: Only) => [name, name] as const

const whole = (unit: bigint) => unary("duration", (span) => toLong(span.value / unit))

/** Every extension function that rules may use, by the name that Cedar's JSON gives it. */
export const extensionFunctions: ReadonlyMap<string, ExtensionFunction> = new Map([
  ["decimal", constructor("decimal", parseDecimal)],
  ["lessThan", binary(two("decimal"), (left, right) => left.value < right.value)],
  ["lessThanOrEqual", binary(two("decimal"), (left, right) => left.value <= right.value)],
  ["greaterThan", binary(two("decimal"), (left, right) => left.value > right.value)],
  ["greaterThanOrEqual", binary(two("decimal"), (left, right) => left.value >= right.value)],
  ["ip", constructor("ip", parseIp)],
  ["isIpv4", unary("ip", (range) => range.bits === 32)],
  ["isIpv6", unary("ip", (range) => range.bits === 128)],
  ["isLoopback", unary("ip", isLoopback)],
  ["isMulticast", unary("ip", isMulticast)],
  ["isInRange", binary(two("ip"), isWithin)],
  ["datetime", constructor("datetime", parseDatetime)],
  ["offset", binary(["datetime", "duration"], (instant, span) => datetimeAt(instant.value + span.value))],
  ["durationSince", binary(two("datetime"), (later, earlier) => durationOf(later.value - earlier.value))],
  ["toDate", unary("datetime", startOfDay)],
  ["toTime", unary("datetime", timeOfDay)],
  ["duration", constructor("duration", parseDuration)],
  ["toMilliseconds", whole(1n)],
  ["toSeconds", whole(1_000n)],
  ["toMinutes", whole(60_000n)],
  ["toHours", whole(3_600_000n)],
  ["toDays", whole(86_400_000n)],
])
