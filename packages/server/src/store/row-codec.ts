import { Failure, isFailure } from "@hufu/core/failure"
import { ambiguous } from "./journal.ts"
import { numberOf, statementOf } from "./journaled-statements.ts"
import type { SqlValue } from "./sqlite-connection.ts"

/** One statement to be run, with its values. */
export interface Row {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const tags = { none: 0, number: 1, text: 2, bytes: 3 } as const
const firstRoom = 64 * 1024

/** Encodes rows into bytes that it owns and uses again: what it returns is valid until the next call. */
export class RowEncoder {
  #bytes = Buffer.allocUnsafe(firstRoom)
  #at = 0

  /** @param head bytes that are left free before the rows */
  encode(rows: readonly Row[], head = 0): Buffer {
    this.#at = head
    for (const { sql, values } of rows) {
      this.#reserve(2)
      this.#at = this.#bytes.writeUInt8(numberOf(sql), this.#at)
      this.#at = this.#bytes.writeUInt8(values.length, this.#at)
      for (const value of values) this.#value(value)
    }
    return this.#bytes.subarray(0, this.#at)
  }

  #value(value: SqlValue): void {
    if (value === null) return this.#tag(tags.none, 0)
    if (typeof value === "number") {
      this.#tag(tags.number, 8)
      this.#at = this.#bytes.writeDoubleLE(value, this.#at)
      return
    }
    if (typeof value === "string") {
      // A character takes three bytes at most.
      this.#tag(tags.text, 4 + value.length * 3)
      const length = this.#bytes.write(value, this.#at + 4)
      this.#bytes.writeUInt32LE(length, this.#at)
      this.#at += 4 + length
      return
    }
    if (!(value instanceof Uint8Array)) throw new TypeError("a journaled value is text, a number or bytes")
    this.#tag(tags.bytes, 4 + value.length)
    this.#at = this.#bytes.writeUInt32LE(value.length, this.#at)
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  #tag(tag: number, more: number): void {
    this.#reserve(1 + more)
    this.#at = this.#bytes.writeUInt8(tag, this.#at)
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

/** Reads rows again; their bytes share the memory of what was read. UNTRUSTED: the file may have been altered; what is not rows of ours refuses. */
export function decodeRows(bytes: Buffer): Row[] {
  const rows: Row[] = []
  let at = 0
  try {
    while (at < bytes.length) {
      const sql = statementOf(bytes.readUInt8(at))
      if (sql === undefined) throw newer()
      const count = bytes.readUInt8(at + 1)
      at += 2
      const values: SqlValue[] = []
      for (let i = 0; i < count; i += 1) {
        const read = decodeValue(bytes, at)
        values.push(read.value)
        at = read.end
      }
      rows.push({ sql, values })
    }
  } catch (error) {
    throw isFailure(error) ? error : ambiguous("the journal holds what is no row", error)
  }
  return rows
}

function newer(): Failure {
  return new Failure(
    "store_newer",
    "the journal holds rows of a kind that this Hufu does not know: start the newer Hufu again",
  )
}

function decodeValue(bytes: Buffer, at: number): { value: SqlValue; end: number } {
  const tag = bytes.readUInt8(at)
  if (tag === tags.none) return { value: null, end: at + 1 }
  if (tag === tags.number) return { value: bytes.readDoubleLE(at + 1), end: at + 9 }
  if (tag !== tags.text && tag !== tags.bytes) throw new RangeError("an unknown kind of value")
  const start = at + 5
  const end = start + bytes.readUInt32LE(at + 1)
  if (end > bytes.length) throw new RangeError("a value that goes beyond its rows")
  const value =
    tag === tags.text
      ? bytes.toString("utf8", start, end)
      : new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
  return { value, end }
}
