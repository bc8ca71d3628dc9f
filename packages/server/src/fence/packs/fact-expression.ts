import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { canonicalize } from "@hufu/core/json/canonical"
import { z } from "zod"

const Pointer = z
  .string()
  .max(256)
  .regex(
    /^(?:\/(?:[^~/]|~[01])*)*$/,
    "name a place by a pointer such as `/flights/0/date`, or the whole by an empty one",
  )
const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/)

/**
 * How a pack makes a fact of what is known. What is not known stays unknown through every operator that needs it, so that a rule sees
 * the fact only where it is sure.
 */
export type FactExpression =
  | { readonly value: JsonValue }
  | { readonly argument: string }
  | { readonly result: string }
  | { readonly item: string }
  | { readonly let: string; readonly at?: string | undefined }
  | { readonly record: string; readonly key: readonly FactExpression[]; readonly at?: string | undefined }
  | { readonly records: string }
  | { readonly member: FactExpression; readonly name: FactExpression }
  | { readonly has: FactExpression; readonly name: FactExpression }
  | { readonly first: FactExpression }
  | { readonly last: FactExpression }
  | { readonly each: FactExpression; readonly as: FactExpression }
  | { readonly count: FactExpression; readonly where?: FactExpression | undefined }
  | { readonly some: FactExpression; readonly where: FactExpression }
  | { readonly every: FactExpression; readonly where: FactExpression }
  | { readonly list: readonly FactExpression[] }
  | { readonly equal: readonly FactExpression[] }
  | { readonly in: FactExpression; readonly of: FactExpression }
  | { readonly all: readonly FactExpression[] }
  | { readonly any: readonly FactExpression[] }
  | { readonly not: FactExpression }
  | { readonly if: FactExpression; readonly yes: FactExpression; readonly no: FactExpression }
  | { readonly known: readonly FactExpression[] }
  | { readonly product: readonly FactExpression[] }
  | { readonly age: FactExpression }
  | { readonly named: FactExpression }
  | { readonly said: readonly string[] }

const Inner: z.ZodType<FactExpression> = z.lazy(() => FactExpression)
const several = z.array(Inner).min(1).max(32)

export const FactExpression: z.ZodType<FactExpression> = z.union([
  z.strictObject({ value: z.json() }),
  z.strictObject({ argument: Pointer }),
  z.strictObject({ result: Pointer }),
  z.strictObject({ item: Pointer }),
  z.strictObject({ let: Name, at: Pointer.optional() }),
  z.strictObject({ record: Name, key: several, at: Pointer.optional() }),
  z.strictObject({ records: Name }),
  z.strictObject({ member: Inner, name: Inner }),
  z.strictObject({ has: Inner, name: Inner }),
  z.strictObject({ first: Inner }),
  z.strictObject({ last: Inner }),
  z.strictObject({ each: Inner, as: Inner }),
  z.strictObject({ count: Inner, where: Inner.optional() }),
  z.strictObject({ some: Inner, where: Inner }),
  z.strictObject({ every: Inner, where: Inner }),
  z.strictObject({ list: several }),
  z.strictObject({ equal: z.array(Inner).length(2) }),
  z.strictObject({ in: Inner, of: Inner }),
  z.strictObject({ all: several }),
  z.strictObject({ any: several }),
  z.strictObject({ not: Inner }),
  z.strictObject({ if: Inner, yes: Inner, no: Inner }),
  z.strictObject({ known: several }),
  z.strictObject({ product: several }),
  z.strictObject({ age: Inner }),
  z.strictObject({ named: Inner }),
  z.strictObject({ said: z.array(z.string().min(2).max(60)).min(1).max(64) }),
])

/** What a fact is made of. */
export interface FactSource {
  readonly arguments: JsonObject
  /** What came back; only where a result is read. */
  readonly result?: JsonValue
  readonly lets: ReadonlyMap<string, FactExpression>
  record(kind: string, key: string): JsonValue | undefined
  records(kind: string): readonly JsonValue[]
  /** Whether the user's words name a value as a whole. */
  names(value: string): boolean
  readonly now: number
  /** What a time without a zone is meant in. */
  readonly zone: string
}

/** UNTRUSTED: arguments and results are as large as their writers like; a fact that takes longer than this is not known. */
const mostSteps = 20_000
const deepest = 64

/** Works out a fact, perhaps about one member of a list; undefined when it is not known. */
export function factOf(
  expression: FactExpression,
  source: FactSource,
  item?: JsonValue,
): JsonValue | undefined {
  return createEvaluator(source).evaluate(expression, item, 0)
}

/** The key of a record of which several values make up the name. */
export function recordKey(values: readonly JsonValue[]): string {
  return canonicalize([...values])
}

type Value = JsonValue | undefined

function createEvaluator(source: FactSource) {
  let steps = 0
  const lets = new Map<string, Value>()

  function evaluate(of: FactExpression, item: Value, depth: number): Value {
    steps += 1
    if (steps > mostSteps || depth > deepest) return undefined
    const inner = (next: FactExpression, about = item) => evaluate(next, about, depth + 1)
    if ("value" in of) return of.value
    if ("argument" in of) return at(source.arguments, of.argument)
    if ("result" in of) return at(source.result, of.result)
    if ("item" in of) return at(item, of.item)
    if ("let" in of) return at(named(of.let, depth), of.at ?? "")
    if ("record" in of) return recordAt(of, inner)
    if ("records" in of) return [...source.records(of.records)]
    if ("member" in of) return memberOf(inner(of.member), inner(of.name))
    if ("has" in of) return has(inner(of.has), inner(of.name))
    if ("first" in of) return listOf(inner(of.first))?.at(0)
    if ("last" in of) return listOf(inner(of.last))?.at(-1)
    if ("each" in of) return allKnown(listOf(inner(of.each))?.map((member) => inner(of.as, member)))
    if ("count" in of)
      return count(listOf(inner(of.count)), of.where && ((member) => inner(of.where ?? of, member)))
    if ("some" in of) return either(listOf(inner(of.some))?.map((member) => inner(of.where, member)))
    if ("every" in of) return both(listOf(inner(of.every))?.map((member) => inner(of.where, member)))
    if ("list" in of) return allKnown(of.list.map((member) => inner(member)))
    if ("equal" in of) return same(inner(of.equal[0] ?? of), inner(of.equal[1] ?? of))
    if ("in" in of) return isIn(inner(of.in), listOf(inner(of.of)))
    if ("all" in of) return both(of.all.map((member) => inner(member)))
    if ("any" in of) return either(of.any.map((member) => inner(member)))
    if ("not" in of) return negated(inner(of.not))
    if ("if" in of)
      return chosen(
        inner(of.if),
        () => inner(of.yes),
        () => inner(of.no),
      )
    if ("known" in of) return firstKnown(of.known, inner)
    if ("product" in of) return product(of.product.map((member) => inner(member)))
    if ("age" in of) return age(inner(of.age), source)
    if ("named" in of) return nameKnown(inner(of.named), source)
    return of.said.some((words) => source.names(words))
  }

  function named(name: string, depth: number): Value {
    if (lets.has(name)) return lets.get(name)
    // A name that needs itself is not known.
    lets.set(name, undefined)
    const expression = source.lets.get(name)
    const value = expression && evaluate(expression, undefined, depth + 1)
    lets.set(name, value)
    return value
  }

  function recordAt(
    { record, key, at: place }: Extract<FactExpression, { record: string }>,
    inner: (next: FactExpression) => Value,
  ): Value {
    const parts = allKnown(key.map((part) => inner(part)))
    return parts === undefined ? undefined : at(source.record(record, recordKey(parts)), place ?? "")
  }

  return { evaluate }
}

function at(value: Value, pointer: string): Value {
  let found = value
  for (const segment of pointer.split("/").slice(1)) {
    const name = segment.replaceAll("~1", "/").replaceAll("~0", "~")
    if (Array.isArray(found)) found = /^\d{1,6}$/.test(name) ? found[Number(name)] : undefined
    else found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return found ?? undefined
}

function memberOf(value: Value, name: Value): Value {
  if (typeof name !== "string" || !isJsonObject(value)) return undefined
  return Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined
}

function has(value: Value, name: Value): Value {
  return typeof name === "string" && isJsonObject(value) ? Object.hasOwn(value, name) : undefined
}

function listOf(value: Value): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function allKnown(values: readonly Value[] | undefined): JsonValue[] | undefined {
  const known = values?.filter((value) => value !== undefined)
  return known !== undefined && known.length === values?.length ? known : undefined
}

function count(
  list: readonly JsonValue[] | undefined,
  test: ((member: JsonValue) => Value) | undefined,
): Value {
  if (list === undefined || test === undefined) return list?.length
  const answers = list.map(test)
  return answers.every((answer) => typeof answer === "boolean") ? answers.filter(Boolean).length : undefined
}

/** True once one is; false only when all are known to be. */
function either(answers: readonly Value[] | undefined): Value {
  if (answers?.includes(true)) return true
  return answers?.every((answer) => answer === false) ? false : undefined
}

function both(answers: readonly Value[] | undefined): Value {
  if (answers?.includes(false)) return false
  return answers?.every((answer) => answer === true) ? true : undefined
}

function negated(value: Value): Value {
  return typeof value === "boolean" ? !value : undefined
}

function chosen(test: Value, yes: () => Value, no: () => Value): Value {
  if (typeof test !== "boolean") return undefined
  return test ? yes() : no()
}

function same(left: Value, right: Value): Value {
  return left === undefined || right === undefined ? undefined : canonicalize(left) === canonicalize(right)
}

function isIn(value: Value, list: readonly JsonValue[] | undefined): Value {
  return value === undefined || list === undefined
    ? undefined
    : list.some((member) => same(member, value) === true)
}

function firstKnown(of: readonly FactExpression[], inner: (next: FactExpression) => Value): Value {
  for (const next of of) {
    const value = inner(next)
    if (value !== undefined) return value
  }
  return undefined
}

function product(values: readonly Value[]): Value {
  let found = 1
  for (const value of values) {
    if (typeof value !== "number") return undefined
    found *= value
  }
  return Number.isSafeInteger(found) ? found : undefined
}

/** Whole seconds since a time in ISO 8601. */
function age(time: Value, { now, zone }: FactSource): Value {
  if (typeof time !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(time)) return undefined
  const then = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}${zone}`)
  return Number.isNaN(then) ? undefined : Math.floor((now - then) / 1000)
}

function nameKnown(value: Value, source: FactSource): Value {
  return typeof value === "string" ? source.names(value) : undefined
}
