import type { Migration } from "../../store/migrate.ts"

/**
 * What other registries are told of, and what is known of theirs. `registration_change`: of each registration that was ever approved the
 * entry of the ledger by which others last saw it change, and the one that approved it. It follows from the ledger.
 * `mirror`: what other registries keep, encrypted under the key of the peer it came from, with how far each peer is. Both can be fetched
 * again. `webhook`: who is told of changes.
 */
export const syncMigration: Migration = {
  name: "registry sync",
  up: `
    CREATE TABLE registration_change (
      id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL UNIQUE,
      approved INTEGER NOT NULL,
      ended INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX registration_change_ended ON registration_change (ended) WHERE ended IS NOT NULL;
    INSERT INTO meta (key, value) SELECT 'registrations.changes', 'yes'
      WHERE NOT EXISTS (SELECT 1 FROM record WHERE kind = 'registration');

    CREATE TABLE mirror (
      id TEXT PRIMARY KEY,
      peer TEXT NOT NULL,
      seq INTEGER NOT NULL,
      round INTEGER NOT NULL,
      usable INTEGER NOT NULL CHECK (usable IN (0, 1)),
      name BLOB NOT NULL,
      aic BLOB NOT NULL,
      body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX mirror_peer ON mirror (peer, usable);
    CREATE INDEX mirror_name ON mirror (name);
    CREATE INDEX mirror_aic ON mirror (aic);

    CREATE TABLE peer_position (peer TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE webhook (
      id TEXT PRIMARY KEY,
      body TEXT NOT NULL,
      sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
