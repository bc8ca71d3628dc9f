import type { Migration } from "./migrate.ts"

/** Ledger and vault. What is appended can be neither changed nor deleted through any connection of a node. */
export const evidenceMigration: Migration = {
  name: "evidence",
  up: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE entry (
      idx INTEGER PRIMARY KEY CHECK (idx >= 0),
      at INTEGER NOT NULL,
      bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 16384),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      action TEXT,
      hold TEXT,
      performed INTEGER CHECK (performed = 1)
    ) STRICT;
    -- nulls differ from each other: an action has any number of entries, but one intent that lets it leave
    CREATE UNIQUE INDEX entry_action ON entry (action, performed) WHERE action IS NOT NULL;
    CREATE INDEX entry_hold ON entry (hold) WHERE hold IS NOT NULL;
    CREATE TABLE open_intent (action TEXT PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE tile (
      level INTEGER NOT NULL,
      n INTEGER NOT NULL,
      bytes BLOB NOT NULL CHECK (length(bytes) = 8192),
      PRIMARY KEY (level, n)
    ) STRICT;
    CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;

    CREATE TRIGGER entry_keeps BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
    CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
    CREATE TRIGGER tile_keeps BEFORE UPDATE ON tile BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
    CREATE TRIGGER tile_stays BEFORE DELETE ON tile BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
    CREATE TRIGGER checkpoint_keeps BEFORE UPDATE ON checkpoint
      BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
    CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint
      BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;

    CREATE TABLE vault_key (subject TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE vault (
      id TEXT PRIMARY KEY,
      subject TEXT NOT NULL REFERENCES vault_key (subject),
      nonce BLOB NOT NULL CHECK (length(nonce) = 12),
      body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX vault_subject ON vault (subject);
  `,
}
