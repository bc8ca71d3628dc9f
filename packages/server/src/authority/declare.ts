import type { JsonValue } from "@hufu/core/json/json-value"
import type { Entry } from "@hufu/core/evidence/entry"
import type { Clock } from "../clock.ts"
import type { Tx } from "../store/store.ts"
import type { Vault } from "../ledger/vault.ts"

type StatementEntry = Extract<Entry, { kind: "statement" }>

export interface Statement {
  readonly fact: StatementEntry["fact"]
  readonly subject: string
  readonly by?: string
  /** Ids, digests and fixed words only. */
  readonly refs?: Readonly<Record<string, string>>
  /** Free or identifying values: only their salted commitment is in the ledger, the content is in the vault. */
  readonly content?: JsonValue
}

/** Writes one statement into the ledger in this commit. */
export type Declare = (tx: Tx, statement: Statement) => number

export function declareWith(vault: Vault, clock: Clock): Declare {
  return function declare(tx, { fact, subject, by, refs, content }) {
    const entry: StatementEntry = { v: 1, kind: "statement", at: clock.now(), fact, subject }
    if (by) entry.by = by
    if (refs) entry.refs = { ...refs }
    if (content !== undefined) {
      const id = `${subject}/${fact}/${tx.nextIndex()}`
      entry.digest = vault.put(tx, { id, subject, value: content })
    }
    return tx.append(entry)
  }
}
