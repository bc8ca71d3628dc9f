import type { Insertable, Selectable } from "kysely"

/** What the ledger holds, one row per entry: the exact bytes, and what is needed to find them. */
export interface EntryTable {
  readonly idx: number
  readonly at: number
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  /** The action or hold that the entry is about, and whether it is the intent that lets the action leave. */
  readonly action: string | null
  readonly hold: string | null
  readonly performed: 1 | null
}

/** Fold: performed intents whose outcome is not in the ledger yet. */
export interface OpenIntentTable {
  readonly action: string
  readonly idx: number
}

/** A full tile of 256 hashes. */
export interface TileTable {
  readonly level: number
  readonly n: number
  readonly bytes: Uint8Array
}

export interface CheckpointTable {
  readonly size: number
  readonly note: string
}

/** What this data folder is: the ledger's origin and public key. */
export interface MetaTable {
  readonly key: string
  readonly value: string
}

/** Vault: one wrapped key per subject; without it the subject's rows are noise. */
export interface VaultKeyTable {
  readonly subject: string
  readonly wrapped: Uint8Array
}

export interface VaultTable {
  readonly id: string
  readonly subject: string
  readonly nonce: Uint8Array
  readonly body: Uint8Array
}

/** Every table of the store. */
export interface Database {
  checkpoint: CheckpointTable
  entry: EntryTable
  meta: MetaTable
  open_intent: OpenIntentTable
  tile: TileTable
  vault: VaultTable
  vault_key: VaultKeyTable
}

export type Row<T extends keyof Database> = Selectable<Database[T]>
export type NewRow<T extends keyof Database> = Insertable<Database[T]>
