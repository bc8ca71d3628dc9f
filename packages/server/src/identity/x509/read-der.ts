import { Failure } from "@hufu/core/failure"
import { tags } from "./write-der.ts"

/** One value of a DER text. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  /** The whole value with its tag and length. */
  readonly raw: Uint8Array
}

/**
 * UNTRUSTED: reads exactly one value. Whatever is not the one encoding that DER allows is refused, so that no two readers see different
 * things. Nothing descends by itself: who reads goes as deep as its grammar.
 */
export function readDer(bytes: Uint8Array): DerValue {
  const value = readAt(bytes, 0)
  if (value.raw.length !== bytes.length) throw malformed("there are bytes after its end")
  return value
}

/** The values within a value of this tag; `max` bounds how many. */
export function childrenOf(value: DerValue | undefined, tag: number, max = 64): DerValue[] {
  const { content } = need(value, tag)
  const children: DerValue[] = []
  for (let at = 0; at < content.length;) {
    if (children.length >= max) throw malformed(`it has more than ${max} parts`)
    const child = readAt(content, at)
    children.push(child)
    at += child.raw.length
  }
  return children
}

/** A value that has to have this tag. */
export function need(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag === tag) return value
  throw malformed(value === undefined ? "a part is missing" : "a part has another type than it should")
}

/** An object identifier in dotted form. */
export function oidOf(value: DerValue | undefined): string {
  const { content } = need(value, tags.oid)
  if (content.length === 0 || content.length > 64 || ((content.at(-1) ?? 0) & 0x80) !== 0)
    throw malformed("an object identifier is not well formed")
  const arcs: number[] = []
  let arc = 0
  let isFirst = true
  for (const byte of content) {
    // X.690 §8.19.2: no leading zero digit.
    if (isFirst && byte === 0x80) throw malformed("an object identifier is not well formed")
    arc = arc * 128 + (byte & 0x7f)
    if (arc > 0xffff_ffff) throw malformed("an object identifier has too large an arc")
    isFirst = (byte & 0x80) === 0
    if (!isFirst) continue
    arcs.push(arc)
    arc = 0
  }
  const [head = 0, ...rest] = arcs
  const first = Math.min(Math.floor(head / 40), 2)
  return [first, head - first * 40, ...rest].join(".")
}

/** The bytes of a number that is not negative, without a leading zero. */
export function unsignedOf(value: DerValue | undefined, maxBytes = 20): Uint8Array {
  const { content } = need(value, tags.integer)
  const [first = 0, second = 0] = content
  const isPadded = content.length > 1 && first === 0 && (second & 0x80) === 0
  if (content.length === 0 || (first & 0x80) !== 0 || isPadded) throw malformed("a number is not well formed")
  const bytes = content.length > 1 && first === 0 ? content.subarray(1) : content
  if (bytes.length > maxBytes) throw malformed("a number is too large")
  return bytes
}

/** Whole bytes in a bit string. */
export function bitsOf(value: DerValue | undefined): Uint8Array {
  const { content } = need(value, tags.bitString)
  if (content.length === 0 || content[0] !== 0) throw malformed("a bit string is not of whole bytes")
  return content.subarray(1)
}

/** UNTRUSTED: a text of one of the types that names are written in. */
export function textOf(value: DerValue | undefined, max = 256): string {
  const isText =
    value !== undefined &&
    (value.tag === tags.utf8String || value.tag === tags.printableString || value.tag === tags.ia5String)
  if (!isText || value.content.length > max) throw malformed("a text has another type, or is too long")
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value.content)
  } catch (cause) {
    throw malformed("a text is not UTF-8", cause)
  }
}

function readAt(bytes: Uint8Array, at: number): DerValue {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed("it is cut short")
  if (first < 0x80) return cut(bytes, { at, head: 2, length: first })
  const count = first & 0x7f
  if (count === 0 || count > 4) throw malformed("a length is not well formed")
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
  if (length < 0x80 || length < 256 ** (count - 1)) throw malformed("a length is not the shortest")
  return cut(bytes, { at, head: 2 + count, length })
}

function cut(
  bytes: Uint8Array,
  { at, head, length }: { at: number; head: number; length: number },
): DerValue {
  const end = at + head + length
  if (end > bytes.length) throw malformed("it is cut short")
  return {
    tag: bytes[at] ?? 0,
    content: bytes.subarray(at + head, end),
    raw: bytes.subarray(at, end),
  }
}

function malformed(why: string, cause?: unknown): Failure {
  return new Failure("invalid_input", `this is not valid DER: ${why}; make it anew`, { cause })
}
