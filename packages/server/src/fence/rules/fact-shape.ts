import type { SchemaJson } from "@cedar-policy/cedar-wasm/nodejs"
import { isCedarRecord, isCedarSet, UNKNOWN } from "@hufu/core/policy/cedar-value"
import { Failure } from "@hufu/core/failure"

/**
 * One description of the facts that rules see. The Cedar schema, the TypeScript type and the run-time check all
 * come from it, so they cannot disagree.
 */
export type Shape =
  | { readonly type: "text"; readonly values: readonly string[] | undefined }
  | { readonly type: "long" }
  | { readonly type: "bool" }
  | { readonly type: "set"; readonly of: Shape }
  | { readonly type: "record"; readonly fields: Fields }

export type Field = Shape | { readonly type: "optional"; readonly of: Shape }
export type Fields = Readonly<Record<string, Field>>

type Simplify<Type> = { readonly [Name in keyof Type]: Type[Name] }

/** The TypeScript type of what a shape describes. */
export type Fact<Of> = Of extends { readonly type: "text"; readonly values: readonly (infer Value)[] }
  ? Value
  : Of extends { readonly type: "text" }
    ? string
    : Of extends { readonly type: "long" }
      ? number
      : Of extends { readonly type: "bool" }
        ? boolean
        : Of extends { readonly type: "set"; readonly of: infer Member }
          ? readonly Fact<Member>[]
          : Of extends { readonly type: "record"; readonly fields: infer Inner }
            ? RecordFact<Inner>
            : never

type OptionalNames<Of> = {
  [Name in keyof Of]: Of[Name] extends { readonly type: "optional" } ? Name : never
}[keyof Of]

type RecordFact<Of> = Simplify<
  { [Name in Exclude<keyof Of, OptionalNames<Of>>]: Fact<Of[Name]> } & {
    [Name in OptionalNames<Of>]?: Of[Name] extends { readonly of: infer Inner } ? Fact<Inner> : never
  }
>

/** The same facts where any of them, at any depth, may not be known yet. */
export type Uncertain<Of> =
  | typeof UNKNOWN
  | (Of extends string | number | boolean
      ? Of
      : Of extends readonly (infer Member)[]
        ? readonly Uncertain<Member>[]
        : { readonly [Name in keyof Of]: Uncertain<Of[Name]> })

const anyText: { readonly type: "text"; readonly values: undefined } = { type: "text", values: undefined }

/** Builders of shapes. */
export const shape = {
  text: anyText,
  long: { type: "long" } as const,
  bool: { type: "bool" } as const,
  oneOf: <const Value extends string>(values: readonly Value[]) => ({ type: "text", values }) as const,
  set: <const Of extends Shape>(of: Of) => ({ type: "set", of }) as const,
  record: <const Of extends Fields>(fields: Of) => ({ type: "record", fields }) as const,
  optional: <const Of extends Shape>(of: Of) => ({ type: "optional", of }) as const,
}

type CedarType = SchemaJson<string>[string]["entityTypes"][string] extends infer Entity
  ? Extract<Entity, { shape?: unknown }> extends { shape?: infer Type }
    ? NonNullable<Type>
    : never
  : never

/** The shape as a type of a Cedar schema. */
export function cedarType(of: Shape): CedarType {
  if (of.type === "set") return { type: "Set", element: cedarType(of.of) }
  if (of.type === "record") {
    return { type: "Record", attributes: Object.fromEntries(Object.entries(of.fields).map(cedarAttribute)) }
  }
  return { type: ({ text: "String", long: "Long", bool: "Boolean" } as const)[of.type] }
}

function cedarAttribute([name, field]: [string, Field]): [string, CedarType & { required: boolean }] {
  if (field.type === "optional") return [name, { ...cedarType(field.of), required: false }]
  return [name, { ...cedarType(field), required: true }]
}

// UNTRUSTED: targets come from an agent's arguments. What is larger than this is refused, and so denied.
const longestText = 65_536
const largestSet = 1_024

/** Refuses facts that do not have their shape: a rule must never run on a number that is no integer. */
export function checkFact(of: Shape, fact: unknown, place: string): void {
  if (fact === UNKNOWN) return
  if (of.type === "set") return checkSet(of.of, fact, place)
  if (of.type === "record") return checkRecord(of.fields, fact, place)
  if (of.type === "text") return checkText(of.values, fact, place)
  const fits = of.type === "long" ? Number.isSafeInteger(fact) : typeof fact === "boolean"
  if (!fits) throw misfit(place, of.type === "long" ? "a whole number" : "true or false")
}

function checkText(values: readonly string[] | undefined, fact: unknown, place: string): void {
  if (typeof fact !== "string" || fact.length > longestText) {
    throw misfit(place, `a text of at most ${longestText} characters`)
  }
  if (values !== undefined && !values.includes(fact)) throw misfit(place, `one of ${values.join(", ")}`)
}

function checkSet(of: Shape, fact: unknown, place: string): void {
  if (!isCedarSet(fact) || fact.length > largestSet) throw misfit(place, `a list of at most ${largestSet}`)
  for (const member of fact) checkFact(of, member, place)
}

function checkRecord(fields: Fields, fact: unknown, place: string): void {
  if (!isCedarRecord(fact)) throw misfit(place, "a record")
  for (const name in fields) {
    const field = fields[name]
    const value = fact[name]
    if (field === undefined || (value === undefined && field.type === "optional")) continue
    checkFact(field.type === "optional" ? field.of : field, value, `${place}.${name}`)
  }
}

function misfit(place: string, wanted: string): Failure {
  return new Failure("invalid_input", `give \`${place}\` as ${wanted}`)
}
