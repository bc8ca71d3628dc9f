import { verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import { equalBytes, rootAt } from "@hufu/core/evidence/merkle"
import type { SqliteConnection } from "../store/sqlite-connection.ts"
import { readVerifiers } from "./ledger-verifiers.ts"
import { readSize, readTile } from "./ledger-rows.ts"
import { findLedger } from "./ledger-start.ts"
import { nativeHash } from "./native-hash.ts"
import { nodeReader } from "./tile-tree.ts"

/**
 * What a ledger is to a checkpoint that somebody kept of it. `contained`: it began just so. `beyond`: it is shorter. `restored`: it left
 * that history when it was restored, and says so at `epoch`. `forked`: it shows another history and does not say why. `foreign`: no key
 * of this ledger signed the checkpoint.
 */
export type Comparison =
  | { readonly is: "contained" | "beyond" | "forked"; readonly size: number }
  | { readonly is: "restored"; readonly size: number; readonly epoch: number }
  | { readonly is: "foreign" }

/** Compares a ledger with a checkpoint. UNTRUSTED note. */
export async function compareCheckpoint(db: SqliteConnection, note: string): Promise<Comparison> {
  const checkpoint = await signedBy(db, note)
  if (checkpoint === null) return { is: "foreign" }
  return compareState(db, checkpoint)
}

/** The same for a state whose signature needs no check, because we kept it ourselves. */
export async function compareState(
  db: SqliteConnection,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
): Promise<Exclude<Comparison, { is: "foreign" }>> {
  const read = (level: number, n: number): Uint8Array => readTile(db, level, n)
  const { edge } = await findLedger(db)
  const here = readSize(db)
  const isSame = size <= here && equalBytes(rootAt(size, nodeReader(edge, read), nativeHash), root)
  if (isSame) return { is: "contained", size }
  const epoch = firstEpochBelow(db, size)
  if (epoch !== null) return { is: "restored", size, epoch }
  return { is: size > here ? "beyond" : "forked", size }
}

async function signedBy(db: SqliteConnection, note: string) {
  // After a restore the other history may have changed its key at another size: any key of the ledger will do.
  const verifiers = readVerifiers(db)
  const keys = [...new Set([0, ...formerSizes(db)].flatMap((size) => verifiers(size + 1)))]
  for (const key of keys) {
    const verdict = await verifyCheckpoint(note, key).catch(() => null)
    if (verdict?.ok) return verdict.checkpoint
  }
  return null
}

function formerSizes(db: SqliteConnection): number[] {
  return restoredAndRekeyed(db)
    .filter(({ fact }) => fact === "ledger.rekeyed")
    .map(({ index }) => index + 1)
}

// An epoch begins at the index of its entry: what was signed over more entries than that is of the time before.
function firstEpochBelow(db: SqliteConnection, size: number): number | null {
  const epochs = restoredAndRekeyed(db).filter(({ fact }) => fact === "ledger.restored")
  return epochs.find(({ index }) => index < size)?.index ?? null
}

function restoredAndRekeyed(db: SqliteConnection): { index: number; fact: string }[] {
  // Cheap first, exact second: only statements about the ledger are decoded.
  const rows = db.all(
    `SELECT idx, bytes FROM entry WHERE action IS NULL AND hold IS NULL
     AND instr(bytes, CAST('"subject":"ledger"' AS BLOB)) > 0 ORDER BY idx`,
  ) as { idx: number; bytes: Uint8Array }[]
  return rows.flatMap(({ idx, bytes }) => {
    const entry = decodeEntry(bytes)
    return entry.kind === "statement" ? [{ index: idx, fact: entry.fact }] : []
  })
}
