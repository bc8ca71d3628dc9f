import { type Checkpoint, parseCheckpoint, signCheckpoint } from "@hufu/core/evidence/checkpoint"
import { consistencyProof, verifyConsistency } from "@hufu/core/evidence/consistency"
import { frontierRoot } from "@hufu/core/evidence/frontier"
import type { NodeReader } from "@hufu/core/evidence/merkle"
import { cosignNote, type NoteSigner, parseNote } from "@hufu/core/evidence/signed-note"
import { Failure } from "@hufu/core/failure"
import type { LedgerKey } from "./ledger-key.ts"
import { nativeHash } from "./native-hash.ts"
import { nodeReader, type TileReader, type TreeEdge } from "./tile-tree.ts"

/** From the first new entry to its checkpoint; with the commit it stays well under a second. */
const delayMs = 700

/** A checkpoint as the ledger signed and stored it. */
export interface SignedCheckpoint {
  readonly size: number
  readonly root: Uint8Array
  /** The signed note, verbatim. */
  readonly note: string
}

export interface CheckpointerParts {
  readonly key: LedgerKey
  /** Signs every checkpoint a second time, by ML-DSA-44. */
  readonly second?: { readonly signer: NoteSigner; readonly now: () => number } | undefined
  readonly latest: SignedCheckpoint | null
  readonly edge: () => TreeEdge
  readonly readTile: TileReader
  /** Resolves when the checkpoint is on the disk; refuses when the last one there is not the one before. */
  readonly keep: (checkpoint: SignedCheckpoint, before: SignedCheckpoint | null) => Promise<void>
  readonly onError: (error: unknown) => void
}

interface Waiter {
  readonly index: number
  readonly resolve: (checkpoint: SignedCheckpoint) => void
  readonly reject: (error: unknown) => void
}

/**
 * Signs what the log has become.
 *
 * INVARIANT: a checkpoint is shown to nobody before it is durable, and none is signed unless the stored hashes
 * prove that the tree of the one before is how this one began.
 */
export class Checkpointer {
  readonly #parts: CheckpointerParts
  #latest: SignedCheckpoint | null
  #timer: NodeJS.Timeout | null = null
  #signing: Promise<void> | null = null
  #waiters: Waiter[] = []
  readonly #listeners = new Set<(checkpoint: SignedCheckpoint) => void>()
  #isClosed = false

  constructor(parts: CheckpointerParts) {
    this.#parts = parts
    this.#latest = parts.latest
  }

  /** The latest durable checkpoint. */
  get latest(): SignedCheckpoint {
    if (this.#latest === null) throw new Error("the first checkpoint is signed before anybody can ask")
    return this.#latest
  }

  /** Says that the log has grown; a checkpoint follows within a second. */
  touch(): void {
    if (this.#timer !== null || this.#isClosed) return
    this.#timer = setTimeout(() => void this.sign().catch(this.#parts.onError), delayMs)
    this.#timer.unref()
  }

  /** Tells of every checkpoint once it is durable; what it returns ends that. A listener does not throw. */
  onSigned(listener: (checkpoint: SignedCheckpoint) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** A checkpoint that covers an entry, as soon as there is one. */
  covering(index: number, soon = false): Promise<SignedCheckpoint> {
    if (this.latest.size > index) return Promise.resolve(this.latest)
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#waiters.push({ index, resolve, reject })
      if (soon) void this.sign().catch(this.#parts.onError)
      else this.touch()
    })
  }

  /** Signs now if there is anything new; one signing at a time. */
  async sign(): Promise<void> {
    this.#stopTimer()
    while (this.#signing !== null) await this.#signing
    this.#signing = this.#signOnce()
    try {
      await this.#signing
    } finally {
      this.#signing = null
      if (this.#isBehind()) this.touch()
    }
  }

  /** Signs what is new and then nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true
    try {
      await this.sign()
    } finally {
      this.#stopTimer()
      for (const waiter of this.#waiters.splice(0)) waiter.reject(closed())
    }
  }

  async #signOnce(): Promise<void> {
    if (!this.#isBehind()) return
    const { key, readTile, keep } = this.#parts
    const edge = this.#parts.edge()
    const root = frontierRoot(edge.frontier, nativeHash)
    const { size } = edge.frontier
    this.#refuseFork({ size, root }, nodeReader(edge, readTile))
    const signed = signCheckpoint({ origin: key.origin, size, root }, key.signer)
    const { second } = this.#parts
    const note = second ? cosignNote(signed, second.signer, Math.floor(second.now() / 1000)) : signed
    const checkpoint = { size, root, note }
    await keep(checkpoint, this.#latest)
    this.#latest = checkpoint
    for (const listener of this.#listeners) listener(checkpoint)
    const ready = this.#waiters.filter((waiter) => waiter.index < size)
    this.#waiters = this.#waiters.filter((waiter) => waiter.index >= size)
    for (const waiter of ready) waiter.resolve(checkpoint)
  }

  #refuseFork({ size, root }: { size: number; root: Uint8Array }, read: NodeReader): void {
    const before = this.#latest
    // From the empty tree there is nothing to prove.
    if (before === null || before.size === 0) return
    const proof = consistencyProof(before.size, size, read, nativeHash)
    const claim = { size1: before.size, size2: size, root1: before.root, root2: root, proof }
    if (verifyConsistency(claim, nativeHash)) return
    throw new Failure(
      "ledger_ambiguous",
      `the stored hashes do not extend the checkpoint of size ${before.size}: stop, and run \`hufu log verify\``,
    )
  }

  #isBehind(): boolean {
    return this.#latest === null || this.#parts.edge().frontier.size > this.#latest.size
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/** Reads what a stored note says; its signature is checked apart. */
export function readStoredNote(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text)
}

function closed(): Failure {
  return new Failure("store_unavailable", "the ledger is closed: start Hufu again")
}
