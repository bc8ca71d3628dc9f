import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { encodeBundle } from "@hufu/core/evidence/entry-bundle"
import { frontierRoot } from "@hufu/core/evidence/frontier"
import { equalBytes, leafHash } from "@hufu/core/evidence/merkle"
import {
  countAt,
  levelsOf,
  partialTile,
  TILE_WIDTH,
  type TileName,
  tilePath,
} from "@hufu/core/evidence/tile-path"
import { Failure } from "@hufu/core/failure"
import type { Logger } from "pino"
import { tryLockFile } from "../../store/lock.ts"
import { asStoreError } from "../../store/storage-error.ts"
import type { SignedCheckpoint } from "../checkpointer.ts"
import { nativeHash } from "../native-hash.ts"
import { emptyEdge, growEdge, type TreeEdge } from "../tile-tree.ts"
import { clearStaging, placeFiles, type PublishedFile, replaceFile } from "./durable-folder.ts"
import { findPublished } from "./find-published.ts"
import type { LogSource } from "./log-source.ts"
import { walkLog } from "./walk-log.ts"

/** Files that are written before the folders they are in are made durable. */
const filesAtOnce = 64
/**
 * A publication that is further than this from its checkpoint goes there over those that the ledger signed on the way, each at least so
 * many entries on: what is cut short then goes on from the last of them, instead of from where all of it began.
 */
const stepEntries = 4_096
/** How many tiles behind the edge keep their partial ones: a reader may hold a checkpoint of a moment ago. */
const keptBehind = 2

/** The lock's file; no tool reads it. */
export const lockName = ".hufu-lock"

/** Writes a ledger into a folder of plain files, as C2SP tlog-tiles. */
export interface Publisher {
  readonly folder: string
  /** How many entries the checkpoint in the folder covers. */
  readonly size: number
  /** Publishes a checkpoint that is durable in the store; resolves when it is in the folder, with all that it needs. */
  publish(checkpoint: SignedCheckpoint, onProgress?: (done: number, of: number) => void): Promise<void>
  /** Removes partial tiles whose full one has long been there. */
  sweep(): Promise<void>
  /** Lets the folder go. */
  close(): void
}

interface Parts {
  readonly folder: string
  readonly source: LogSource
  readonly logger: Pick<Logger, "warn">
}

/**
 * Opens a published folder for one ledger, alone, and refuses one that is not how this ledger began.
 * What is missing at its edge is written again, with a warning.
 */
export async function openPublisher(parts: Parts): Promise<Publisher> {
  const { folder, source, logger } = parts
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    const lock = tryLockFile(join(folder, lockName))
    if (lock === null)
      throw new Failure(
        "data_folder_in_use",
        `another process publishes into \`${folder}\`: stop it, or choose another folder`,
      )
    try {
      await clearStaging(folder)
      const size = await findPublished(folder, source)
      const publisher = new FolderPublisher(parts, size, () => lock.release())
      const written = await publisher.restoreEdge()
      if (written.length > 0)
        logger.warn(
          { folder, files: written },
          "files of the published log were missing and are written again from the ledger",
        )
      return publisher
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    throw asPublishError(error, folder)
  }
}

/**
 * INVARIANT: a checkpoint comes into the folder only after everything under it is on the disk, and only if the very entries that
 * were published have its root.
 */
class FolderPublisher implements Publisher {
  readonly folder: string
  readonly #source: LogSource
  readonly #release: () => void
  #edge: TreeEdge
  /** The entries of the bundle that is not full yet. */
  #tail: Uint8Array[]

  constructor({ folder, source }: Parts, size: number, release: () => void) {
    this.folder = folder
    this.#source = source
    this.#release = release
    this.#edge = size === 0 ? emptyEdge : source.edgeAt(size)
    this.#tail = source.entries(size - (size % TILE_WIDTH), size)
  }

  get size(): number {
    return this.#edge.frontier.size
  }

  async publish(
    checkpoint: SignedCheckpoint,
    onProgress?: (done: number, of: number) => void,
  ): Promise<void> {
    if (checkpoint.size < this.size) throw behind(checkpoint.size, this.size)
    const reached = (done: number): void => onProgress?.(done, checkpoint.size)
    try {
      for (;;) {
        const step = await this.#source.checkpoint(this.size + stepEntries, checkpoint.size)
        await this.#publish(step ?? checkpoint, reached)
        if (step === null) return
      }
    } catch (error) {
      throw asPublishError(error, this.folder)
    }
  }

  async sweep(): Promise<void> {
    const edge = this.size
    for await (const { tile } of walkLog(this.folder))
      if (tile !== null && isOutlived(tile, edge)) await this.#removePartials(tile)
  }

  close(): void {
    this.#release()
  }

  /** Writes what the published checkpoint needs at its edge and is not there; returns its names. */
  async restoreEdge(): Promise<string[]> {
    const { size } = this
    const full = (["entries", ...levelsOf(size)] as const).flatMap((level) => {
      const n = Math.floor(countAt(level, size) / TILE_WIDTH) - 1
      return n < 0 ? [] : [{ level, n, width: TILE_WIDTH }]
    })
    return placeFiles(this.folder, [
      ...full.map((tile) => ({ path: tilePath(tile), bytes: this.#readFull(tile) })),
      ...edgeFiles(this.#edge, this.#tail),
    ])
  }

  #readFull({ level, n }: TileName): Uint8Array {
    if (level !== "entries") return this.#source.readTile(level, n)
    return encodeBundle(this.#source.entries(n * TILE_WIDTH, (n + 1) * TILE_WIDTH))
  }

  async #publish(checkpoint: SignedCheckpoint, reached: (done: number) => void): Promise<void> {
    const before = this.size
    let edge = this.#edge
    // Copies: what fails is begun again from where the folder's checkpoint is.
    let tail = this.#tail.slice()
    let files: PublishedFile[] = []
    while (edge.frontier.size < checkpoint.size) {
      const from = edge.frontier.size
      const to = Math.min(from - (from % TILE_WIDTH) + TILE_WIDTH, checkpoint.size)
      const entries = this.#source.entries(from, to)
      const grown = growEdge(
        edge,
        entries.map((entry) => leafHash(entry, nativeHash)),
      )
      edge = grown.edge
      tail.push(...entries)
      files.push(
        ...grown.tiles.map((tile) => ({ path: tilePath({ ...tile, width: TILE_WIDTH }), bytes: tile.bytes })),
      )
      if (tail.length === TILE_WIDTH) {
        files.push(bundleFile(tail, to))
        tail = []
      }
      if (files.length >= filesAtOnce) {
        await placeFiles(this.folder, files)
        files = []
        reached(to)
      }
    }
    if (!equalBytes(frontierRoot(edge.frontier, nativeHash), checkpoint.root))
      throw wrongRoot(checkpoint.size)
    await placeFiles(this.folder, [...files, ...edgeFiles(edge, tail)])
    await replaceFile(this.folder, { path: "checkpoint", bytes: Buffer.from(checkpoint.note) })
    this.#edge = edge
    this.#tail = tail
    reached(this.size)
    await this.#prune(before)
  }

  // What was at the edge before, and is not near it now.
  async #prune(before: number): Promise<void> {
    for (const level of ["entries", ...levelsOf(this.size)] as const) {
      const first = Math.max(Math.floor(countAt(level, before) / TILE_WIDTH) - keptBehind, 0)
      const end = Math.floor(countAt(level, this.size) / TILE_WIDTH) - keptBehind
      // Between the two edges lie tiles that never were partial here.
      for (let n = first; n < Math.min(end, first + keptBehind + 1); n += 1)
        await this.#removePartials({ level, n, width: 1 })
    }
  }

  async #removePartials({ level, n }: TileName): Promise<void> {
    const whole = tilePath({ level, n, width: TILE_WIDTH })
    await rm(join(this.folder, `${whole}.p`), { recursive: true, force: true })
  }
}

/** The partial tiles and the partial bundle that a tree ends in. */
function edgeFiles({ frontier, partial }: TreeEdge, tail: readonly Uint8Array[]): PublishedFile[] {
  const { size } = frontier
  const tiles = levelsOf(size).flatMap((level) => {
    const tile = partialTile(level, size)
    return tile === null ? [] : [{ path: tilePath(tile), bytes: Buffer.concat(partial[level] ?? []) }]
  })
  return tail.length === 0 ? tiles : [...tiles, bundleFile(tail, size)]
}

function bundleFile(entries: readonly Uint8Array[], end: number): PublishedFile {
  const n = Math.floor((end - 1) / TILE_WIDTH)
  return { path: tilePath({ level: "entries", n, width: entries.length }), bytes: encodeBundle(entries) }
}

function isOutlived({ level, n, width }: TileName, size: number): boolean {
  return width < TILE_WIDTH && n < Math.floor(countAt(level, size) / TILE_WIDTH) - keptBehind
}

function behind(size: number, published: number): Failure {
  return new Failure(
    "ledger_ambiguous",
    `a checkpoint of size ${size} would take back the published one of size ${published}: publish into a new folder`,
  )
}

function wrongRoot(size: number): Failure {
  return new Failure(
    "ledger_ambiguous",
    `the stored entries do not have the root of the checkpoint of size ${size}: nothing more is published; run \`hufu log verify\``,
  )
}

/** The disk's own words, and where it was. */
function asPublishError(error: unknown, folder: string): unknown {
  const known = asStoreError(error)
  if (known === error || !(known instanceof Failure)) return error
  return new Failure(
    "store_unavailable",
    `the log cannot be published into \`${folder}\`: ${known.message}`,
    {
      cause: error,
    },
  )
}
