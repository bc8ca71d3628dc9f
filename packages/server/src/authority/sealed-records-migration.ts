import type { Migration } from "../store/migrate.ts"

/** What is free or identifying in a record is sealed with the key of its subject; rows from before are sealed at the next start. */
export const sealedRecordsMigration: Migration = {
  name: "sealed records",
  up: `
    ALTER TABLE record ADD COLUMN subject TEXT;
    ALTER TABLE record ADD COLUMN sealed BLOB;
    CREATE INDEX record_subject ON record (subject) WHERE subject IS NOT NULL;
  `,
}
