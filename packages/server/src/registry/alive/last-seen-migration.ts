import type { Migration } from "../../store/migrate.ts"

/** When each registered agent was heard of last, by ids and times alone; it is written now and then, and nothing rests on it. */
export const lastSeenMigration: Migration = {
  name: "last seen",
  up: `
    CREATE TABLE last_seen (
      registration TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
