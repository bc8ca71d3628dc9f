import { type EntityUid, isCedarSet, isEntityUid, UNKNOWN } from "./cedar-value.ts"
import type { Entities } from "./entities.ts"
import type { Evaluator } from "./evaluator.ts"
import { anyTest, describe, fault, isFault, isUnsure, type Outcome } from "./outcome.ts"

/** Whether an entity is another one or in it, directly or not. */
export function isWithinEntity(inner: EntityUid, outer: EntityUid, entities: Entities): boolean {
  return inner.key === outer.key || entities.get(inner.key)?.ancestors.has(outer.key) === true
}

/** `left in right`, where the right side is an entity or a set of entities. */
export function isIn(left: Evaluator, right: Evaluator): Evaluator {
  return (environment) => {
    const inner = left(environment)
    const outer = right(environment)
    if (isFault(inner)) return inner
    if (isFault(outer)) return outer
    if (isUnsure(inner) || isUnsure(outer)) return anyTest
    if (!isEntityUid(inner)) return fault(`expected an entity, found ${describe(inner)}`)
    if (isEntityUid(outer)) return isWithinEntity(inner, outer, environment.entities)
    if (!isCedarSet(outer)) return fault(`expected an entity or a set of entities, found ${describe(outer)}`)
    return isInAny(inner, outer, environment.entities)
  }
}

function isInAny(inner: EntityUid, outers: readonly Outcome[], entities: Entities): Outcome {
  // Every member is looked at before the answer: one that is no entity is an error even after a match.
  const stranger = outers.find((outer) => outer !== UNKNOWN && !isEntityUid(outer))
  if (stranger !== undefined) return fault(`expected a set of entities, found ${describe(stranger)} in it`)
  if (outers.includes(UNKNOWN)) return anyTest
  return outers.some((outer) => isEntityUid(outer) && isWithinEntity(inner, outer, entities))
}

/** `left is type`. */
export function isOfType(left: Evaluator, type: string): Evaluator {
  return (environment) => {
    const value = left(environment)
    if (isFault(value)) return value
    if (isUnsure(value)) return anyTest
    return isEntityUid(value) ? value.type === type : fault(`expected an entity, found ${describe(value)}`)
  }
}
