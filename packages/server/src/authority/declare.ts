import type { JsonValue } from "@hufu/core/json/json-value"
import type { StatementEntry } from "@hufu/core/evidence/entry"
import type { Tx } from "../store/store.ts"
import type { Vault } from "../ledger/vault.ts"

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

/** A time as a statement says it openly. */
export function saidTime(ms: number): string {
  return `ms-${ms}`
}

/** A yes or no as a statement says it openly. */
export function saidYes(is: boolean): string {
  return is ? "yes" : "no"
}

export function declareWith(vault: Vault): Declare {
  return function declare(tx, { fact, subject, by, refs, content }) {
    // Ids in the vault are used once; the index makes this one unique.
    const id = `${subject}/${fact}/${tx.nextIndex()}`
    const digest = content === undefined ? undefined : vault.put(tx, { id, subject, value: content })
    return tx.append({
      kind: "statement",
      fact,
      subject,
      ...(by ? { by } : {}),
      ...(refs ? { refs: { ...refs } } : {}),
      ...(digest ? { digest } : {}),
    })
  }
}
