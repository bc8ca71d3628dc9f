import type { JsonObject } from "../json/json-value.ts"
import type { Effort } from "../pattern/effort.ts"
import {
  type ArgumentShape,
  argumentShape,
  fillShape,
  isPlace,
  type Need,
  type Requirement,
  type Solve,
} from "./argument-shape.ts"
import { findValue, type FoundValue } from "./find-value.ts"
import type { Limit } from "./limit.ts"

/** One way of changing arguments so that they escape what caught them. */
export interface Escape {
  /** What to require of which values. */
  readonly require?: readonly Requirement[]
  /** One more argument that nothing mentions. */
  readonly addUnmentioned?: true
  /** One more argument of this kind. */
  readonly add?: Limit
  /** There are more ways out by adding this argument, so that not finding one proves nothing. */
  readonly more?: string
}

/** Something that the arguments must stay out of. */
export interface Avoided {
  /** Undefined when the arguments are out of it, else every way out; an empty list when there is none. */
  escapes(args: JsonObject): readonly Escape[] | undefined
}

/** `none` is proven; `unknown` means that neither arguments nor a proof were found within bounds. */
export type FoundArguments =
  | { readonly kind: "found"; readonly args: JsonObject }
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }

const maxAttempts = 300

/** What the arguments that are wanted must satisfy. */
export interface Wanted {
  readonly needs: readonly Need[]
  readonly avoid: readonly Avoided[]
  /** The name of an argument that nothing mentions. */
  readonly unmentioned: string
  /** Whether what is wanted leaves room for one more argument: this one, or the unmentioned one. */
  readonly mayAdd: (argument: string | undefined) => boolean
  readonly effort: Effort
}

/** Finds arguments that satisfy all needs and stay out of everything to avoid, with nothing in them that is not needed. */
export function findArguments({ needs, avoid, unmentioned, mayAdd, effort }: Wanted): FoundArguments {
  const solve = rememberedSolve(effort)
  let attempts = 0

  const attempt = (draft: Draft): FoundArguments => {
    attempts += 1
    if (attempts > maxAttempts) return { kind: "unknown" }
    const filled = fillShape(draft.shape, draft.required, solve)
    if (typeof filled === "string") return { kind: filled }
    // The shape of all arguments is an object.
    const args: JsonObject = {
      ...(filled.value as JsonObject),
      ...(draft.isExtended ? { [unmentioned]: null } : {}),
    }
    const caught = avoid.flatMap((avoided) => {
      const escapes = avoided.escapes(args)
      return escapes ? [escapes.filter(isOpen)] : []
    })
    const [hardest] = caught.sort((a, b) => a.length - b.length)
    return hardest ? firstWayOut(hardest, (escape) => takeWay(draft, escape)) : { kind: "found", args }
  }

  const isOpen = (escape: Escape): boolean => {
    if (escape.addUnmentioned) return mayAdd(undefined)
    const argument = escape.add?.argument ?? escape.more
    return argument === undefined || mayAdd(argument)
  }

  const takeWay = (draft: Draft, escape: Escape): FoundArguments => {
    if (escape.more !== undefined) return { kind: "unknown" }
    const next = changed(draft, escape)
    return next ? attempt(next) : { kind: "none" }
  }

  const shape = argumentShape(needs)
  return shape ? attempt({ needs, shape, required: [], isExtended: false }) : { kind: "none" }
}

interface Draft {
  readonly needs: readonly Need[]
  readonly shape: ArgumentShape
  readonly required: readonly Requirement[]
  readonly isExtended: boolean
}

/** The draft after taking a way out; undefined when it is not open. */
function changed(draft: Draft, escape: Escape): Draft | undefined {
  if (escape.addUnmentioned) return draft.isExtended ? undefined : { ...draft, isExtended: true }
  if (escape.add) {
    const needs = [...draft.needs, escape.add]
    const shape = argumentShape(needs)
    return shape && { ...draft, needs, shape }
  }
  const require = escape.require ?? []
  if (!require.every(({ at }) => isPlace(draft.shape, at))) return undefined
  return { ...draft, required: [...draft.required, ...require] }
}

/** Asks every question once. */
function rememberedSolve(effort: Effort): Solve {
  const known = new Map<string, FoundValue>()
  return (conditions) => {
    const key = JSON.stringify(conditions)
    const found = known.get(key) ?? findValue(conditions, effort)
    known.set(key, found)
    return found
  }
}

function firstWayOut(escapes: readonly Escape[], take: (escape: Escape) => FoundArguments): FoundArguments {
  let result: FoundArguments = { kind: "none" }
  for (const escape of escapes) {
    const found = take(escape)
    if (found.kind === "found") return found
    if (found.kind === "unknown") result = found
  }
  return result
}
