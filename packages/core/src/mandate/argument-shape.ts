import type { JsonValue } from "../json/json-value.ts"
import { isIndex, pointerOf, pointerTokens } from "./argument.ts"
import type { AmountNeed, Condition, FoundValue } from "./find-value.ts"
import type { Limit, Scalar } from "./limit.ts"

/** What one argument must be. */
export type Need = Limit | AmountNeed

/** A condition on the value at one pointer. */
export interface Requirement {
  readonly at: string
  readonly condition: Condition
}

/** Finds one value that meets conditions. */
export type Solve = (conditions: readonly Condition[]) => FoundValue

/** The arguments that the needs name, before their values are known. */
export type ArgumentShape =
  | { readonly kind: "value"; readonly at: string; readonly needs: readonly Need[] }
  | { readonly kind: "object"; readonly members: readonly (readonly [string, ArgumentShape])[] }
  | { readonly kind: "array"; readonly elements: readonly ArgumentShape[] }

interface PlacedNeed {
  readonly tokens: readonly string[]
  readonly need: Need
}

/** The smallest shape that holds all needs; undefined when they contradict each other. */
export function argumentShape(needs: readonly Need[]): ArgumentShape | undefined {
  return shapeOfPlaced(
    needs.map((need) => ({ tokens: pointerTokens(need.argument), need })),
    [],
  )
}

/** Undefined when the needs contradict each other: one value cannot be both a single value and hold others. */
function shapeOfPlaced(placed: readonly PlacedNeed[], path: readonly string[]): ArgumentShape | undefined {
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
  const members: [string, ArgumentShape][] = []
  for (const name of names) {
    const member = name === "-" ? undefined : shapeOfPlaced(below(placed, [name]), [...path, name])
    if (!member) return undefined
    members.push([name, member])
  }
  return { kind: "object", members } as const
}

/** The shortest array that has every index; each element meets what is said of it and of every element. */
function arrayShape(placed: readonly PlacedNeed[], names: readonly string[], path: readonly string[]) {
  const indexes = names.filter((name) => name !== "-")
  if (!indexes.every(isIndex)) return undefined
  const elements: ArgumentShape[] = []
  for (let i = 0; i <= Math.max(0, ...indexes.map(Number)); i++) {
    const element = shapeOfPlaced(below(placed, ["-", String(i)]), [...path, String(i)])
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

/** Gives every value of a shape, or says why not. */
export function fillShape(
  shape: ArgumentShape,
  required: readonly Requirement[],
  solve: Solve,
): { value: JsonValue } | "none" | "unknown" {
  if (shape.kind === "value") return valueFor(shape, required, solve)
  const parts =
    shape.kind === "array" ? shape.elements.map((part, i) => [String(i), part] as const) : shape.members
  const filled: [string, JsonValue][] = []
  let result: "unknown" | undefined
  for (const [name, part] of parts) {
    const found = fillShape(part, required, solve)
    if (found === "none") return "none"
    if (found === "unknown") result = "unknown"
    else filled.push([name, found.value])
  }
  if (result) return result
  return { value: shape.kind === "array" ? filled.map(([, value]) => value) : Object.fromEntries(filled) }
}

function valueFor(
  { at, needs }: ArgumentShape & { kind: "value" },
  required: readonly Requirement[],
  solve: Solve,
): { value: Scalar } | "none" | "unknown" {
  const conditions: Condition[] = needs.map((limit) => ({ must: "satisfy", limit }))
  for (const requirement of required) if (requirement.at === at) conditions.push(requirement.condition)
  const found = solve(conditions)
  return found.kind === "found" ? found : found.kind
}

/** Whether a single value stands at a pointer. */
export function isPlace(shape: ArgumentShape, at: string): boolean {
  if (shape.kind === "value") return shape.at === at
  const parts = shape.kind === "array" ? shape.elements : shape.members.map(([, part]) => part)
  return parts.some((part) => isPlace(part, at))
}
