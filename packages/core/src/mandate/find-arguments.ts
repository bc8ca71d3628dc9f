import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { isIndex, pointerOf, pointerTokens } from "./argument.ts"
import { type AmountNeed, type Condition, findValue } from "./find-value.ts"
import type { Limit, Scalar } from "./limit.ts"

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

export interface Requirement {
  readonly at: string
  readonly condition: Condition
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

/** What one argument must be. */
export type Need = Limit | AmountNeed

/** What the arguments that are wanted must satisfy. */
export interface Wanted {
  readonly needs: readonly Need[]
  readonly avoid: readonly Avoided[]
  /** The name of an argument that nothing mentions. */
  readonly unmentioned: string
  /** Whether what is wanted leaves room for one more argument: this one, or the unmentioned one. */
  readonly mayAdd: (argument: string | undefined) => boolean
}

/** Finds arguments that satisfy all needs and stay out of everything to avoid, with nothing in them that is not needed. */
export function findArguments({ needs, avoid, unmentioned, mayAdd }: Wanted): FoundArguments {
  let attempts = 0

  const attempt = (draft: Draft): FoundArguments => {
    attempts += 1
    if (attempts > maxAttempts) return { kind: "unknown" }
    const filled = fill(draft.shape, draft.required)
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

  const shape = shapeOf(needs.map(placed))
  return shape ? attempt({ needs, shape, required: [], isExtended: false }) : { kind: "none" }
}

interface Draft {
  readonly needs: readonly Need[]
  readonly shape: Shape
  readonly required: readonly Requirement[]
  readonly isExtended: boolean
}

/** The draft after taking a way out; undefined when it is not open. */
function changed(draft: Draft, escape: Escape): Draft | undefined {
  if (escape.addUnmentioned) return draft.isExtended ? undefined : { ...draft, isExtended: true }
  if (escape.add) {
    const needs = [...draft.needs, escape.add]
    const shape = shapeOf(needs.map(placed))
    return shape && { ...draft, needs, shape }
  }
  const require = escape.require ?? []
  if (!require.every(({ at }) => isPlace(draft.shape, at))) return undefined
  return { ...draft, required: [...draft.required, ...require] }
}

function placed(need: Need): PlacedNeed {
  return { tokens: pointerTokens(need.argument), need }
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

/** The arguments that the needs name, before their values are known. */
type Shape =
  | { readonly kind: "value"; readonly at: string; readonly needs: readonly Need[] }
  | { readonly kind: "object"; readonly members: readonly (readonly [string, Shape])[] }
  | { readonly kind: "array"; readonly elements: readonly Shape[] }

interface PlacedNeed {
  readonly tokens: readonly string[]
  readonly need: Need
}

/** Undefined when the needs contradict each other: one value cannot be both a single value and hold others. */
function shapeOf(placed: readonly PlacedNeed[], path: readonly string[] = []): Shape | undefined {
  const here = placed.filter(({ tokens }) => tokens.length === 0)
  if (here.length === placed.length && here.length > 0)
    return { kind: "value", at: pointerOf(path), needs: here.map(({ need }) => need) }
  if (here.length > 0) return undefined
  const names = [...new Set(placed.map(({ tokens }) => tokens[0] ?? ""))]
  return names.includes("-") && path.length > 0
    ? arrayShape(placed, names, path)
    : objectShape(placed, names, path)
}

function objectShape(placed: readonly PlacedNeed[], names: readonly string[], path: readonly string[]) {
  const members: [string, Shape][] = []
  for (const name of names) {
    const member = name === "-" ? undefined : shapeOf(below(placed, [name]), [...path, name])
    if (!member) return undefined
    members.push([name, member])
  }
  return { kind: "object", members } as const
}

/** The shortest array that has every index; each element meets what is said of it and of every element. */
function arrayShape(placed: readonly PlacedNeed[], names: readonly string[], path: readonly string[]) {
  const indexes = names.filter((name) => name !== "-")
  if (!indexes.every(isIndex)) return undefined
  const elements: Shape[] = []
  for (let i = 0; i <= Math.max(0, ...indexes.map(Number)); i++) {
    const element = shapeOf(below(placed, ["-", String(i)]), [...path, String(i)])
    if (!element) return undefined
    elements.push(element)
  }
  return { kind: "array", elements } as const
}

function below(placed: readonly PlacedNeed[], names: readonly string[]): PlacedNeed[] {
  return placed
    .filter(({ tokens }) => names.includes(tokens[0] ?? ""))
    .map(({ tokens, need }) => ({ tokens: tokens.slice(1), need }))
}

function fill(shape: Shape, required: readonly Requirement[]): { value: JsonValue } | "none" | "unknown" {
  if (shape.kind === "value") return valueFor(shape, required)
  const parts =
    shape.kind === "array" ? shape.elements.map((part, i) => [String(i), part] as const) : shape.members
  const filled: [string, JsonValue][] = []
  let result: "unknown" | undefined
  for (const [name, part] of parts) {
    const found = fill(part, required)
    if (found === "none") return "none"
    if (found === "unknown") result = "unknown"
    else filled.push([name, found.value])
  }
  if (result) return result
  return { value: shape.kind === "array" ? filled.map(([, value]) => value) : Object.fromEntries(filled) }
}

function valueFor(
  { at, needs }: Shape & { kind: "value" },
  required: readonly Requirement[],
): { value: Scalar } | "none" | "unknown" {
  const conditions: Condition[] = needs.map((limit) => ({ must: "satisfy", limit }))
  for (const requirement of required) if (requirement.at === at) conditions.push(requirement.condition)
  const found = findValue(conditions)
  return found.kind === "found" ? found : found.kind
}

function isPlace(shape: Shape, at: string): boolean {
  if (shape.kind === "value") return shape.at === at
  const parts = shape.kind === "array" ? shape.elements : shape.members.map(([, part]) => part)
  return parts.some((part) => isPlace(part, at))
}
