import type { SqliteConnection } from "./sqlite-connection.ts"

/** Writes what the database says of itself under a key. */
export const setMeta =
  "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value"

/** What the database says of itself; undefined when it says nothing under this key. */
export function readMeta(db: SqliteConnection, key: string): string | undefined {
  const value = db.get("SELECT value FROM meta WHERE key = ?", key)?.["value"]
  return typeof value === "string" ? value : undefined
}
