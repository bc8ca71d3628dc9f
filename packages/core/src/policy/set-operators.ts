import { type CedarValue, isCedarSet } from "./cedar-value.ts"
import { type Likeness, setHas } from "./equality.ts"
import type { Evaluator } from "./evaluator.ts"
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
  TRUE,
} from "./outcome.ts"

/** `left.contains(right)`. */
export function contains(left: Evaluator, right: Evaluator): Evaluator {
  return (environment) => {
    const set = left(environment)
    const member = right(environment)
    if (isFault(set)) return set
    if (isFault(member)) return member
    if (isUnsure(set)) return anyTest
    if (!isCedarSet(set)) return fault(`expected a set, found ${describe(set)}`)
    if (isUnsure(member)) return outcomeOf((set.length > 0 ? TRUE : 0) | FALSE | (member.may & FAULT))
    return setHas(set, member) ?? eitherBoolean
  }
}

/** `left.containsAll(right)` or `left.containsAny(right)`. */
export function compareSets(
  left: Evaluator,
  right: Evaluator,
  test: (set: readonly CedarValue[], other: readonly CedarValue[]) => Likeness,
): Evaluator {
  return (environment) => {
    const set = left(environment)
    const other = right(environment)
    if (isFault(set)) return set
    if (isFault(other)) return other
    if (isUnsure(set) || isUnsure(other)) return anyTest
    if (!isCedarSet(set)) return fault(`expected a set, found ${describe(set)}`)
    if (!isCedarSet(other)) return fault(`expected a set, found ${describe(other)}`)
    return test(set, other) ?? eitherBoolean
  }
}

/** `operand.isEmpty()`. */
export function isEmpty(operand: Evaluator): Evaluator {
  return (environment) => {
    const set = operand(environment)
    if (isFault(set)) return set
    if (isUnsure(set)) return anyTest
    return isCedarSet(set) ? set.length === 0 : fault(`expected a set, found ${describe(set)}`)
  }
}

/**
 * Puts evaluated parts together, as a set or a record literal does.
 * A part that depends on an unknown makes the whole depend on it: less precise than it could be, never wrong.
 */
export function assemble(
  parts: readonly Evaluator[],
  build: (values: readonly CedarValue[]) => Outcome,
  whenUnsure = OTHER,
): Evaluator {
  return (environment) => {
    const values: CedarValue[] = []
    let unsure = 0
    for (const part of parts) {
      const value = part(environment)
      if (isFault(value)) return value
      if (isUnsure(value)) unsure |= whenUnsure | (value.may & FAULT)
      else values.push(value)
    }
    return unsure === 0 ? build(values) : outcomeOf(unsure)
  }
}
