import type { Migration } from "../store/migrate.ts"

/**
 * Which registrations wait for a review, to whom one is offered, and where the statements of each stand in the ledger. It is made again
 * from the records and the ledger, as the rest of the index is.
 */
export const registrationReviewMigration: Migration = {
  name: "registration review",
  up: `
    ALTER TABLE registration_index ADD COLUMN waits INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1));
    ALTER TABLE registration_index ADD COLUMN offered_to TEXT;
    CREATE INDEX registration_waits ON registration_index (id) WHERE waits = 1;
    CREATE INDEX registration_offered ON registration_index (offered_to) WHERE offered_to IS NOT NULL;
    CREATE TABLE registration_statement (
      registration TEXT NOT NULL,
      idx INTEGER NOT NULL,
      PRIMARY KEY (registration, idx)
    ) STRICT, WITHOUT ROWID;
  `,
}
