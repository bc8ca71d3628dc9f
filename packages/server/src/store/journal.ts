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

/**
 * A disk that is usually done within this many ms is waited for: handing a write to a thread and waking up for it again takes about
 * as long, and two changes of a processor that others want. For a slower one nothing else must stand still.
 */
const quickMs = 0.25

/** A batch as it was journaled. */
export interface Frame {
  readonly number: number
  readonly payload: Buffer
}

/** What stands at the start of a journal's file, and whose journal it is. */
export interface JournalStart {
  readonly id: string
  /** The number at its first frame's place; 0 when there never was one. */
  readonly number: number
}

/**
 * A file of fixed size in which a batch is durable by one write, before its rows are in the tables. Its blocks are
 * written once when it is made, so that a write never needs room: a full disk cannot refuse what was let in.
 *
 * A frame is: length of the payload (u32), CRC-32 of number and payload (u32), number (f64), payload. Numbers grow by
 * one from frame to frame and never come again. At the end of the file frames go on from its start, over those that are durable
 * elsewhere.
 *
 * INVARIANT: a frame is overwritten only after it was released.
 */
export class Journal {
  readonly #fd: number
  #at = headBytes
  /** Frames that may not be overwritten, oldest first. */
  #held: { readonly number: number; readonly at: number }[] = []
  #isBroken = false
  /** What a write usually takes, in ms; rare long ones count little. */
  #usualMs = quickMs * 2

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

  /** What stands at the start of a file; undefined when there is no journal of full size. */
  static startOf(file: string): JournalStart | undefined {
    if (!existsSync(file) || statSync(file).size !== sizeBytes) return undefined
    const head = readHead(file)
    const id = idOf(head)
    return id === undefined ? undefined : { id, number: numberAt(head, headBytes) }
  }

  static open(file: string): Journal {
    if (process.platform !== "win32") chmodSync(file, 0o600)
    return new Journal(openSync(file, constants.O_RDWR | (writesThrough ? constants.O_DSYNC : 0)))
  }

  /** How much of the file is taken by frames that may not be overwritten. */
  get heldBytes(): number {
    const oldest = this.#held[0]?.at
    if (oldest === undefined) return 0
    return oldest < this.#at ? this.#at - oldest : sizeBytes - oldest + this.#at - headBytes
  }

  fits(frame: Buffer): boolean {
    return this.#placeOf(frame) !== undefined
  }

  /**
   * Resolves when the frame, which fits, is on the disk.
   *
   * @param frame room for the head, then the payload; it may not change meanwhile
   */
  async write(number: number, frame: Buffer): Promise<void> {
    this.assertSound()
    const place = this.#placeOf(frame)
    if (place === undefined) throw new RangeError("the journal has no room for this frame")
    writeHead(number, frame)
    try {
      const before = performance.now()
      await this.#writeAll(place, frame)
      this.#learn(performance.now() - before)
    } catch (error) {
      this.#isBroken = true
      throw error
    }
    this.#held.push({ number, at: place })
    this.#at = afterFrame(place, frame.length)
  }

  /** INVARIANT: after a failed write nobody knows whether its frame is on the disk, so nothing may ever follow it. */
  assertSound(): void {
    if (this.#isBroken)
      throw new Failure(
        "store_unavailable",
        "a write to the journal failed: check the disk, then restart Hufu",
      )
  }

  /** Lets frames up to a number be overwritten. INVARIANT: they are durable elsewhere. */
  release(number: number): void {
    const kept = this.#held.findIndex((frame) => frame.number > number)
    this.#held.splice(0, kept === -1 ? this.#held.length : kept)
  }

  /** Begins again at the start of the file. INVARIANT: every frame so far is durable elsewhere. */
  restart(): void {
    this.#held = []
    this.#at = headBytes
  }

  /** Overwrites what is left of old frames. INVARIANT: none is held, so that a crash in between leaves nothing to replay. */
  scrub(): void {
    if (this.#at !== headBytes || this.#held.length > 0) return
    const zeros = Buffer.alloc(sizeBytes - headBytes)
    let done = 0
    while (done < zeros.length)
      done += writeSync(this.#fd, zeros, done, zeros.length - done, headBytes + done)
    if (!writesThrough) fsyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** Where a frame goes: behind the last one, or at the start of the file, and never over a frame that is held. */
  #placeOf({ length }: Buffer): number | undefined {
    const oldest = this.#held[0]?.at
    const isBehind = oldest === undefined || oldest < this.#at
    if (isBehind && this.#at + length <= sizeBytes) return this.#at
    const place = isBehind ? headBytes : this.#at
    return place + length <= (oldest ?? sizeBytes) ? place : undefined
  }

  async #writeAll(place: number, frame: Buffer): Promise<void> {
    const isQuick = writesThrough && this.#usualMs < quickMs
    let done = 0
    while (done < frame.length)
      done += isQuick
        ? writeSync(this.#fd, frame, done, frame.length - done, place + done)
        : await this.#writeAt(place, frame, done)
    if (!writesThrough) await syncFile(this.#fd)
  }

  /** Follows a disk that got slow within a few writes, and one that is quick at once. */
  #learn(tookMs: number): void {
    this.#usualMs += (tookMs - this.#usualMs) / (tookMs < this.#usualMs ? 2 : 32)
  }

  #writeAt(place: number, frame: Buffer, done: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#fd, frame, done, frame.length - done, place + done, (error, written) =>
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
  const frames = framesAfter(bytes, after)
  for (const [i, { number }] of frames.entries()) {
    if (number === after + 1 + i) continue
    // A torn write is the last one: a good frame means that the one before it was whole once.
    throw ambiguous(
      `\`${file}\` goes on from batch ${number}, and what came before that is neither there nor in the database`,
    )
  }
  return frames
}

// Frames stand wherever there was room, between what is left of others that the database has.
function framesAfter(bytes: Buffer, after: number): Frame[] {
  // A view reads half a million numbers four times as fast, and every start after a crash waits for it.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const frames: Frame[] = []
  for (let at = headBytes; at + frameHeadBytes < bytes.length;) {
    const number = view.getFloat64(at + 8, true)
    const frame = Number.isSafeInteger(number) && number > 0 ? frameAt(bytes, at) : undefined
    if (frame !== undefined && frame.number > after) frames.push(frame)
    // Past the whole of it: what its payload holds is no frame, whatever it looks like.
    at = frame === undefined ? at + frameHeadBytes : afterFrame(at, frameHeadBytes + frame.payload.length)
  }
  return frames.toSorted((one, other) => one.number - other.number)
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

function numberAt(bytes: Buffer, at: number): number {
  return bytes.readDoubleLE(at + 8)
}

function frameAt(bytes: Buffer, at: number): Frame | undefined {
  const start = at + frameHeadBytes
  if (start > bytes.length) return undefined
  const end = start + bytes.readUInt32LE(at)
  if (end > bytes.length || end === start) return undefined
  if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) return undefined
  return { number: numberAt(bytes, at), payload: bytes.subarray(start, end) }
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
