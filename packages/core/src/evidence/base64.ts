import { Failure } from "../failure.ts"

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`

/** Standard base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return encode(bytes, STANDARD, "=")
}

/** Base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE, "")
}

/** The bytes of standard padded base64; a spelling that re-encodes differently is refused. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const body = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text
  if (text.length % 4 !== 0) throw notBase64()
  return decode(body, STANDARD_VALUES)
}

/** The bytes of unpadded base64url; a spelling that re-encodes differently is refused. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return decode(text, URL_SAFE_VALUES)
}

const STANDARD_VALUES = valuesOf(STANDARD)
const URL_SAFE_VALUES = valuesOf(URL_SAFE)

function valuesOf(alphabet: string): ReadonlyMap<string, number> {
  return new Map(Array.from(alphabet, (character, value) => [character, value]))
}

function encode(bytes: Uint8Array, alphabet: string, padding: string): string {
  let out = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    out += alphabet.charAt(group >> 18) + alphabet.charAt((group >> 12) & 63)
    out += left > 1 ? alphabet.charAt((group >> 6) & 63) : padding
    out += left > 2 ? alphabet.charAt(group & 63) : padding
  }
  return out
}

function decode(body: string, values: ReadonlyMap<string, number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4))
  let bits = 0
  let held = 0
  let written = 0
  for (const character of body) {
    const value = values.get(character)
    if (value === undefined) throw notBase64()
    bits = ((bits << 6) | value) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[written] = (bits >> held) & 0xff
      written += 1
    }
  }
  // A lone last character, or bits left over, would give one value several spellings.
  if (body.length % 4 === 1 || (bits & ((1 << held) - 1)) !== 0) throw notBase64()
  return bytes
}

function notBase64(): Failure {
  return new Failure("invalid_evidence", "a value is not canonical base64; encode the bytes again")
}
