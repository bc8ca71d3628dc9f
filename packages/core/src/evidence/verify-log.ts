import { Failure, isFailure } from "../failure.ts"
import {
  type Checkpoint,
  parseCheckpoint,
  type SecondKey,
  type TwiceSignedVerdict,
  verifyTwiceSigned,
} from "./checkpoint.ts"
import { decodeBundle, encodeBundle, maxBundleBytes } from "./entry-bundle.ts"
import { appendLeaves, emptyFrontier, type Frontier, frontierRoot } from "./frontier.ts"
import { type LogFault, logFault } from "./log-fault.ts"
import { equalBytes, leafHash } from "./merkle.ts"
import { HASH_BYTES, type Hash, sha256 } from "./sha256.ts"
import { parseNote } from "./signed-note.ts"
import { partialTile, TILE_WIDTH, type TileName, tilePath } from "./tile-path.ts"
import type { VerifierKey } from "./vkey.ts"

/** Where the files of a published log come from: a folder, a web server. All of them UNTRUSTED. */
export interface LogFiles {
  /** The file at a path below the log's prefix; null when there is none. Of a longer file, its first `maxBytes + 1` bytes. */
  read(path: string, maxBytes: number): Promise<Uint8Array | null>
  /** Which partial widths of a tile lie there, where that can be known: each is compared too. */
  partials?(tile: TileName): Promise<number[]>
}

export interface VerifyLogOptions {
  /** The log's key; without it the signature is not checked and the log agrees only with itself. */
  readonly key?: VerifierKey | undefined
  /** The log's ML-DSA-44 key beside it: whoever names it asks for the second signature, on a kept checkpoint too. */
  readonly second?: SecondKey | undefined
  /** A checkpoint of this log that the reader has kept: the log has to go on from it. */
  readonly kept?: string | undefined
  readonly hash?: Hash
  readonly onProgress?: (done: number, of: number) => void
}

export type LogVerdict =
  | {
      readonly ok: true
      readonly signed: boolean
      readonly signedTwice: boolean
      readonly checkpoint: Checkpoint
      readonly note: string
    }
  | { readonly ok: false; readonly entries: number; readonly fault: LogFault }

const MAX_CHECKPOINT_BYTES = 1024 * 1024
/** The levels of the tree that one level of tiles spans. */
const tileHeight = 8

/**
 * Reads a whole published log (C2SP tlog-tiles) in fixed memory: every bundle's entries give every tile's hashes, these the root that
 * the checkpoint signs. Stops at the first fault. Throws only what `files` throws, and for a kept checkpoint that is none.
 */
export async function verifyLog(files: LogFiles, options: VerifyLogOptions = {}): Promise<LogVerdict> {
  const bytes = await files.read("checkpoint", MAX_CHECKPOINT_BYTES)
  if (bytes === null) return { ok: false, entries: 0, fault: logFault.noCheckpoint() }
  const note = new TextDecoder().decode(bytes)
  const checkpoint = await readCheckpoint(note, options)
  if ("fault" in checkpoint) return { ok: false, entries: 0, fault: checkpoint.fault }
  const kept = options.kept === undefined ? null : await readKept(options.kept, options)
  if (kept !== null && kept.origin !== checkpoint.origin)
    return { ok: false, entries: 0, fault: logFault.checkpoint("other_origin") }
  const reading = new LogReading(files, { checkpoint, kept, hash: options.hash ?? sha256 })
  const fault = await reading.readAll(options.onProgress)
  if (fault !== null) return { ok: false, entries: reading.size, fault }
  const signed = options.key !== undefined
  return { ok: true, signed, signedTwice: signed && options.second !== undefined, checkpoint, note }
}

type Keys = Pick<VerifyLogOptions, "key" | "second">

async function readCheckpoint(note: string, keys: Keys): Promise<Checkpoint | { fault: LogFault }> {
  const verdict = await verifyNoteOf(note, keys)
  if (verdict !== null)
    return verdict.ok ? verdict.checkpoint : { fault: logFault.checkpoint(verdict.reason) }
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch (error) {
    if (!isFailure(error)) throw error
    return { fault: logFault.checkpoint("malformed") }
  }
}

// Kept by the reader, and yet only worth something when the log's key signed it.
async function readKept(note: string, keys: Keys): Promise<Checkpoint> {
  const { text } = parseNote(note)
  const verdict = await verifyNoteOf(note, keys)
  if (verdict?.ok === false)
    throw new Failure(
      "invalid_evidence",
      verdict.reason === "no_second_signature" || verdict.reason === "bad_second_signature"
        ? "the kept checkpoint does not carry the second signature that you ask for: choose a later one, or leave out the ML-DSA-44 key"
        : "the kept checkpoint is not signed by the key that you trust: choose one of this log",
    )
  return parseCheckpoint(text)
}

async function verifyNoteOf(note: string, { key, second }: Keys): Promise<TwiceSignedVerdict | null> {
  if (key === undefined) return null
  if (second === undefined) return verifyTwiceSigned(note, { key, seconds: [] })
  return verifyTwiceSigned(note, { key, seconds: [second.key] }, [], { mlDsa44: second.mlDsa44 })
}

interface Against {
  readonly checkpoint: Checkpoint
  readonly kept: Checkpoint | null
  readonly hash: Hash
}

/** One pass over a log: all that it holds of it are the hashes of one tile per level. */
class LogReading {
  readonly #files: LogFiles
  readonly #against: Against
  #frontier: Frontier = emptyFrontier
  readonly #partial: Uint8Array[][] = []

  constructor(files: LogFiles, against: Against) {
    this.#files = files
    this.#against = against
  }

  get size(): number {
    return this.#frontier.size
  }

  async readAll(onProgress: VerifyLogOptions["onProgress"]): Promise<LogFault | null> {
    const { checkpoint, kept } = this.#against
    const { size } = checkpoint
    if (kept !== null && kept.size > size) return logFault.shorter(size, kept.size)
    let fault = this.#keptFault()
    while (fault === null && this.size < size) {
      fault = await this.#bundleFault()
      onProgress?.(this.size, size)
    }
    return fault ?? (await this.#edgeFault())
  }

  async #edgeFault(): Promise<LogFault | null> {
    const { checkpoint, hash } = this.#against
    const { size } = checkpoint
    for (const [level, hashes] of this.#partial.entries()) {
      const tile = partialTile(level, size)
      const fault = tile === null ? null : await this.#tileFault(tile, hashes)
      if (fault !== null) return fault
    }
    return equalBytes(frontierRoot(this.#frontier, hash), checkpoint.root) ? null : logFault.wrongRoot(size)
  }

  async #bundleFault(): Promise<LogFault | null> {
    const { size } = this.#against.checkpoint
    const n = this.size / TILE_WIDTH
    const tile: TileName = { level: "entries", n, width: Math.min(TILE_WIDTH, size - this.size) }
    const entries = await this.#readBundle(tile)
    if (!Array.isArray(entries)) return entries
    for (const entry of entries) {
      const fault = (await this.#append(entry)) ?? this.#keptFault()
      if (fault !== null) return fault
    }
    return this.#smallerFault(tile, (width) => encodeBundle(entries.slice(0, width)), logFault.alteredBundle)
  }

  async #readBundle(tile: TileName): Promise<Uint8Array[] | LogFault> {
    const found = await this.#files.read(tilePath(tile), maxBundleBytes(tile.width))
    const whole = { ...tile, width: TILE_WIDTH }
    // A log that grew meanwhile may have replaced what was partial.
    const bytes = found ?? (await this.#files.read(tilePath(whole), maxBundleBytes()))
    if (bytes === null) return logFault.missing(tile)
    const named = found === null ? whole : tile
    try {
      return decodeBundle(bytes, named.width).slice(0, tile.width)
    } catch (error) {
      if (!isFailure(error)) throw error
      return logFault.malformedBundle(named)
    }
  }

  async #append(entry: Uint8Array): Promise<LogFault | null> {
    const { hash } = this.#against
    const full: { tile: TileName; hashes: readonly Uint8Array[] }[] = []
    const keep = (height: number, index: number, node: Uint8Array): void => {
      if (height % tileHeight !== 0) return
      const level = height / tileHeight
      const hashes = (this.#partial[level] ??= [])
      hashes.push(node)
      if (hashes.length < TILE_WIDTH) return
      this.#partial[level] = []
      full.push({ tile: { level, n: Math.floor(index / TILE_WIDTH), width: TILE_WIDTH }, hashes })
    }
    this.#frontier = appendLeaves(this.#frontier, [leafHash(entry, hash)], keep, hash)
    for (const { tile, hashes } of full) {
      const fault = await this.#tileFault(tile, hashes)
      if (fault !== null) return fault
    }
    return null
  }

  async #tileFault(tile: TileName, hashes: readonly Uint8Array[]): Promise<LogFault | null> {
    const wanted = joined(hashes)
    const found = await this.#files.read(tilePath(tile), wanted.length)
    const whole = { ...tile, width: TILE_WIDTH }
    const bytes = found ?? (await this.#files.read(tilePath(whole), TILE_WIDTH * HASH_BYTES))
    if (bytes === null) return logFault.missing(tile)
    const named = found === null ? whole : tile
    if (bytes.length !== named.width * HASH_BYTES || !equalBytes(bytes.subarray(0, wanted.length), wanted))
      return logFault.alteredTile(named)
    return this.#smallerFault(tile, (width) => wanted.subarray(0, width * HASH_BYTES), logFault.alteredTile)
  }

  /** What was published of a tile before it was this wide has to be how it begins. */
  async #smallerFault(
    tile: TileName,
    beginning: (width: number) => Uint8Array,
    altered: (tile: TileName) => LogFault,
  ): Promise<LogFault | null> {
    for (const width of (await this.#files.partials?.(tile)) ?? []) {
      if (width >= tile.width) continue
      const smaller = { ...tile, width }
      const wanted = beginning(width)
      const bytes = await this.#files.read(tilePath(smaller), wanted.length)
      if (bytes !== null && !equalBytes(bytes, wanted)) return altered(smaller)
    }
    return null
  }

  #keptFault(): LogFault | null {
    const { kept, hash } = this.#against
    if (kept === null || this.size !== kept.size) return null
    return equalBytes(frontierRoot(this.#frontier, hash), kept.root) ? null : logFault.forked(kept.size)
  }
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES)
  for (const [i, hash] of hashes.entries()) bytes.set(hash, i * HASH_BYTES)
  return bytes
}
