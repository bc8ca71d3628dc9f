import { Failure } from "../failure.ts"

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/** Lower-case hex of some bytes. */
export function toHex(bytes: Uint8Array): string {
  let out = ""
  for (const byte of bytes) out += HEX[byte]
  return out
}

/** The bytes of lower-case hex text; nothing else is accepted, so that one value has one spelling. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new Failure("invalid_evidence", "a value is not lower-case hex; send pairs of 0-9 and a-f")
  }
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16)
  return bytes
}
