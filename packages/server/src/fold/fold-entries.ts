import { equalBytes, leafHash } from "@hufu/core/evidence/merkle"
import { readSize } from "../ledger/ledger-rows.ts"
import { nativeHash } from "../ledger/native-hash.ts"
import { type LedgerVerdict, walkLedger } from "../ledger/verify-ledger.ts"
import { Failure } from "@hufu/core/failure"
import { openReader } from "../store/sqlite-connection.ts"
import type { Store } from "../store/store.ts"
import type { Fold } from "./fold.ts"

/** How far the work is. */
export interface Progress {
  readonly done: number
  readonly of: number
}

const pageRows = 500

/** Folds the first so many entries: every byte, tile and checkpoint of them is verified on the way. */
export async function* foldEntries(
  store: Pick<Store, "folder" | "ledger">,
  fold: Fold,
  size: number,
): AsyncGenerator<Progress, LedgerVerdict> {
  const db = openReader(store.folder.database)
  try {
    // The last ones may be in the journal alone.
    const inTables = Math.min(size, readSize(db))
    const walk = walkLedger({
      db,
      size: inTables,
      pageRows,
      onEntry: (entry, index) => fold.add(entry, index),
    })
    for (;;) {
      const step = await walk.next()
      if (step.done === true) {
        if (step.value.ok) foldOn(store, fold, size)
        return step.value
      }
      yield { done: step.value, of: size }
    }
  } finally {
    db.close()
  }
}

/** Folds what this node has appended since, up to so many entries. */
export function foldOn({ ledger }: Pick<Store, "ledger">, fold: Fold, size: number): void {
  while (fold.size < size)
    for (const { entry, index, bytes, hash } of ledger.entries(fold.size, Math.min(1000, size - fold.size))) {
      if (!equalBytes(leafHash(bytes, nativeHash), hash))
        throw new Failure(
          "ledger_ambiguous",
          `entry ${index} does not hash to its leaf: stop the node, and run \`hufu log verify\``,
        )
      fold.add(entry, index)
    }
}
