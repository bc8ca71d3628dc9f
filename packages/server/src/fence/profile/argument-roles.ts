import type { ArgumentRole, RoleEntry } from "@hufu/core/profile/profile"
import { type JsonObject, type JsonValue, isJsonObject } from "@hufu/core/json/json-value"
import { hintWords, roleWords } from "./argument-words.ts"
import { splitName } from "./effect-of-words.ts"

const MAX_DEPTH = 6
const MAX_ARGUMENTS = 200
const MAX_POINTER = 256

/** One argument of a tool, as its schema describes it, and what it seems to mean. */
export interface DescribedArgument {
  readonly pointer: string
  readonly words: readonly string[]
  readonly role: ArgumentRole | undefined
  readonly direction: "from" | "to" | undefined
  /** The values it is limited to, when it is. */
  readonly choices: readonly string[]
  /** It can name or carry nothing: a switch, a measure, or one of a few choices. */
  readonly isPlain: boolean
  readonly description: string
}

export interface DescribedArguments {
  readonly arguments: readonly DescribedArgument[]
  /** The schema has more than was read, or takes arguments that it does not name. */
  readonly incomplete: boolean
}

/**
 * Reads the arguments out of an input schema. UNTRUSTED: bounded in depth and number; `$ref` stays inside it.
 * `aboutFiles` says that the tool handles files, whose ends are then paths.
 */
export function describeArguments(
  inputSchema: JsonObject,
  { aboutFiles }: { aboutFiles: boolean },
): DescribedArguments {
  const reader: Reader = { root: inputSchema, found: [], visited: 0, incomplete: false, aboutFiles }
  readObject(reader, inputSchema, { pointer: "", depth: 0 })
  return { arguments: reader.found, incomplete: reader.incomplete }
}

interface Reader {
  readonly root: JsonObject
  readonly found: DescribedArgument[]
  visited: number
  incomplete: boolean
  readonly aboutFiles: boolean
}

interface Place {
  readonly pointer: string
  readonly depth: number
  readonly name?: string
}

function readObject(reader: Reader, schema: JsonObject, place: Place): void {
  for (const [name, member] of Object.entries(asObject(schema["properties"]))) {
    const pointer = `${place.pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
    readSchema(reader, member, { pointer, depth: place.depth + 1, name })
  }
}

function readSchema(reader: Reader, value: JsonValue, place: Place): void {
  reader.visited += 1
  if (place.depth > MAX_DEPTH || reader.visited > MAX_ARGUMENTS || place.pointer.length > MAX_POINTER) {
    reader.incomplete = true
    return
  }
  const schema = resolve(reader, value)
  const branches = ["anyOf", "oneOf", "allOf"].flatMap((key) => asArray(schema[key]))
  for (const branch of branches) readSchema(reader, branch, { ...place, depth: place.depth + 1 })
  const items = schema["items"] ?? schema["prefixItems"]
  for (const item of Array.isArray(items) ? items : items === undefined ? [] : [items]) {
    readSchema(reader, item, { ...place, pointer: `${place.pointer}/-`, depth: place.depth + 1 })
  }
  readObject(reader, schema, place)
  if (branches.length === 0 && items === undefined && schema["properties"] === undefined) {
    addLeaf(reader, schema, place)
  }
}

function addLeaf(reader: Reader, schema: JsonObject, place: Place): void {
  if (schema["type"] === "null" || reader.found.some((known) => known.pointer === place.pointer)) return
  const description = typeof schema["description"] === "string" ? schema["description"].slice(0, 2_000) : ""
  const names = splitName(place.name ?? "")
  const choices = asArray(schema["enum"] ?? []).filter((choice) => typeof choice === "string")
  const isPlain = isPlainValue(names, schema) || choices.length > 0
  const end = reader.aboutFiles && hintWords.ends.has(names.at(-1) ?? "") ? "path" : undefined
  reader.found.push({
    pointer: place.pointer,
    words: names,
    role: isPlain ? plainRole(names) : (end ?? roleOf(names, schema, description)),
    direction: directionOf(names),
    choices,
    isPlain,
    description,
  })
}

function isPlainValue(names: readonly string[], { type }: JsonObject): boolean {
  const isNumber = type === "number" || type === "integer"
  return type === "boolean" || (isNumber && !names.some((word) => hintWords.naming.has(word)))
}

/** A measure can still be an amount, and a choice a currency. */
function plainRole(names: readonly string[]): ArgumentRole | undefined {
  const role = roleWords.find((entry) => entry.names.has(names.at(-1) ?? ""))?.role
  return role === "amount" || role === "currency" ? role : undefined
}

function roleOf(names: readonly string[], schema: JsonObject, description: string): ArgumentRole | undefined {
  const format = schema["format"]
  if (format === "uri" || format === "url" || format === "iri" || format === "uri-reference") return "url"
  if (format === "hostname" || format === "ipv4" || format === "ipv6") return "host"
  if (format === "email") return "recipient"
  if (format === "date" || format === "date-time" || format === "time" || isAboutTime(names, description)) {
    return "content"
  }
  const hinted = hintedRole(names)
  if (hinted) return hinted
  const last = names.at(-1) ?? ""
  const role = roleWords.find((entry) => entry.names.has(last))?.role
  const isNumber = schema["type"] === "integer" || schema["type"] === "number"
  // A number is no place and no text, but it may still name an account.
  return isNumber && role !== "account" && role !== "recipient" ? undefined : role
}

function hintedRole(names: readonly string[]): ArgumentRole | undefined {
  const last = names.at(-1) ?? ""
  const before = names.slice(0, -1)
  if (!hintWords.weak.has(last)) return undefined
  if (last === "address" && before.some((word) => hintWords.ip.has(word))) return "host"
  // `email_id` names a message, `payee_id` a payee.
  const isMessage = last === "id" && before.at(-1) === "email"
  if (!isMessage && before.some((word) => hintWords.recipient.has(word))) return "recipient"
  if (before.some((word) => hintWords.account.has(word))) return "account"
  return last === "address" && before.some((word) => word === "to" || word === "destination")
    ? "account"
    : undefined
}

function isAboutTime(names: readonly string[], description: string): boolean {
  const last = names.at(-1) ?? ""
  if (hintWords.time.has(last) || last === "at") return true
  return (last === "to" || last === "from") && /\b(?:date|time|timestamp|日期|时间)/i.test(description)
}

function directionOf(names: readonly string[]): "from" | "to" | undefined {
  if (names.some((word) => hintWords.from.has(word))) return "from"
  return names.some((word) => hintWords.to.has(word)) ? "to" : undefined
}

/** Follows a `$ref` into the same schema, a few steps at most; a foreign one leaves the argument undescribed. */
function resolve(reader: Reader, value: JsonValue): JsonObject {
  let schema = asObject(value)
  for (let steps = 0; typeof schema["$ref"] === "string"; steps += 1) {
    const target = steps < 8 ? lookUp(reader.root, schema["$ref"]) : undefined
    if (!target) {
      reader.incomplete = true
      return { description: schema["description"] ?? "" }
    }
    schema = target
  }
  return schema
}

function lookUp(root: JsonObject, reference: string): JsonObject | undefined {
  if (!reference.startsWith("#/")) return undefined
  let at: JsonValue | undefined = root
  for (const step of reference.slice(2).split("/")) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~")
    at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return isJsonObject(at) ? at : undefined
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function asArray(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** Turns what was read into the roles of a profile; `unclear` is the role of an argument that tells nothing. */
export function rolesOf(described: readonly DescribedArgument[], unclear: ArgumentRole): RoleEntry[] {
  return described
    .filter((argument) => argument.role !== undefined || !argument.isPlain)
    .map((argument) => roleEntry(argument, unclear))
}

function roleEntry({ pointer, role, direction }: DescribedArgument, unclear: ArgumentRole): RoleEntry {
  const entry: RoleEntry = { argument: pointer, role: role ?? unclear }
  return direction && (role === "path" || role === "account") ? { ...entry, direction } : entry
}
