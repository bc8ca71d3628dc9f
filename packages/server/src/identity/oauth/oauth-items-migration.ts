import type { Migration } from "../../store/migrate.ts"

/** What the authorisation server has to remember: clients, grants and refresh tokens, under digests of what they are found by. */
export const oauthItemsMigration: Migration = {
  name: "oauth items",
  up: `
    CREATE TABLE oauth_item (
      id TEXT PRIMARY KEY,
      model TEXT NOT NULL,
      of_grant TEXT,
      until INTEGER NOT NULL,
      body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX oauth_item_grant ON oauth_item (of_grant) WHERE of_grant IS NOT NULL;
    CREATE INDEX oauth_item_until ON oauth_item (until);
  `,
}
