import { randomBytes } from "node:crypto"
import { signCheckpoint } from "@hufu/core/evidence/checkpoint"
import { consistencyProof } from "@hufu/core/evidence/consistency"
import { leafHash, type NodeReader, rootFromLeaves } from "@hufu/core/evidence/merkle"
import { formatWitnessRequest } from "@hufu/core/evidence/witness-request"
import { createLedgerKey, type LedgerKey } from "../../ledger/ledger-key.ts"

/** A log from its leaves alone: every root and proof is recomputed, so that it shares nothing with what it tests. */
export class HandMadeLog {
  readonly key: LedgerKey
  readonly entries: Uint8Array[]

  constructor(key: LedgerKey = createLedgerKey("log.example/hand-made").key, entries: Uint8Array[] = []) {
    this.key = key
    this.entries = [...entries]
  }

  grow(count: number): this {
    for (let i = 0; i < count; i += 1) this.entries.push(randomBytes(40))
    return this
  }

  /** Another history under the same key: the same first entries, and others after them. */
  forkAt(size: number, more: number): HandMadeLog {
    return new HandMadeLog(this.key, this.entries.slice(0, size)).grow(more)
  }

  leaves(size: number): Uint8Array[] {
    return this.entries.slice(0, size).map((entry) => leafHash(entry))
  }

  root(size: number = this.entries.length): Uint8Array {
    return rootFromLeaves(this.leaves(size))
  }

  checkpoint(size: number = this.entries.length): string {
    return signCheckpoint({ origin: this.key.origin, size, root: this.root(size) }, this.key.signer)
  }

  proof(from: number, to: number): Uint8Array[] {
    const leaves = this.leaves(to)
    const read: NodeReader = (level, index) =>
      rootFromLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
    return from === 0 || from === to ? [] : consistencyProof(from, to, read)
  }

  request(old: number, size: number = this.entries.length): string {
    return formatWitnessRequest({ old, proof: this.proof(old, size), note: this.checkpoint(size) })
  }
}
