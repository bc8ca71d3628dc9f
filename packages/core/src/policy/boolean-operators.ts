import type { Evaluator } from "./evaluator.ts"
import { asBoolean, FALSE, FAULT, isFault, outcomeOf, possibilities, TRUE } from "./outcome.ts"

/**
 * `&&`, left to right: the right side counts only where the left can be true.
 * INVARIANT of every operator here: the outcome's possibilities hold every result that some filling of the
 * unknowns could give. They may hold more, never fewer.
 */
export function and(left: Evaluator, right: Evaluator): Evaluator {
  return (environment) => {
    const known = left(environment)
    if (known === false) return false
    if (known === true) return asBoolean(right(environment))
    const first = asBoolean(known)
    if (typeof first === "boolean" || isFault(first)) return first
    const rest = (first.may & TRUE) === 0 ? 0 : possibilities(asBoolean(right(environment)))
    return outcomeOf((first.may & (FALSE | FAULT)) | rest)
  }
}

/** `||`, left to right: the right side counts only where the left can be false. */
export function or(left: Evaluator, right: Evaluator): Evaluator {
  return (environment) => {
    const first = asBoolean(left(environment))
    if (first === false) return asBoolean(right(environment))
    if (first === true || isFault(first)) return first
    const rest = (first.may & FALSE) === 0 ? 0 : possibilities(asBoolean(right(environment)))
    return outcomeOf((first.may & (TRUE | FAULT)) | rest)
  }
}

/** `!`. */
export function not(operand: Evaluator): Evaluator {
  return (environment) => {
    const value = asBoolean(operand(environment))
    if (typeof value === "boolean") return !value
    if (isFault(value)) return value
    const swapped = (value.may & TRUE ? FALSE : 0) | (value.may & FALSE ? TRUE : 0)
    return outcomeOf(swapped | (value.may & FAULT))
  }
}

/** `if … then … else …`: only the branch that is taken can fail. */
export function ifThenElse(test: Evaluator, yes: Evaluator, no: Evaluator): Evaluator {
  return (environment) => {
    const guard = asBoolean(test(environment))
    if (guard === true) return yes(environment)
    if (guard === false) return no(environment)
    if (isFault(guard)) return guard
    const onTrue = (guard.may & TRUE) === 0 ? 0 : possibilities(yes(environment))
    const onFalse = (guard.may & FALSE) === 0 ? 0 : possibilities(no(environment))
    return outcomeOf(onTrue | onFalse | (guard.may & FAULT))
  }
}
