import type { Migration } from "../store/migrate.ts"

/** Proofs that were used and could be sent again until they end. */
export const seenProofsMigration: Migration = {
  name: "seen proofs",
  up: `
    CREATE TABLE seen_proof (
      id TEXT PRIMARY KEY,
      until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX seen_proof_until ON seen_proof (until);
  `,
}
