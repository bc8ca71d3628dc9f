import { Failure } from "../failure.ts"
import {
  type BareItem,
  type InnerList,
  isInnerList,
  type Item,
  parseDictionary,
  serializeMember,
} from "./structured-field.ts"

/** A request as HTTP Message Signatures (RFC 9421) see it. */
export interface SignedMessage {
  readonly method: string
  readonly scheme: "http" | "https"
  /** Host, and port where it is not the scheme's own; in lower case. */
  readonly authority: string
  /** As it was sent, without the query. */
  readonly path: string
  /** With its question mark; empty where there is none. */
  readonly query: string
  /** Every value of a header field, in the order in which they came; the name is in lower case. */
  field(name: string): readonly string[]
}

/** One signature of a request, as far as its header fields say. */
export interface HttpSignature {
  readonly label: string
  /** What it covers, and its parameters. */
  readonly input: InnerList
  readonly signature: Uint8Array
}

const maxSignatures = 4
const maxComponents = 32

/** The signatures that stand in a request. UNTRUSTED input: throws Failure("signature_refused") for what is not well formed. */
export function readSignatures(message: SignedMessage): HttpSignature[] {
  const inputs = dictionaryOf(message, "signature-input")
  const values = dictionaryOf(message, "signature")
  if (inputs.size > maxSignatures) throw refused(`a request has at most ${maxSignatures} signatures`)
  return Array.from(inputs, ([label, input]) => {
    const value = values.get(label)
    if (!isInnerList(input)) throw refused("`signature-input` has to name what each signature covers")
    if (value === undefined || isInnerList(value) || !(value.value instanceof Uint8Array))
      throw refused("each member of `signature-input` needs one of the same label in `signature`")
    return { label, input, signature: value.value }
  })
}

/** A structured dictionary among the header fields; empty where there is none. */
export function dictionaryOf(message: SignedMessage, name: string): ReturnType<typeof parseDictionary> {
  try {
    return parseDictionary(message.field(name).join(", "))
  } catch (cause) {
    throw refused(`\`${name}\` is not a well formed dictionary (RFC 9651): correct it and sign again`, cause)
  }
}

/** Whether a signature covers a component, by its name and, for one member of a dictionary, its key. */
export function covers({ items }: InnerList, name: string, key?: string): boolean {
  return items.some((item) => item.value === name && item.parameters.get("key") === key)
}

/** What is signed (RFC 9421 §2.5). Throws Failure("signature_refused") for a component that the message has not or Hufu does not know. */
export function signatureBase(message: SignedMessage, input: InnerList): string {
  if (input.items.length > maxComponents)
    throw refused(`a signature covers at most ${maxComponents} components`)
  const lines = new Map<string, string>()
  for (const item of input.items) {
    const identifier = serializeMember(item)
    if (lines.has(identifier)) throw refused("a signature covers a component once: name each of them once")
    lines.set(identifier, `${identifier}: ${componentOf(message, item)}`)
  }
  return [...lines.values(), `"@signature-params": ${serializeMember(input)}`].join("\n")
}

function componentOf(message: SignedMessage, { value: name, parameters }: Item): string {
  if (typeof name !== "string") throw refused("a component is named by a string")
  const key = parameters.get("key")
  if (parameters.size > (key === undefined ? 0 : 1) || (key !== undefined && typeof key !== "string"))
    throw refused(
      "of the parameters of components only `key` is understood here: cover it without the others",
    )
  if (name.startsWith("@")) {
    const derived = key === undefined ? derivedOf(message, name) : undefined
    if (derived === undefined) throw refused(`\`${shown(name)}\` is no component that is understood here`)
    return derived
  }
  return key === undefined ? fieldOf(message, name) : memberOf(message, name, key)
}

function derivedOf(message: SignedMessage, name: string): string | undefined {
  const { method, scheme, authority, path, query } = message
  switch (name) {
    case "@method":
      return method
    case "@target-uri":
      return `${scheme}://${authority}${path}${query}`
    case "@authority":
      return authority
    case "@scheme":
      return scheme
    case "@path":
      return path
    case "@query":
      return query === "" ? "?" : query
    default:
      return undefined
  }
}

function fieldOf(message: SignedMessage, name: string): string {
  const values = /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) ? message.field(name) : []
  if (values.length === 0)
    throw refused(
      `the signature covers \`${shown(name)}\`, which the request does not have: send it or leave it out`,
    )
  return values.map((value) => value.trim()).join(", ")
}

function memberOf(message: SignedMessage, name: string, key: string): string {
  const member = dictionaryOf(message, name).get(key)
  if (member === undefined)
    throw refused(`the signature covers a member of \`${shown(name)}\` that the request does not have`)
  return serializeMember(member)
}

/** A parameter of a signature, where it is of this type. */
export function parameterOf(input: InnerList, name: string, type: "string"): string | undefined
export function parameterOf(input: InnerList, name: string, type: "number"): number | undefined
export function parameterOf(
  { parameters }: InnerList,
  name: string,
  type: "string" | "number",
): BareItem | undefined {
  const value = parameters.get(name)
  return typeof value === type ? value : undefined
}

/** A signature proves nothing here: why, and what to do. */
export function refused(sentence: string, cause?: unknown): Failure {
  return new Failure("signature_refused", sentence, { cause })
}

function shown(name: string): string {
  return name.slice(0, 80).replaceAll(/[^a-z0-9@_-]/gi, "?")
}
