import { fromBase64, toBase64 } from "../evidence/base64.ts"
import { Failure, isFailure } from "../failure.ts"

/**
 * The part of Structured Field Values (RFC 9651) that signatures of requests are written in: dictionaries of strings, tokens,
 * integers, byte sequences and booleans, and inner lists of these. Whatever else there is is refused.
 */

/** A value without its parameters; a token is an object, because a string may look the same. */
export type BareItem = string | number | boolean | Uint8Array | { readonly token: string }
export type Parameters = ReadonlyMap<string, BareItem>

export interface Item {
  readonly value: BareItem
  readonly parameters: Parameters
}

export interface InnerList {
  readonly items: readonly Item[]
  readonly parameters: Parameters
}

export type Member = Item | InnerList

export function isInnerList(member: Member): member is InnerList {
  return "items" in member
}

/** The bounds of one field; a request that needs more is no request of an agent. */
const maxText = 8192
const maxMembers = 64
const maxWhole = 999_999_999_999_999

/** Where reading a text stands. */
interface Cursor {
  readonly text: string
  at: number
}

/**
 * Reads a dictionary (RFC 9651 §4.2.2). UNTRUSTED input. A key that comes twice is refused: two readers would not agree on which of them
 * was meant.
 */
export function parseDictionary(text: string): ReadonlyMap<string, Member> {
  const cursor = open(text)
  const members = new Map<string, Member>()
  skip(cursor, " ")
  while (cursor.at < cursor.text.length) {
    const key = readKey(cursor)
    if (members.has(key)) throw malformed("a key stands twice")
    if (members.size >= maxMembers) throw malformed("it has too many members")
    members.set(key, take(cursor, "=") ? readMember(cursor) : flag(cursor))
    skip(cursor, " \t")
    if (cursor.at === cursor.text.length) return members
    if (!take(cursor, ",")) throw malformed("members are divided by commas")
    skip(cursor, " \t")
    if (cursor.at === cursor.text.length) throw malformed("it ends with a comma")
  }
  return members
}

/** Reads one item (RFC 9651 §4.2.3). UNTRUSTED input. */
export function parseItem(text: string): Item {
  const cursor = open(text)
  skip(cursor, " ")
  const item = readItem(cursor)
  skip(cursor, " ")
  if (cursor.at < cursor.text.length) throw malformed("something follows the item")
  return item
}

/** Writes a member as every reader would (RFC 9651 §4.1). */
export function serializeMember(member: Member): string {
  if (!isInnerList(member)) return serializeBare(member.value) + serializeParameters(member.parameters)
  return `(${member.items.map(serializeMember).join(" ")})${serializeParameters(member.parameters)}`
}

function serializeParameters(parameters: Parameters): string {
  let text = ""
  for (const [key, value] of parameters)
    text += value === true ? `;${key}` : `;${key}=${serializeBare(value)}`
  return text
}

function serializeBare(value: BareItem): string {
  if (typeof value === "number") return String(value)
  if (typeof value === "boolean") return value ? "?1" : "?0"
  if (typeof value === "string") return `"${value.replaceAll(/[\\"]/g, "\\$&")}"`
  return value instanceof Uint8Array ? `:${toBase64(value)}:` : value.token
}

function open(text: string): Cursor {
  if (text.length > maxText) throw malformed("it is too long")
  return { text, at: 0 }
}

function readMember(cursor: Cursor): Member {
  if (!take(cursor, "(")) return readItem(cursor)
  const items: Item[] = []
  for (;;) {
    skip(cursor, " ")
    if (take(cursor, ")")) return { items, parameters: readParameters(cursor) }
    if (items.length >= maxMembers) throw malformed("a list in it is too long")
    items.push(readItem(cursor))
    const next = cursor.text[cursor.at]
    if (next !== " " && next !== ")") throw malformed("items of a list are divided by spaces")
  }
}

function flag(cursor: Cursor): Item {
  return { value: true, parameters: readParameters(cursor) }
}

function readItem(cursor: Cursor): Item {
  return { value: readBare(cursor), parameters: readParameters(cursor) }
}

function readParameters(cursor: Cursor): Parameters {
  const parameters = new Map<string, BareItem>()
  while (take(cursor, ";")) {
    skip(cursor, " ")
    const key = readKey(cursor)
    if (parameters.has(key)) throw malformed("a parameter stands twice")
    if (parameters.size >= maxMembers) throw malformed("it has too many parameters")
    parameters.set(key, take(cursor, "=") ? readBare(cursor) : true)
  }
  return parameters
}

function readKey(cursor: Cursor): string {
  return match(cursor, /[a-z*][a-z0-9_.*-]*/y) ?? bad("a key is expected")
}

function readBare(cursor: Cursor): BareItem {
  switch (cursor.text.charAt(cursor.at)) {
    case '"':
      return readString(cursor)
    case ":":
      return readBytes(cursor)
    case "?":
      return (match(cursor, /\?[01]/y) ?? bad("a boolean is ?0 or ?1")) === "?1"
    default:
      return readWhole(cursor) ?? readToken(cursor)
  }
}

function readString(cursor: Cursor): string {
  const text = match(cursor, /"(?:[ !#-[\]-~]|\\["\\])*"/y) ?? bad("a string is not well formed")
  return text.slice(1, -1).replaceAll(/\\(["\\])/g, "$1")
}

function readBytes(cursor: Cursor): Uint8Array {
  const text = match(cursor, /:[A-Za-z0-9+/=]*:/y) ?? bad("a byte sequence is not well formed")
  try {
    return fromBase64(text.slice(1, -1))
  } catch (error) {
    if (isFailure(error)) throw malformed("a byte sequence is not Base64")
    throw error
  }
}

function readWhole(cursor: Cursor): number | undefined {
  const text = match(cursor, /-?[0-9]+/y)
  if (text === undefined) return undefined
  const value = Number(text)
  // Another spelling would be signed as this one.
  if (Math.abs(value) > maxWhole || String(value) !== text) throw malformed("a number is not well formed")
  if (cursor.text[cursor.at] === ".") throw malformed("a decimal is not expected")
  return value
}

function readToken(cursor: Cursor): BareItem {
  const token = match(cursor, /[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y) ?? bad("a value is expected")
  return { token }
}

function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)?.[0]
  cursor.at += found?.length ?? 0
  return found
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false
  cursor.at++
  return true
}

function skip(cursor: Cursor, characters: string): void {
  while (cursor.at < cursor.text.length && characters.includes(cursor.text.charAt(cursor.at))) cursor.at++
}

function bad(why: string): never {
  throw malformed(why)
}

function malformed(why: string): Failure {
  return new Failure("invalid_input", `a structured header field is not well formed (RFC 9651): ${why}`)
}
