import type { CedarValue, Long } from "./cedar-value.ts"
import { sameValue } from "./equality.ts"
import type { Evaluator } from "./evaluator.ts"
import { isExtension } from "./extension-function.ts"
import {
  anyTest,
  describe,
  eitherBoolean,
  FALSE,
  fault,
  FAULT,
  isFault,
  isUnsure,
  OTHER,
  type Outcome,
  outcomeOf,
  possibilities,
  TRUE,
} from "./outcome.ts"

/** `==`: never an error of its own. */
export function equal(left: Evaluator, right: Evaluator): Evaluator {
  return (environment) => sameOutcome(left(environment), right(environment))
}

function sameOutcome(left: Outcome, right: Outcome): Outcome {
  if (isFault(left)) return left
  if (isFault(right)) return right
  if (isUnsure(left) || isUnsure(right)) return sameUnsure(possibilities(left), possibilities(right))
  return sameValue(left, right) ?? eitherBoolean
}

function sameUnsure(left: number, right: number): Outcome {
  const [leftValues, rightValues] = [left & ~FAULT, right & ~FAULT]
  const canMatch = (leftValues & rightValues) !== 0
  const isOneBoolean = (values: number) => values === TRUE || values === FALSE
  const mustMatch = leftValues === rightValues && isOneBoolean(leftValues)
  return outcomeOf((canMatch ? TRUE : 0) | (mustMatch ? 0 : FALSE) | ((left | right) & FAULT))
}

/** A comparison of two longs, two datetimes or two durations. */
export function ordered(
  left: Evaluator,
  right: Evaluator,
  test: (left: Long, right: Long) => boolean,
): Evaluator {
  return (environment) => {
    const first = left(environment)
    const second = right(environment)
    if (typeof first === "number" && typeof second === "number") return test(first, second)
    if (isFault(first)) return first
    if (isFault(second)) return second
    if (isUnsure(first) || isUnsure(second)) return anyTest
    const low = magnitude(first)
    const high = magnitude(second)
    if (low !== undefined && high !== undefined && sameScale(first, second)) return test(low, high)
    return fault(`compare two longs, datetimes or durations, not ${describe(first)} and ${describe(second)}`)
  }
}

function isLongValue(value: CedarValue): value is Long {
  return typeof value === "number" || typeof value === "bigint"
}

function magnitude(value: CedarValue): Long | undefined {
  if (isLongValue(value)) return value
  return isExtension(value, "datetime") || isExtension(value, "duration") ? value.value : undefined
}

function sameScale(left: CedarValue, right: CedarValue): boolean {
  if (isLongValue(left) || isLongValue(right)) return isLongValue(left) && isLongValue(right)
  return isExtension(left, "datetime") === isExtension(right, "datetime")
}

/** `+`, `-` or `*`: an overflow is an error. */
export function arithmetic(
  left: Evaluator,
  right: Evaluator,
  apply: (left: Long, right: Long) => Long | undefined,
): Evaluator {
  return (environment) => {
    const first = left(environment)
    const second = right(environment)
    if (isFault(first)) return first
    if (isFault(second)) return second
    if (isUnsure(first) || isUnsure(second)) return outcomeOf(OTHER | FAULT)
    if (!isLongValue(first)) return fault(`expected a long, found ${describe(first)}`)
    if (!isLongValue(second)) return fault(`expected a long, found ${describe(second)}`)
    return apply(first, second) ?? fault("the result does not fit in 64 bits")
  }
}
