/** DER (ITU-T X.690 §10), as far as certificates need it. A value that was written is bytes, so that values nest. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** A value under any tag. */
export function tagged(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.length === 1 ? (parts[0] ?? new Uint8Array()) : Buffer.concat(parts)
  return Buffer.concat([Uint8Array.of(tag), lengthOf(content.length), content])
}

/** A context-specific tag: `constructed` where it holds other values. */
export function context(
  number: number,
  { constructed }: { constructed: boolean },
  ...parts: Uint8Array[]
): Uint8Array {
  return tagged((constructed ? 0xa0 : 0x80) | number, ...parts)
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(tags.sequence, ...parts)
}

/** DER asks for the elements in the order of their bytes. */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(tags.set, ...parts.toSorted((a, b) => Buffer.compare(a, b)))
}

/** A number that is not negative, from its bytes or as it is. */
export function integer(value: Uint8Array | number | bigint): Uint8Array {
  let bytes = value instanceof Uint8Array ? value : bytesOf(BigInt(value))
  while (bytes.length > 1 && bytes[0] === 0) bytes = bytes.subarray(1)
  const isHigh = ((bytes[0] ?? 0) & 0x80) !== 0
  return isHigh ? tagged(tags.integer, Uint8Array.of(0), bytes) : tagged(tags.integer, bytes)
}

export function enumerated(value: number): Uint8Array {
  return tagged(tags.enumerated, Uint8Array.of(value))
}

export function boolean(is: boolean): Uint8Array {
  return tagged(tags.boolean, Uint8Array.of(is ? 0xff : 0))
}

export function nothing(): Uint8Array {
  return tagged(tags.null)
}

export function octets(bytes: Uint8Array): Uint8Array {
  return tagged(tags.octetString, bytes)
}

/** Whole bytes as a bit string. */
export function bits(bytes: Uint8Array): Uint8Array {
  return tagged(tags.bitString, Uint8Array.of(0), bytes)
}

/** A list of named bits (X.690 §11.2.2): what is not set at the end is left out. */
export function namedBits(set: readonly number[]): Uint8Array {
  const last = Math.max(...set)
  const bytes = new Uint8Array(Math.floor(last / 8) + 1)
  for (const bit of set) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return tagged(tags.bitString, Uint8Array.of(7 - (last & 7)), bytes)
}

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return tagged(tags.oid, Uint8Array.from(bytes))
}

export function utf8(text: string): Uint8Array {
  return tagged(tags.utf8String, Buffer.from(text, "utf8"))
}

export function ia5(text: string): Uint8Array {
  return tagged(tags.ia5String, Buffer.from(text, "ascii"))
}

export function printable(text: string): Uint8Array {
  return tagged(tags.printableString, Buffer.from(text, "ascii"))
}

/** A time as certificates write it (RFC 5280 §4.1.2.5): of two digits of the year until 2049. Whole seconds. */
export function time(ms: number): Uint8Array {
  const text = timeText(ms)
  return text < "2050" ? tagged(tags.utcTime, Buffer.from(text.slice(2), "ascii")) : generalizedTime(ms)
}

export function generalizedTime(ms: number): Uint8Array {
  return tagged(tags.generalizedTime, Buffer.from(timeText(ms), "ascii"))
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`
}

function lengthOf(length: number): Uint8Array {
  if (length < 128) return Uint8Array.of(length)
  const bytes = bytesOf(BigInt(length))
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")
}
