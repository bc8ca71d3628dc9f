import type { Migration } from "../store/migrate.ts"

/** How long people have used agents and what was spent for them, so that a restart gives nothing back. */
export const useMigration: Migration = {
  name: "use",
  up: `
    CREATE TABLE person_use (
      person TEXT PRIMARY KEY,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
