import type { Migration } from "../store/migrate.ts"

/**
 * By what registrations are found. Names stand in it as keyed digests alone, so that erasing one leaves nothing of it; it follows from
 * the records, and is made again from them where it does not fit.
 */
export const registrationIndexMigration: Migration = {
  name: "registration index",
  up: `
    CREATE TABLE registration_index (
      id TEXT PRIMARY KEY,
      name BLOB NOT NULL UNIQUE,
      aic BLOB UNIQUE,
      name_look BLOB NOT NULL,
      title_look BLOB NOT NULL,
      owner TEXT NOT NULL,
      agent TEXT,
      ontology BLOB
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX registration_name_look ON registration_index (name_look);
    CREATE INDEX registration_title_look ON registration_index (title_look);
    CREATE INDEX registration_owner ON registration_index (owner);
    CREATE INDEX registration_agent ON registration_index (agent) WHERE agent IS NOT NULL;
    CREATE INDEX registration_ontology ON registration_index (ontology, id) WHERE ontology IS NOT NULL;
  `,
}
