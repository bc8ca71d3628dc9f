import type { Migration } from "../store/migrate.ts"

/** Folds of the authority: the current state of each noun, and what is spent of each budget. */
export const authorityMigration: Migration = {
  name: "authority",
  up: `
    CREATE TABLE record (
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      state TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX record_state ON record (kind, state, at);

    CREATE TABLE spent (
      mandate TEXT NOT NULL,
      grant_index INTEGER NOT NULL,
      count INTEGER NOT NULL,
      amount INTEGER NOT NULL,
      PRIMARY KEY (mandate, grant_index)
    ) STRICT, WITHOUT ROWID;
  `,
}
