import { type CedarRecord, type CedarValue, isCedarRecord, isEntityUid, UNKNOWN } from "./cedar-value.ts"
import type { Environment, Evaluator } from "./evaluator.ts"
import {
  anything,
  anyTest,
  describe,
  eitherBoolean,
  fault,
  isFault,
  isUnsure,
  type Outcome,
} from "./outcome.ts"

type Reader = (record: CedarRecord) => CedarValue | undefined

/**
 * Reads one named attribute.
 * UNTRUSTED: names such as `constructor` would find what every object inherits, so those are looked up as own
 * properties only; for all other names the plain lookup says the same and is faster.
 */
function readerOf(name: string): Reader {
  if (name in Object.prototype) return (record) => (Object.hasOwn(record, name) ? record[name] : undefined)
  return (record) => record[name]
}

/** `context.name`: the most frequent of all, and the context is always a record. */
export function contextAttribute(name: string): Evaluator {
  const read = readerOf(name)
  return (environment) => found(read(environment.context), name)
}

/** `left.name`. */
export function attribute(left: Evaluator, name: string): Evaluator {
  const read = readerOf(name)
  return (environment) => {
    const owner = left(environment)
    const record = attributesOf(owner, environment)
    if (record === undefined) return noAttributes(owner)
    return found(read(record), name)
  }
}

function found(value: CedarValue | undefined, name: string): Outcome {
  if (value === undefined) return fault(`there is no attribute \`${name}\``)
  return value === UNKNOWN ? anything : value
}

/** `left has a.b.c`: `left has a`, and `left.a has b`, and so on, with the left side evaluated once. */
export function hasPath(left: Evaluator, names: readonly string[]): Evaluator {
  const readers = names.map(readerOf)
  return (environment) => {
    let owner: Outcome = left(environment)
    for (const [step, read] of readers.entries()) {
      const record = attributesOf(owner, environment)
      if (record === undefined) return isEntityUid(owner) ? false : noAttributes(owner, anyTest)
      const value = read(record)
      if (value === undefined) return false
      if (value === UNKNOWN) return step === readers.length - 1 ? eitherBoolean : anyTest
      owner = value
    }
    return true
  }
}

function attributesOf(owner: Outcome, environment: Environment): CedarRecord | undefined {
  if (isCedarRecord(owner)) return owner
  return isEntityUid(owner) ? environment.entities.get(owner.key)?.attributes : undefined
}

function noAttributes(owner: Outcome, whenUnsure: Outcome = anything): Outcome {
  if (isFault(owner)) return owner
  if (isUnsure(owner)) return whenUnsure
  if (isEntityUid(owner)) return fault(`nothing is known of the entity \`${owner.key}\``)
  return fault(`expected a record or an entity, found ${describe(owner)}`)
}

/** `left.getTag(name)`. */
export function getTag(left: Evaluator, name: Evaluator): Evaluator {
  return (environment) => {
    const owner = left(environment)
    const wanted = name(environment)
    const problem = tagProblem(owner, wanted)
    if (problem !== undefined) return isUnsure(problem) ? anything : problem
    const value = tagOf(owner, wanted, environment)
    if (value === undefined) return fault("there is no such tag")
    return value === UNKNOWN ? anything : value
  }
}

/** `left.hasTag(name)`. */
export function hasTag(left: Evaluator, name: Evaluator): Evaluator {
  return (environment) => {
    const owner = left(environment)
    const wanted = name(environment)
    const problem = tagProblem(owner, wanted)
    if (problem !== undefined) return isUnsure(problem) ? anyTest : problem
    const value = tagOf(owner, wanted, environment)
    return value === UNKNOWN ? eitherBoolean : value !== undefined
  }
}

function tagProblem(owner: Outcome, wanted: Outcome): Outcome | undefined {
  if (isFault(owner)) return owner
  if (isFault(wanted)) return wanted
  if (isUnsure(owner) || isUnsure(wanted)) return anything
  if (!isEntityUid(owner)) return fault(`expected an entity, found ${describe(owner)}`)
  return typeof wanted === "string" ? undefined : fault(`expected a string, found ${describe(wanted)}`)
}

function tagOf(owner: Outcome, wanted: Outcome, environment: Environment): CedarValue | undefined {
  if (!isEntityUid(owner) || typeof wanted !== "string") return undefined
  const tags = environment.entities.get(owner.key)?.tags
  return tags !== undefined && Object.hasOwn(tags, wanted) ? tags[wanted] : undefined
}
