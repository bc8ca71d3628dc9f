import type { Migration } from "../../store/migrate.ts"

/**
 * What agents asked of each other, and what came of it. Ids, states and times stand open; whatever was said is sealed with the key of the
 * task that it was said for, and goes with it. `key` is a keyed digest of the asking agent, the partner and the name they gave it.
 */
export const delegationMigration: Migration = {
  name: "delegations",
  up: `
    CREATE TABLE delegation (
      id TEXT PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      partner_key TEXT UNIQUE,
      agent TEXT NOT NULL,
      server TEXT NOT NULL,
      task TEXT NOT NULL,
      state TEXT NOT NULL,
      is_ended INTEGER NOT NULL,
      created INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX delegation_of ON delegation (agent, server, changed);
    CREATE INDEX delegation_live ON delegation (is_ended, changed);
    CREATE TABLE delegation_event (
      delegation TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      body BLOB NOT NULL,
      PRIMARY KEY (delegation, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE early_notice (
      id TEXT PRIMARY KEY,
      key TEXT NOT NULL,
      agent TEXT NOT NULL,
      task TEXT NOT NULL,
      at INTEGER NOT NULL,
      body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX early_notice_key ON early_notice (key);
  `,
}
