import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** A field for one argument of a tool, as its schema says. UNTRUSTED: whoever wrote the schema. */
export interface ArgumentField {
  readonly name: string
  readonly what: string
  readonly isRequired: boolean
  readonly kind: "text" | "number" | "choice" | "json"
  /** What may be chosen, each as JSON. */
  readonly choices: readonly string[]
}

const mostFields = 30
const mostChoices = 50

/** The fields of a tool whose schema is of an object with named members; undefined where all of it has to be written as JSON. */
export function fieldsOf(schema: JsonObject | null): ArgumentField[] | undefined {
  const properties = schema?.["properties"]
  if (schema?.["type"] !== "object" || !isJsonObject(properties)) return undefined
  const entries = Object.entries(properties)
  if (entries.length > mostFields) return undefined
  const { required } = schema
  const names = new Set(Array.isArray(required) ? required : [])
  return entries.map(([name, member]) => fieldOf(name, isJsonObject(member) ? member : {}, names.has(name)))
}

function fieldOf(
  name: string,
  { type, description, enum: given }: JsonObject,
  isRequired: boolean,
): ArgumentField {
  const what = typeof description === "string" ? description.slice(0, 300) : ""
  const common = { name, what, isRequired, choices: [] }
  if (Array.isArray(given) && given.length > 0 && given.length <= mostChoices)
    return { ...common, kind: "choice", choices: given.map((each) => JSON.stringify(each)) }
  if (type === "boolean") return { ...common, kind: "choice", choices: ["true", "false"] }
  if (type === "string") return { ...common, kind: "text" }
  return { ...common, kind: type === "number" || type === "integer" ? "number" : "json" }
}

/** The arguments that were typed; what is empty is left out. `bad`: the fields that lack a value or hold none of their kind. */
export function readArguments(
  fields: readonly ArgumentField[],
  typed: ReadonlyMap<string, string>,
): { readonly value: JsonObject; readonly bad: readonly string[] } {
  const bad: string[] = []
  const members: [string, JsonValue][] = []
  for (const field of fields) {
    const text = typed.get(field.name) ?? ""
    const value = text === "" ? undefined : read(field, text)
    if (value !== undefined) members.push([field.name, value])
    else if (text !== "" || field.isRequired) bad.push(field.name)
  }
  // As own members, whatever they are called.
  return { value: Object.fromEntries(members), bad }
}

function read({ kind, choices }: ArgumentField, text: string): JsonValue | undefined {
  if (kind === "text") return text
  if (kind === "number") return Number.isFinite(Number(text)) ? Number(text) : undefined
  if (kind === "choice" && !choices.includes(text)) return undefined
  try {
    // JSON has no other values than these.
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
