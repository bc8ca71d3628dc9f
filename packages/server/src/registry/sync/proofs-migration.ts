import type { Migration } from "../../store/migrate.ts"

/**
 * Of each registration that others are told of: the entry that says whether its agent may be used, which its place is not always of, and
 * the last one that says what of it is verified, where that is later than its approval.
 */
export const proofsMigration: Migration = {
  name: "registry sync of proofs",
  up: `
    ALTER TABLE registration_change ADD COLUMN said INTEGER;
    ALTER TABLE registration_change ADD COLUMN proved INTEGER;
    UPDATE registration_change SET said = seq / 128;
  `,
}
