import type { Migration } from "../../../store/migrate.ts"

/**
 * Groups of agents that work together. Ids, states and times stand open; what they are called and who is in them is sealed with the key of
 * the task for which their leader acts, and goes with it. `key` is a keyed digest of the leader's code and the group's name.
 */
export const groupMigration: Migration = {
  name: "groups",
  up: `
    CREATE TABLE agent_group (
      id TEXT PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      leader TEXT NOT NULL,
      task TEXT NOT NULL,
      is_dissolved INTEGER NOT NULL,
      created INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX agent_group_live ON agent_group (is_dissolved, changed);
  `,
}
