/**
 * What a table is. `ledger`: the evidence itself, which only grows; `fold`: follows from the ledger and can be made again from it;
 * `vault`: keys and encrypted content, backed up and erasable; `ephemeral`: what only this running or this file needs.
 */
export type TableClass = "ledger" | "fold" | "vault" | "ephemeral"

/** Every table of a data folder. A new one has to be classified: a test compares this with the database. */
export const tableClasses: Readonly<Record<string, TableClass>> = {
  entry: "ledger",
  checkpoint: "ledger",
  cosignature: "ledger",
  contradiction: "ledger",
  tile: "fold",
  open_intent: "fold",
  action_under: "fold",
  record: "fold",
  spent: "fold",
  registration_index: "fold",
  registration_change: "fold",
  registration_statement: "fold",
  vault_key: "vault",
  vault: "vault",
  delegation: "vault",
  delegation_event: "vault",
  early_notice: "vault",
  agent_group: "vault",
  seen_proof: "ephemeral",
  person_use: "ephemeral",
  oauth_item: "ephemeral",
  mirror: "ephemeral",
  peer_position: "ephemeral",
  webhook: "ephemeral",
  last_seen: "ephemeral",
  meta: "ephemeral",
  migration: "ephemeral",
}

/**
 * Members of records that change without a statement, because no decision's evidence rests on them: they are neither compared nor
 * made again.
 */
export const ephemeralMembers: Readonly<Record<string, readonly string[]>> = {
  person: ["misses"],
  passkey: ["counter", "usedAt"],
  browser: ["usedAt"],
  device: ["number"],
}

/** Members that nobody is shown. */
export const secretMembers: Readonly<Record<string, readonly string[]>> = {
  person: ["salt", "hash"],
  credential: ["hash", "about"],
  browser: ["hash"],
  passkey: ["credential", "publicKey"],
  place: ["feature"],
  protection: ["name", "born", "band", "how", "zone", "guardian"],
  position: ["position"],
  mismatch: ["running"],
  registrar: ["salt"],
  peer: ["url", "vkey"],
  developer: ["kind", "name", "country", "creditCode", "account", "proofs", "documents"],
  registration: ["aic", "ontology", "content", "proofs", "mirror", "proposal", "reason"],
}
