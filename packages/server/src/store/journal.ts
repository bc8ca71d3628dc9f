import { randomBytes } from "node:crypto"
import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  write,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import { promisify } from "node:util"
import { crc32 } from "node:zlib"
import { Failure } from "@hufu/core/failure"
import { syncFolder } from "./secret-file.ts"

const magic = "hufu journal 1\n"
const idBytes = 16
/** Frames begin on a page of their own. */
const headBytes = 4096
/** What a frame has before its payload. */
export const frameHeadBytes = 16
const sizeBytes = 8 * 1024 * 1024

/**
 * What makes a write durable: where it works, one system call instead of two. Elsewhere `fdatasync`, which asks the
 * drive itself on macOS, where O_DSYNC does not.
 */
const writesThrough = process.platform === "linux"
const syncFile = promisify(fdatasync)

/** A batch as it was journaled. */
export interface Frame {
  readonly number: number
  readonly payload: Buffer
}

/**
 * A file of fixed size in which a batch is durable by one write, before its rows are in the tables. Its blocks are
 * written once when it is made, so that a write never needs room: a full disk cannot refuse what was let in.
 *
 * A frame is: length of the payload (u32), CRC-32 of number and payload (u32), number (f64), payload. Numbers grow by
 * one and never start again. A lap begins at the start of the file again, once all that it held is durable elsewhere.
 */
export class Journal {
  readonly #fd: number
  #at = headBytes
  #isBroken = false

  private constructor(fd: number) {
    this.#fd = fd
  }

  /** Makes an empty journal under its final name, and returns its id. */
  static create(file: string): string {
    const id = randomBytes(idBytes).toString("hex")
    const draft = `${file}.new`
    const fd = openSync(draft, "w", 0o600)
    try {
      const bytes = Buffer.alloc(sizeBytes)
      bytes.write(`${magic}${id}\n`)
      writeAll(fd, bytes)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(draft, file)
    syncFolder(dirname(file))
    return id
  }

  /** Whether the file is the journal with that id, at its full size. */
  static isWhole(file: string, id: string): boolean {
    return existsSync(file) && statSync(file).size === sizeBytes && hasHead(readHead(file), id)
  }

  static open(file: string): Journal {
    return new Journal(openSync(file, constants.O_RDWR | (writesThrough ? constants.O_DSYNC : 0)))
  }

  /** Whether nothing was written since the lap began. */
  get isEmpty(): boolean {
    return this.#at === headBytes
  }

  fits(frame: Buffer): boolean {
    return this.#at + frame.length <= sizeBytes
  }

  /**
   * Resolves when the frame is on the disk.
   *
   * @param frame room for the head, then the payload; it may not change meanwhile
   */
  async write(number: number, frame: Buffer): Promise<void> {
    this.assertSound()
    writeHead(number, frame)
    try {
      let done = 0
      while (done < frame.length) done += await this.#writeAt(frame, done)
      if (!writesThrough) await syncFile(this.#fd)
    } catch (error) {
      this.#isBroken = true
      throw error
    }
    this.#at += frame.length
  }

  /** INVARIANT: after a failed write nobody knows whether its frame is on the disk, so nothing may ever follow it. */
  assertSound(): void {
    if (this.#isBroken)
      throw new Failure(
        "store_unavailable",
        "a write to the journal failed: check the disk, then restart Hufu",
      )
  }

  /** Begins a new lap. INVARIANT: every frame so far is durable elsewhere. */
  restart(): void {
    this.#at = headBytes
  }

  close(): void {
    closeSync(this.#fd)
  }

  #writeAt(frame: Buffer, done: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#fd, frame, done, frame.length - done, this.#at + done, (error, written) =>
        error ? reject(error) : resolve(written),
      )
    })
  }
}

function writeHead(number: number, frame: Buffer): void {
  frame.writeUInt32LE(frame.length - frameHeadBytes, 0)
  frame.writeDoubleLE(number, 8)
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4)
}

/**
 * The frames after a number, in order; empty when all are older.
 *
 * UNTRUSTED: the file may have been cut, altered or taken from another backup. The last frame may be torn, for it was
 * never acknowledged; anything else that does not fit refuses.
 */
export function readJournal(file: string, id: string, after: number): Frame[] {
  if (!existsSync(file)) throw ambiguous(`\`${file}\`, which held what was written last, is missing`)
  const bytes = readFileSync(file)
  if (!hasHead(bytes, id)) throw ambiguous(`\`${file}\` is not the journal of the database beside it`)
  const frames: Frame[] = []
  let at = headBytes
  for (;;) {
    const frame = frameAt(bytes, at)
    const expected = (frames.at(-1)?.number ?? after) + 1
    if (frame === undefined) {
      refuseHole(bytes, at, after)
      break
    }
    if (frames.length === 0 && frame.number > expected)
      throw ambiguous(`\`${file}\` goes on from batch ${frame.number}, but the database ends before it`)
    if (frames.length > 0 && frame.number !== expected) break
    frames.push(frame)
    at += frameHeadBytes + frame.payload.length
  }
  return frames.filter((frame) => frame.number > after)
}

function hasHead(bytes: Buffer, id: string): boolean {
  return bytes.toString("latin1", 0, magic.length + idBytes * 2) === `${magic}${id}`
}

function readHead(file: string): Buffer {
  const fd = openSync(file, "r")
  try {
    const head = Buffer.alloc(headBytes)
    readSync(fd, head)
    return head
  } finally {
    closeSync(fd)
  }
}

function frameAt(bytes: Buffer, at: number): Frame | undefined {
  const start = at + frameHeadBytes
  if (start > bytes.length) return undefined
  const end = start + bytes.readUInt32LE(at)
  if (end > bytes.length || end === start) return undefined
  if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) return undefined
  return { number: bytes.readDoubleLE(at + 8), payload: bytes.subarray(start, end) }
}

// A torn write is the last one, and what an older lap left behind it is older than the database: a good frame that is newer
// means that the bad one was whole once.
function refuseHole(bytes: Buffer, hole: number, after: number): void {
  for (let at = hole; at + frameHeadBytes <= bytes.length;) {
    at += frameHeadBytes + bytes.readUInt32LE(at)
    const frame = frameAt(bytes, at)
    if (frame === undefined) return
    if (frame.number > after) throw ambiguous(`a batch before ${frame.number} in the journal is damaged`)
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  let done = 0
  while (done < bytes.length) done += writeSync(fd, bytes, done)
}

function ambiguous(what: string): Failure {
  return new Failure("ledger_ambiguous", `${what}: restore the whole data folder from one backup`)
}
