import { isFailure } from "@hufu/core/failure"
import type { SqliteConnection } from "../store/sqlite-connection.ts"
import { isDamaged } from "../store/storage-error.ts"
import { type LedgerFault, ledgerFault } from "./ledger-fault.ts"
import { readSize } from "./ledger-rows.ts"
import { readLedger } from "./verify-ledger.ts"
import { readVault } from "./verify-vault.ts"

/**
 * Reads the ledger and the form of the vault's rows once, a slice at a time, and yields how far it is; ends with the first fault, or
 * null. Where SQLite itself cannot read on, that is the fault.
 */
export async function* readTables(
  db: SqliteConnection,
  slice: number,
): AsyncGenerator<{ entries: number; of: number }, LedgerFault | null> {
  let entries = 0
  let of = 0
  try {
    of = readSize(db)
    const reading = readLedger({ db, size: of, pageRows: slice })
    for (;;) {
      const step = await reading.next()
      if (step.done === true) {
        if (!step.value.ok) return step.value.fault
        break
      }
      entries = step.value
      yield { entries, of }
    }
    for (const fault of readVault(db, slice)) {
      if (fault !== null) return fault
      yield { entries, of }
    }
    return null
  } catch (error) {
    // The pages themselves: SQLite cannot read on, or a table names no key.
    if (isDamaged(error) || isFailure(error, "ledger_ambiguous")) return ledgerFault.damagedTables(entries)
    throw error
  }
}
