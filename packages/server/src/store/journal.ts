import { randomBytes } from "node:crypto"
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
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
/** Frames begin after a page that is written once. */
const headBytes = 4096
/** What a frame has before its payload; also what the place of every frame is a multiple of. */
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

/** Where the lap in a journal's file begins, and whose journal it is. */
export interface LapStart {
  readonly id: string
  /** The number at its first frame's place; 0 when there never was one. */
  readonly number: number
}

/**
 * A file of fixed size in which a batch is durable by one write, before its rows are in the tables. Its blocks are
 * written once when it is made, so that a write never needs room: a full disk cannot refuse what was let in.
 *
 * A frame is: length of the payload (u32), CRC-32 of number and payload (u32), number (f64), payload. Numbers grow by
 * one within a lap and never come again. A lap begins at the start of the file, once all that the one before held is durable
 * elsewhere.
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
    const bytes = Buffer.alloc(sizeBytes)
    bytes.write(`${magic}${id}\n`)
    try {
      writeDurably(draft, bytes)
    } catch (error) {
      // What there was no room for takes none.
      rmSync(draft, { force: true })
      throw error
    }
    renameSync(draft, file)
    syncFolder(dirname(file))
    return id
  }

  /** Where the lap in a file begins; undefined when there is no journal of full size. */
  static lapStart(file: string): LapStart | undefined {
    if (!existsSync(file) || statSync(file).size !== sizeBytes) return undefined
    const head = readHead(file)
    const id = idOf(head)
    return id === undefined ? undefined : { id, number: head.readDoubleLE(headBytes + 8) }
  }

  static open(file: string): Journal {
    if (process.platform !== "win32") chmodSync(file, 0o600)
    return new Journal(openSync(file, constants.O_RDWR | (writesThrough ? constants.O_DSYNC : 0)))
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
    this.#at = afterFrame(this.#at, frame.length)
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

  /** Overwrites what earlier laps left. INVARIANT: this lap is empty, so that a crash in between leaves nothing to replay. */
  scrub(): void {
    if (this.#at !== headBytes) return
    const zeros = Buffer.alloc(sizeBytes - headBytes)
    let done = 0
    while (done < zeros.length)
      done += writeSync(this.#fd, zeros, done, zeros.length - done, headBytes + done)
    if (!writesThrough) fsyncSync(this.#fd)
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
  if (statSync(file).size !== sizeBytes) throw ambiguous(`\`${file}\` was cut or has grown`)
  const bytes = readFileSync(file)
  if (idOf(bytes) !== id) throw ambiguous(`\`${file}\` is not the journal of the database beside it`)
  const { frames, end } = lapOf(bytes)
  const first = frames[0]
  if (first !== undefined && first.number > after + 1)
    throw ambiguous(`\`${file}\` goes on from batch ${first.number}, but the database ends before it`)
  refuseLater(bytes, end, Math.max(after, frames.at(-1)?.number ?? 0))
  return frames.filter((frame) => frame.number > after)
}

// Up to the first place without a frame, or with one of an older lap.
function lapOf(bytes: Buffer): { frames: Frame[]; end: number } {
  const frames: Frame[] = []
  let end = headBytes
  for (;;) {
    const frame = frameAt(bytes, end)
    const last = frames.at(-1)
    if (frame === undefined || (last !== undefined && frame.number !== last.number + 1))
      return { frames, end }
    frames.push(frame)
    end = afterFrame(end, frameHeadBytes + frame.payload.length)
  }
}

// A torn write is the last one, and what older laps left behind it is older than the database: a good frame that is newer
// means that one before it was whole once.
function refuseLater(bytes: Buffer, from: number, newest: number): void {
  // A view reads half a million numbers four times as fast, and every start after a crash waits for it.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = from; at + frameHeadBytes < bytes.length; at += frameHeadBytes) {
    const number = view.getFloat64(at + 8, true)
    if (!(number > newest) || !Number.isSafeInteger(number) || frameAt(bytes, at) === undefined) continue
    throw ambiguous(`a batch before ${number} in the journal is damaged`)
  }
}

function afterFrame(at: number, length: number): number {
  return at + Math.ceil(length / frameHeadBytes) * frameHeadBytes
}

function idOf(head: Buffer): string | undefined {
  const end = magic.length + idBytes * 2
  return head.toString("latin1", 0, magic.length) === magic
    ? head.toString("latin1", magic.length, end)
    : undefined
}

function readHead(file: string): Buffer {
  const fd = openSync(file, "r")
  try {
    const head = Buffer.alloc(headBytes + frameHeadBytes)
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

function writeDurably(file: string, bytes: Buffer): void {
  const fd = openSync(file, "w", 0o600)
  try {
    let done = 0
    while (done < bytes.length) done += writeSync(fd, bytes, done)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Parts of a data folder that do not belong together; says what to do. */
export function ambiguous(what: string, cause?: unknown): Failure {
  return new Failure("ledger_ambiguous", `${what}: restore the whole data folder from one backup`, { cause })
}
