import type { Migration } from "./migrate.ts"

/**
 * Every row of the governed state says who wrote it. Rows from before get their proof at the next start, once. An approval of before
 * that is not used yet has none of its own, and asks again.
 */
export const recordProofMigration: Migration = {
  name: "proven records",
  up: `
    ALTER TABLE record ADD COLUMN proof BLOB;
    UPDATE record SET state = 'waiting', body = json_set(body, '$.state', 'waiting', '$.approval', NULL,
        '$.approvedDigest', NULL, '$.decision', NULL, '$.decidedAt', NULL)
      WHERE kind = 'hold' AND state = 'approved';
  `,
}
