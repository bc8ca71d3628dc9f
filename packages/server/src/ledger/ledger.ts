import { parseCheckpoint } from "@hufu/core/evidence/checkpoint"
import { consistencyProof } from "@hufu/core/evidence/consistency"
import { signCoseReceipt } from "@hufu/core/evidence/cose-receipt"
import { frontierAt } from "@hufu/core/evidence/frontier"
import { inclusionProof } from "@hufu/core/evidence/inclusion"
import { parseNote } from "@hufu/core/evidence/signed-note"
import { type NodeReader, rootAt } from "@hufu/core/evidence/merkle"
import { formatVkey } from "@hufu/core/evidence/vkey"
import { Failure } from "@hufu/core/failure"
import type { Logger } from "pino"
import type { Clock } from "../clock.ts"
import type { GroupCommit } from "../store/group-commit.ts"
import type { RowTarget } from "../store/row-target.ts"
import type { SqliteConnection } from "../store/sqlite-connection.ts"
import { Appender, type EntryDraft } from "./appender.ts"
import { Checkpointer, type SignedCheckpoint } from "./checkpointer.ts"
import { findLeaf } from "./find-leaf.ts"
import type { LedgerKey } from "./ledger-key.ts"
import {
  type LedgerEntry,
  readEntries,
  readEntriesOf,
  readEntry,
  readOpenIntents,
  readTile,
} from "./ledger-rows.ts"
import { findLedger } from "./ledger-start.ts"
import { digestOf, nativeHash } from "./native-hash.ts"
import { nodeReader } from "./tile-tree.ts"
import { type LedgerVerdict, verifyLedger } from "./verify-ledger.ts"

/** The Merkle log of everything that happened, over committed entries only. */
export interface Ledger {
  readonly origin: string
  /** The public key of the checkpoints, as signed notes write it. */
  readonly vkey: string
  /** The key of the second signature, where checkpoints carry one. */
  readonly mlDsaKey: string | null
  /**
   * Appends one entry; resolves when it is on the disk, with its final index.
   *
   * @param options `lazy` shares the next commit that something else causes, and waits 20 ms for one at most
   */
  append(draft: EntryDraft, options?: { lazy?: boolean }): Promise<{ index: number }>
  size(): number
  entry(index: number): LedgerEntry
  /** A page of entries from an index on. */
  entries(from: number, limit: number): LedgerEntry[]
  /** Everything about an action or a hold, oldest first. */
  entriesOf(id: string): LedgerEntry[]
  /** Intents that let an action leave and have no outcome: after a restart, what is `unknown`. */
  openIntents(): LedgerEntry[]
  /** The hashes that prove an entry to be in the tree of a size. */
  proof(index: number, size: number): Uint8Array[]
  /** What proves `[from, to)` to be in the tree of a size: the full subtrees before it, and that `to` is how the whole began. */
  rangeProof(from: number, to: number, size: number): { left: Uint8Array[]; right: Uint8Array[] }
  /** The COSE receipt (RFC 9942) of an entry in the tree of a checkpoint of ours. */
  coseReceipt(index: number, checkpoint: SignedCheckpoint): Uint8Array
  /** The index of the entry with this leaf hash. */
  find(hash: Uint8Array): Promise<number | undefined>
  /** The latest checkpoint that is durable. */
  checkpoint(): SignedCheckpoint
  /** The same for each of several entries, which share most of what has to be read. */
  proofs(indices: readonly number[], size: number): Uint8Array[][]
  /**
   * A checkpoint that covers an entry: at once, or when it is signed, within a second.
   *
   * @param options `soon` has it signed now
   */
  awaitCheckpoint(index: number, options?: { soon?: boolean }): Promise<SignedCheckpoint>
  /** Tells of every checkpoint once it is durable; what it returns ends that. */
  onCheckpoint(listener: (checkpoint: SignedCheckpoint) => void): () => void
  /** The root of the first so many entries. */
  rootAt(size: number): Uint8Array
  /** The hashes that prove the tree of one size to be how that of a larger one began; none from nothing or to itself. */
  consistency(size1: number, size2: number): Uint8Array[]
  /** Reads every byte again. */
  verify(options?: { onProgress?: (done: number, of: number) => void }): Promise<LedgerVerdict>
}

export interface LedgerParts {
  readonly writer: SqliteConnection
  readonly reader: SqliteConnection
  readonly rows: RowTarget
  readonly key: LedgerKey
  readonly clock: Clock
  /** Whether checkpoints are signed by ML-DSA-44 too. */
  readonly mlDsa?: boolean | undefined
  readonly logger: Pick<Logger, "error">
  readonly committer: GroupCommit
}

/** An open ledger with the handles that its store alone uses. */
export interface OpenedLedger {
  readonly ledger: Ledger
  readonly appender: Appender
  readonly checkpointer: Checkpointer
}

/** Opens the stored ledger, or refuses it with the reason. */
export async function openLedger(parts: LedgerParts): Promise<OpenedLedger> {
  const { writer, reader, rows, key, clock, logger, committer } = parts
  const found = await findLedger(reader)
  const appender = new Appender(
    { db: writer, rows },
    { ...found, clock, onGrown: () => checkpointer.touch() },
  )
  const second = parts.mlDsa === true ? { signer: key.mlDsa(), now: () => clock.now() } : undefined
  const checkpointer = new Checkpointer({
    key,
    second,
    latest: found.latest,
    edge: () => appender.edge,
    readTile: (level, n) => readTile(reader, level, n),
    keep: (checkpoint, before) => committer.enqueue(() => keepCheckpoint(writer, checkpoint, before)),
    onError: (error) => logger.error({ err: error }, "the ledger could not sign a checkpoint"),
  })
  return {
    ledger: over({
      ...parts,
      appender,
      checkpointer,
      mlDsaKey: second ? formatVkey(second.signer.key) : null,
    }),
    appender,
    checkpointer,
  }
}

function over(
  parts: LedgerParts & { appender: Appender; checkpointer: Checkpointer; mlDsaKey: string | null },
): Ledger {
  const { reader, key, committer, appender, checkpointer } = parts
  const size = (): number => appender.edge.frontier.size
  const nodes = () => nodeReader(appender.edge, (l, n) => readTile(reader, l, n))
  const covers = (index: number): void => {
    if (Number.isSafeInteger(index) && index >= 0 && index < size()) return
    throw new Failure("not_found", `the ledger has no entry ${index}: it has ${size()}`)
  }
  return {
    origin: key.origin,
    vkey: key.vkey,
    mlDsaKey: parts.mlDsaKey,
    append: (draft, options) =>
      // An intent may leave once, which the tables alone know of all that ever left.
      committer.enqueue(() => ({ index: appender.append(draft) }), {
        ...options,
        blind: draft.kind !== "intent",
      }),
    size,
    entry: (index) => readEntry(reader, index),
    entries: (from, limit) => readEntries(reader, from, limit),
    entriesOf: (id) => readEntriesOf(reader, id),
    openIntents: () => readOpenIntents(reader),
    proof(index, of) {
      covers(of - 1)
      if (index >= of)
        throw new Failure("not_found", `a tree of ${of} has no entry ${index}: ask for a larger one`)
      return inclusionProof(index, of, nodes(), nativeHash)
    },
    proofs(indices, of) {
      covers(of - 1)
      const late = indices.find((index) => index >= of)
      if (late !== undefined)
        throw new Failure("not_found", `a tree of ${of} has no entry ${late}: ask for a larger one`)
      const read = remembering(nodes())
      return indices.map((index) => inclusionProof(index, of, read, nativeHash))
    },
    rangeProof(from, to, of) {
      const read = nodeReader(appender.edge, (l, n) => readTile(reader, l, n))
      return {
        left: [...frontierAt(from, read).peaks],
        right: to === of ? [] : consistencyProof(to, of, read, nativeHash),
      }
    },
    coseReceipt(index, { note }) {
      const { size: of, root } = parseCheckpoint(parseNote(note).text)
      const path = this.proof(index, of)
      return signCoseReceipt({ ...key.signer, size: of, index, path, root })
    },
    find: (hash) => findLeaf(reader, appender.edge, hash),
    checkpoint: () => checkpointer.latest,
    async awaitCheckpoint(index, { soon = false } = {}) {
      covers(index)
      return checkpointer.covering(index, soon)
    },
    onCheckpoint: (listener) => checkpointer.onSigned(listener),
    rootAt(of) {
      if (of > 0) covers(of - 1)
      return rootAt(of, nodes(), nativeHash)
    },
    consistency(size1, size2) {
      if (size2 > 0) covers(size2 - 1)
      return size1 === 0 || size1 === size2 ? [] : consistencyProof(size1, size2, nodes(), nativeHash)
    },
    verify: ({ onProgress } = {}) => verifyLedger({ db: reader, size: size(), onProgress }),
  }
}

/** Reads each node once. */
function remembering(read: NodeReader): NodeReader {
  const known = new Map<number, Map<number, Uint8Array>>()
  return (level, index) => {
    const ofLevel = known.get(level) ?? new Map<number, Uint8Array>()
    known.set(level, ofLevel)
    const node = ofLevel.get(index) ?? read(level, index)
    ofLevel.set(index, node)
    return node
  }
}

// Compared and swapped: where the last checkpoint is another than the one that this process has signed after, somebody else writes here.
function keepCheckpoint(
  writer: SqliteConnection,
  { size, note }: SignedCheckpoint,
  before: SignedCheckpoint | null,
): void {
  const changed = writer.run(
    `INSERT INTO checkpoint (size, note, digest)
     SELECT ?, ?, ? WHERE (SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1) IS ?`,
    size,
    note,
    digestOf(note),
    before?.note ?? null,
  )
  if (changed === 1) return
  throw new Failure(
    "ledger_ambiguous",
    "the last checkpoint in the database is not the one that this node signed: another process writes there; stop both, and run `hufu log verify`",
  )
}
