import { idPrefixes } from "@hufu/core/id-prefixes"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const letters = 26
/** 48 bits of time and 80 random ones: more than the 64 that nobody may foresee. */
const bits = 5n

/** The serial number of what an id names: the id's own number, so that one is found by the other. */
export function serialOf(id: string): Uint8Array {
  const text = id.slice(4)
  let value = 0n
  for (const letter of text) value = (value << bits) | BigInt(alphabet.indexOf(letter))
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")
}

/** UNTRUSTED: which certificate would have this serial number; undefined where none of ours can. */
export function certificateOfSerial(serial: Uint8Array): string | undefined {
  let value = BigInt(`0x${Buffer.from(serial).toString("hex") || "0"}`)
  let text = ""
  for (let i = 0; i < letters; i++) {
    text = (alphabet[Number(value & 31n)] ?? "") + text
    value >>= bits
  }
  return value === 0n ? `${idPrefixes.certificate}_${text}` : undefined
}

export function serialHex(serial: Uint8Array): string {
  return Buffer.from(serial).toString("hex")
}
