import { type CedarValue, kind } from "./cedar-value.ts"

/** An evaluation error: a value, not an exception, so that every operator must look at it. */
export interface Fault {
  readonly [kind]: "fault"
  readonly message: string
}

/** What an expression over unknown facts may come to: a set of the four possibilities below. */
export interface Unsure {
  readonly [kind]: "unsure"
  readonly may: number
}

export type Outcome = CedarValue | Fault | Unsure

export const TRUE = 1
export const FALSE = 2
export const FAULT = 4
/** Some value that is not a boolean. */
export const OTHER = 8

/** An evaluation error with its reason. */
export function fault(message: string): Fault {
  return { [kind]: "fault", message }
}

const unsures: readonly Unsure[] = Array.from({ length: 16 }, (_, may) => ({ [kind]: "unsure", may }))

/** The outcome for a set of possibilities; a set of one is that one, so certainty is never lost. */
export function outcomeOf(may: number): Outcome {
  if (may === TRUE) return true
  if (may === FALSE) return false
  if (may === FAULT) return fault("every value that this could have is an error")
  return unsures[may] ?? anything
}

/** Any value, or an error. */
export const anything: Unsure = { [kind]: "unsure", may: TRUE | FALSE | FAULT | OTHER }

/** Either boolean, or an error. */
export const anyTest: Unsure = { [kind]: "unsure", may: TRUE | FALSE | FAULT }

/** Either boolean. */
export const eitherBoolean: Unsure = { [kind]: "unsure", may: TRUE | FALSE }

export function isFault(outcome: unknown): outcome is Fault {
  return typeof outcome === "object" && outcome !== null && kind in outcome && outcome[kind] === "fault"
}

export function isUnsure(outcome: unknown): outcome is Unsure {
  return typeof outcome === "object" && outcome !== null && kind in outcome && outcome[kind] === "unsure"
}

/** The set of possibilities of an outcome. */
export function possibilities(outcome: Outcome): number {
  if (outcome === true) return TRUE
  if (outcome === false) return FALSE
  if (isFault(outcome)) return FAULT
  if (isUnsure(outcome)) return outcome.may
  return OTHER
}

/** The outcome as a condition: what is not a boolean is an error. */
export function asBoolean(outcome: Outcome): boolean | Fault | Unsure {
  if (typeof outcome === "boolean" || isFault(outcome)) return outcome
  if (!isUnsure(outcome)) return fault(`expected a boolean, found ${describe(outcome)}`)
  if ((outcome.may & OTHER) === 0) return outcome
  // Without OTHER, and with FAULT in its place, the set holds a boolean, a fault or is unsure.
  return outcomeOf((outcome.may & ~OTHER) | FAULT) as boolean | Fault | Unsure
}

/** What kind of value an outcome is, in the words of a person who writes rules. */
export function describe(outcome: Outcome): string {
  if (typeof outcome === "number" || typeof outcome === "bigint") return "a long"
  if (typeof outcome === "boolean") return "a boolean"
  if (typeof outcome === "string") return "a string"
  if (typeof outcome === "symbol") return "an unknown value"
  if (Array.isArray(outcome)) return "a set"
  // A set was returned above; TypeScript does not narrow read-only arrays.
  const tag = (outcome as { readonly [kind]?: string })[kind]
  return tag === undefined ? "a record" : `a value of type ${tag}`
}
