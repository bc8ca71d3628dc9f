import { Failure } from "../failure.ts"

/** A CBOR value of the few kinds that receipts are made of (RFC 8949): no floats, no negative but integers, no undefined. */
export type Cbor = number | string | null | Uint8Array | readonly Cbor[] | ReadonlyMap<number, Cbor> | CborTag

export interface CborTag {
  readonly tag: number
  readonly value: Cbor
}

const major = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const
const NULL = 0xf6
const MAX_DEPTH = 8
const MAX_ITEMS = 1024

/** The deterministic encoding of a value (RFC 8949 section 4.2.1). */
export function encodeCbor(value: Cbor): Uint8Array<ArrayBuffer> {
  const out: number[] = []
  write(value, out)
  return Uint8Array.from(out)
}

/** The one value that some bytes encode; anything but its deterministic encoding is refused. UNTRUSTED input. */
export function decodeCbor(bytes: Uint8Array): Cbor {
  const [value, end] = readCbor(bytes, 0)
  if (end !== bytes.length) throw malformed("there are bytes after its end")
  return value
}

/** One value of a sequence (RFC 8742) and where the next one starts. UNTRUSTED input. */
export function readCbor(bytes: Uint8Array, at: number): [value: Cbor, end: number] {
  const reader = { bytes, at }
  const value = read(reader, 0)
  return [value, reader.at]
}

interface Reader {
  readonly bytes: Uint8Array
  at: number
}

function write(value: Cbor, out: number[]): void {
  if (value === null) return void out.push(NULL)
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError("only whole numbers are written")
    return value < 0 ? writeHead(major.negative, -1 - value, out) : writeHead(major.uint, value, out)
  }
  if (typeof value === "string") return writeBytes(major.text, new TextEncoder().encode(value), out)
  if (value instanceof Uint8Array) return writeBytes(major.bytes, value, out)
  if (value instanceof Map) return writeMap(value, out)
  if ("tag" in value) {
    writeHead(major.tag, value.tag, out)
    return write(value.value, out)
  }
  // A ReadonlyMap is a Map here, and what is neither that nor a tag is a list.
  const items = value as readonly Cbor[]
  writeHead(major.array, items.length, out)
  for (const item of items) write(item, out)
}

function writeMap(map: ReadonlyMap<number, Cbor>, out: number[]): void {
  writeHead(major.map, map.size, out)
  for (const [key, member] of [...map].sort(([a], [b]) => compare(encodeCbor(a), encodeCbor(b)))) {
    write(key, out)
    write(member, out)
  }
}

function writeBytes(kind: number, bytes: Uint8Array, out: number[]): void {
  writeHead(kind, bytes.length, out)
  for (const byte of bytes) out.push(byte)
}

/** The shortest form of a length or a number. */
function writeHead(kind: number, value: number, out: number[]): void {
  const size = sizeOf(value)
  if (size === 0) return void out.push((kind << 5) | value)
  out.push((kind << 5) | (24 + Math.log2(size)))
  for (let byte = size - 1; byte >= 0; byte -= 1) out.push(Math.floor(value / 256 ** byte) % 256)
}

function sizeOf(value: number): number {
  if (value < 24) return 0
  return [1, 2, 4].find((size) => value < 256 ** size) ?? 8
}

function read(reader: Reader, depth: number): Cbor {
  if (depth > MAX_DEPTH) throw malformed("it nests too deep")
  const first = take(reader, 1)[0] ?? 0
  const kind = first >> 5
  if (kind === major.simple) {
    if (first === NULL) return null
    throw malformed("it holds a value of a kind that receipts have no use for")
  }
  const value = readHead(reader, first & 0x1f)
  if (kind === major.uint) return value
  if (kind === major.negative) return safe(-1 - value)
  if (kind === major.bytes) return take(reader, value).slice()
  if (kind === major.text) return readText(take(reader, value))
  if (kind === major.tag) return { tag: value, value: read(reader, depth + 1) }
  if (value > MAX_ITEMS) throw malformed("it holds too many values")
  if (kind === major.map) return readMap(reader, value, depth)
  return Array.from({ length: value }, () => read(reader, depth + 1))
}

/** RFC 8949 section 4.2.1: definite, and in the shortest form, so that one value has one encoding. */
function readHead(reader: Reader, info: number): number {
  if (info < 24) return info
  if (info > 27) throw malformed("a length is not given")
  const size = 2 ** (info - 24)
  const value = safe(take(reader, size).reduce((sum, byte) => sum * 256 + byte, 0))
  if (sizeOf(value) !== size) throw malformed("a number is not in its shortest form")
  return value
}

function readMap(reader: Reader, count: number, depth: number): Map<number, Cbor> {
  const map = new Map<number, Cbor>()
  let before = new Uint8Array()
  for (let left = count; left > 0; left -= 1) {
    const start = reader.at
    const key = read(reader, depth + 1)
    const encoded = reader.bytes.slice(start, reader.at)
    if (typeof key !== "number") throw malformed("a label is not a number")
    if (compare(before, encoded) >= 0) throw malformed("its labels are not in order")
    before = encoded
    map.set(key, read(reader, depth + 1))
  }
  return map
}

function readText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Failure("invalid_evidence", "the CBOR holds a text that is not UTF-8; take the exact bytes", {
      cause,
    })
  }
}

function take(reader: Reader, length: number): Uint8Array {
  const end = reader.at + length
  if (end > reader.bytes.length) throw malformed("it is cut short")
  const taken = reader.bytes.subarray(reader.at, end)
  reader.at = end
  return taken
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

function safe(value: number): number {
  if (Number.isSafeInteger(value)) return value
  throw malformed("a number is too large")
}

function malformed(why: string): Failure {
  return new Failure("invalid_evidence", `the CBOR is not acceptable: ${why}; take the exact bytes`)
}
