import type { Migration } from "../store/migrate.ts"

/** What witnesses said of this ledger. The cosignatures are evidence; the newest ones speak for all entries before. */
export const witnessMigration: Migration = {
  name: "witness",
  up: `
    CREATE TABLE cosignature (
      size INTEGER NOT NULL,
      witness TEXT NOT NULL,
      at INTEGER NOT NULL,
      lines TEXT NOT NULL,
      PRIMARY KEY (size, witness)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE contradiction (witness TEXT PRIMARY KEY, note TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
}
