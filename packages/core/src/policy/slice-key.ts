import { type CedarValue, isEntityUid, UNKNOWN } from "./cedar-value.ts"
import { compileExpression } from "./compile-expression.ts"
import type { Environment, Evaluator } from "./evaluator.ts"
import { uidFromJson } from "./from-json.ts"
import { isFault, isUnsure } from "./outcome.ts"

/** What an index looks up: text, numbers and booleans as they are, an entity by its key. */
export type SliceValue = string | number | bigint | boolean

export type Variable = "principal" | "action" | "resource"

/** Something of a request that rules name values of. */
export type Feature = { readonly id: string } & (
  | { readonly of: "entity"; readonly variable: Variable }
  | { readonly of: "value" | "members"; readonly read: Evaluator }
)

/** What a request must have for a rule to match: one of these values of a feature. */
export interface SliceKey {
  readonly feature: Feature
  readonly values: readonly SliceValue[]
}

/** UNTRUSTED: a rule stands in the index once for each value that it names; one that names more is looked at each time. */
const mostValues = 64
/** Nor does it stand deeper than this. */
const mostKeys = 8

type Json = Readonly<Record<string, unknown>>

/** A rule's head names entities. */
export function scopeKeys(variable: Variable, keys: readonly string[] | undefined): SliceKey[] {
  if (keys === undefined || keys.length > mostValues) return []
  return [{ feature: { id: variable, of: "entity", variable }, values: keys }]
}

/**
 * What the conditions of a rule make necessary, from the left: `context.host == "a"`,
 * `["a", "b"].contains(resource.name)`, `context.hosts.contains("a")`, `resource in Server::"a"`.
 *
 * INVARIANT: everything to the left of a key is another key or cannot fail. A rule of which something to the left
 * fails has failed, which is not the same as that it does not match; so an index may use a key only where those
 * before it could be read.
 */
export function conditionKeys(
  conditions: readonly { readonly kind: string; readonly body: unknown }[],
): SliceKey[] {
  const keys: SliceKey[] = []
  for (const { kind, body } of conditions) {
    if (kind !== "when") {
      if (neverFails(body)) continue
      return keys
    }
    for (const part of conjuncts(body)) {
      if (keys.length >= mostKeys) return keys
      const key = keyOf(part)
      if (key !== undefined && key.values.length <= mostValues) keys.push(key)
      else if (!neverFails(part)) return keys
    }
  }
  return keys
}

/** The values that a request has of a feature; nothing when they cannot be told: then every rule that names one may matter. */
export function valuesOf(feature: Feature, environment: Environment): Iterable<SliceValue> | undefined {
  if (feature.of === "entity") {
    const { key } = environment[feature.variable]
    const ancestors = environment.entities.get(key)?.ancestors
    return ancestors === undefined || ancestors.size === 0 ? [key] : new Set([key, ...ancestors])
  }
  const outcome = feature.read(environment)
  if (isFault(outcome) || isUnsure(outcome)) return undefined
  if (feature.of === "value") return sliceValues(outcome)
  if (!Array.isArray(outcome) || outcome.includes(UNKNOWN)) return undefined
  const found = outcome.flatMap(sliceValues)
  return found.length < 2 ? found : new Set(found)
}

/** None for a set, a record or an extension value: no key names one. */
function sliceValues(value: CedarValue): SliceValue[] {
  if (typeof value === "symbol") return []
  if (typeof value !== "object") return [value]
  return isEntityUid(value) ? [value.key] : []
}

/** Without recursion: a chain of `&&` leans to the left, as long as the rule is. */
function conjuncts(body: unknown): unknown[] {
  const found: unknown[] = []
  const open = [body]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const both = operands(next, "&&")
    if (both === undefined) found.push(next)
    else open.push(both["right"], both["left"])
  }
  return found
}

function keyOf(part: unknown): SliceKey | undefined {
  return equalityKey(part) ?? containsKey(part) ?? withinKey(part) ?? eitherKey(part)
}

/** `path == literal`, either way round. */
function equalityKey(part: unknown): SliceKey | undefined {
  const both = operands(part, "==")
  if (both === undefined) return undefined
  const [left, right] = [literalOf(both["left"]), literalOf(both["right"])]
  if (left !== undefined) return valueKey(both["right"], [left])
  return right === undefined ? undefined : valueKey(both["left"], [right])
}

/** `[literals].contains(path)` or `path.contains(literal)`. */
function containsKey(part: unknown): SliceKey | undefined {
  const both = operands(part, "contains")
  if (both === undefined) return undefined
  const values = literalsOf(both["left"])
  if (values !== undefined) return valueKey(both["right"], values)
  const value = literalOf(both["right"])
  const path = pathOf(both["left"])
  if (value === undefined || path === undefined || path.length < 2) return undefined
  const read = compileExpression(both["left"])
  return { feature: { id: `${JSON.stringify(path)} has`, of: "members", read }, values: [value] }
}

/** `variable in entity` or `variable in [entities]`. */
function withinKey(part: unknown): SliceKey | undefined {
  const both = operands(part, "in")
  const variable = both && variableOf(both["left"])
  if (both === undefined || variable === undefined) return undefined
  const members = isJson(both["right"]) ? both["right"]["Set"] : undefined
  const outers = Array.isArray(members) ? members.map(entityKeyOf) : [entityKeyOf(both["right"])]
  const keys = outers.filter((key) => key !== undefined)
  return keys.length === outers.length ? scopeKeys(variable, keys)[0] : undefined
}

/** `a || b` where both are keys of one feature: whether it can be read is the same for both. */
function eitherKey(part: unknown): SliceKey | undefined {
  const found: SliceKey[] = []
  const open = [part]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const both = operands(next, "||")
    if (both !== undefined) {
      open.push(both["right"], both["left"])
      continue
    }
    const key = next === part ? undefined : (equalityKey(next) ?? containsKey(next) ?? withinKey(next))
    if (key === undefined || (found[0] && key.feature.id !== found[0].feature.id)) return undefined
    found.push(key)
  }
  const [first] = found
  return first && { feature: first.feature, values: [...new Set(found.flatMap(({ values }) => values))] }
}

function valueKey(json: unknown, values: readonly SliceValue[]): SliceKey | undefined {
  const variable = variableOf(json)
  if (variable !== undefined) return scopeKeys(variable, values.map(String))[0]
  const path = pathOf(json)
  if (path === undefined || path.length < 2) return undefined
  return { feature: { id: JSON.stringify(path), of: "value", read: compileExpression(json) }, values }
}

/**
 * What is true or false whatever the request is: also where nothing is known of an entity.
 * `has` of one name asks a variable, and a variable is a record or an entity.
 */
function neverFails(json: unknown): boolean {
  for (const operator of ["&&", "||"]) {
    const both = operands(json, operator)
    if (both !== undefined) return neverFails(both["left"]) && neverFails(both["right"])
  }
  const not = operands(json, "!")
  if (not !== undefined) return neverFails(not["arg"])
  const has = operands(json, "has")
  if (has !== undefined) return isVariable(has["left"]) && typeof has["attr"] === "string"
  const is = operands(json, "is")
  if (is !== undefined) return variableOf(is["left"]) !== undefined && is["in"] === undefined
  const same = operands(json, "==") ?? operands(json, "!=")
  if (same !== undefined) return isPlain(same["left"]) && isPlain(same["right"])
  return withinKey(json) !== undefined || typeof literalOf(json) === "boolean"
}

function isPlain(json: unknown): boolean {
  return isVariable(json) || literalOf(json) !== undefined
}

function pathOf(json: unknown): string[] | undefined {
  const names: string[] = []
  for (let next = json; ;) {
    const step = operands(next, ".")
    if (step === undefined) {
      const variable = isJson(next) ? next["Var"] : undefined
      return typeof variable === "string" ? [variable, ...names.toReversed()] : undefined
    }
    if (typeof step["attr"] !== "string") return undefined
    names.push(step["attr"])
    next = step["left"]
  }
}

function variableOf(json: unknown): Variable | undefined {
  const name = isJson(json) ? json["Var"] : undefined
  return name === "principal" || name === "action" || name === "resource" ? name : undefined
}

function isVariable(json: unknown): boolean {
  return variableOf(json) !== undefined || (isJson(json) && json["Var"] === "context")
}

function literalsOf(json: unknown): SliceValue[] | undefined {
  const members = isJson(json) ? json["Set"] : undefined
  if (!Array.isArray(members)) return undefined
  const literals = members.map(literalOf).filter((literal) => literal !== undefined)
  return literals.length === members.length ? literals : undefined
}

function literalOf(json: unknown): SliceValue | undefined {
  if (!isJson(json) || !Object.hasOwn(json, "Value")) return undefined
  const value = json["Value"]
  if (["string", "number", "bigint", "boolean"].includes(typeof value)) return value as SliceValue // just looked at
  return entityKeyOf(json)
}

function entityKeyOf(json: unknown): string | undefined {
  const value = isJson(json) ? json["Value"] : undefined
  return isJson(value) && Object.hasOwn(value, "__entity") ? uidFromJson(value).key : undefined
}

function operands(json: unknown, operator: string): Json | undefined {
  const inner = isJson(json) && Object.hasOwn(json, operator) ? json[operator] : undefined
  return isJson(inner) ? inner : undefined
}

function isJson(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json)
}
