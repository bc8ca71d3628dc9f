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

/**
 * Which orders stand on which others: ids alone. `action` is that of a delegation's latest order, `under` that of the order because of which it
 * was given, `root` the one at the top of its trace, `above` the delegation whose order that was. `action_under` has every action that was attempted under an order.
 */
export const traceMigration: Migration = {
  name: "traces",
  up: `
    ALTER TABLE delegation ADD COLUMN action TEXT;
    ALTER TABLE delegation ADD COLUMN under TEXT;
    ALTER TABLE delegation ADD COLUMN root TEXT;
    ALTER TABLE delegation ADD COLUMN above TEXT;
    CREATE INDEX delegation_root ON delegation (root) WHERE root IS NOT NULL;
    CREATE INDEX delegation_action ON delegation (action) WHERE action IS NOT NULL;
    CREATE TABLE action_under (
      action TEXT PRIMARY KEY,
      under TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX action_below ON action_under (under);
  `,
}
