import type { Migration } from "../store/migrate.ts"

/**
 * A checkpoint is kept with the SHA-256 of its note: a second signature that was damaged shows nowhere else. Checkpoints of before have
 * one byte in its place, which no flipped bit makes of a digest.
 */
export const checkpointDigestMigration: Migration = {
  name: "checkpoint digests",
  up: `ALTER TABLE checkpoint ADD COLUMN digest BLOB NOT NULL DEFAULT x'00' CHECK (length(digest) IN (1, 32))`,
}
