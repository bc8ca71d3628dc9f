import { type VerifierKey, formatVkey, parseVkey } from "@hufu/core/evidence/vkey"
import { Failure } from "@hufu/core/failure"
import { openWriter, type SqliteConnection } from "../store/sqlite-connection.ts"
import { inTransaction } from "../store/in-transaction.ts"
import { originDigest } from "./origin-digest.ts"
import type { WitnessFolder } from "./witness-folder.ts"

/** The largest tree of a log that a witness has cosigned. */
export interface Cosigned {
  readonly size: number
  readonly root: Uint8Array
  /** The checkpoint with the log's signature and the witness's own. */
  readonly note: string
}

/** A log that a witness watches. */
export interface WatchedLog {
  readonly origin: string
  readonly keys: readonly VerifierKey[]
  readonly latest: Cosigned | null
}

type Setting = "name" | "ed25519" | "ml-dsa"

/** All that a witness remembers; every change is on the disk when its call returns. */
export interface WitnessState {
  setting(name: Setting): string | null
  set(name: Setting, value: string): void
  hasSigned(): boolean
  logs(): WatchedLog[]
  log(origin: string): WatchedLog | null
  /** The log whose origin has this SHA-256, in hex. */
  logOfDigest(digest: string): WatchedLog | null
  /** Watches a log, or takes one more key of a log that is watched. */
  add(key: VerifierKey): void
  /** Forgets a log and what was cosigned of it. */
  forget(origin: string): void
  /** The latest time that any cosignature states, in whole seconds. */
  lastAt(): number
  /**
   * Looks at what was cosigned last and keeps what follows it, in one transaction over all processes: two requests
   * that race cannot both go on from the same tree. What `decide` returns without `keep` changes nothing.
   */
  decide<T>(origin: string, decide: (latest: Cosigned | null) => { answer: T; keep?: KeptCosignature }): T
  close(): void
}

export interface KeptCosignature extends Cosigned {
  readonly atSeconds: number
}

const maxLogs = 10_000
const schema = `
  CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS log_key (origin TEXT NOT NULL, digest TEXT NOT NULL, vkey TEXT NOT NULL,
    PRIMARY KEY (origin, vkey)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS log_digest ON log_key (digest);
  CREATE TABLE IF NOT EXISTS cosigned (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
    note TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS stated (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS cosigned_grows BEFORE UPDATE ON cosigned
    WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
    BEGIN SELECT RAISE(ABORT, 'a witness never goes back'); END;`

/** Opens what a witness remembers. */
export function openWitnessState(folder: WitnessFolder): WitnessState {
  const db = openWriter(folder.database)
  db.exec(schema)
  const log = (origin: string): WatchedLog | null => {
    // STRICT columns: SQLite itself keeps these types, here and below.
    const keys = db.all("SELECT vkey FROM log_key WHERE origin = ? ORDER BY vkey", origin) as {
      vkey: string
    }[]
    if (keys.length === 0) return null
    return { origin, keys: keys.map(({ vkey }) => parseVkey(vkey)), latest: latestOf(db, origin) }
  }
  const setting = (name: Setting): string | null => {
    const value = db.get("SELECT value FROM setting WHERE name = ?", name)?.["value"]
    return typeof value === "string" ? value : null
  }
  const lastAt = (): number => Number(db.get("SELECT at FROM stated")?.["at"] ?? 0)
  return {
    setting,
    set: (name, value) =>
      void db.run(
        "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
        name,
        value,
      ),
    hasSigned: () => lastAt() > 0,
    logs() {
      const rows = db.all("SELECT DISTINCT origin FROM log_key ORDER BY origin") as { origin: string }[]
      return rows.flatMap(({ origin }) => log(origin) ?? [])
    },
    log,
    logOfDigest(digest) {
      const row = db.get("SELECT origin FROM log_key WHERE digest = ? LIMIT 1", digest)
      return row === undefined ? null : log((row as { origin: string }).origin)
    },
    add(key) {
      if (key.algorithm === "cosignature")
        throw new Failure(
          "invalid_input",
          "that is the key of a witness: give the key of a log, as `hufu log checkpoint` shows it",
        )
      const count = Number(db.get("SELECT count(*) AS n FROM log_key")?.["n"] ?? 0)
      if (count >= maxLogs) throw new Failure("too_many", `a witness watches ${maxLogs} keys at most`)
      const sql = "INSERT INTO log_key (origin, digest, vkey) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
      db.run(sql, key.name, originDigest(key.name), formatVkey(key))
    },
    forget(origin) {
      inTransaction(db, () => {
        if (db.run("DELETE FROM log_key WHERE origin = ?", origin) === 0)
          throw new Failure(
            "not_found",
            "this witness does not watch that log: `hufu witness list` shows all",
          )
        db.run("DELETE FROM cosigned WHERE origin = ?", origin)
      })
    },
    lastAt,
    decide(origin, decide) {
      return inTransaction(db, () => {
        const { answer, keep } = decide(latestOf(db, origin))
        if (keep !== undefined) {
          const { size, root, note, atSeconds } = keep
          db.run(
            `INSERT INTO cosigned (origin, size, root, note, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET size = ?2, root = ?3, note = ?4, at = ?5`,
            origin,
            size,
            root,
            note,
            atSeconds,
          )
          db.run(
            "INSERT INTO stated (one, at) VALUES (1, ?1) ON CONFLICT DO UPDATE SET at = max(at, ?1)",
            atSeconds,
          )
        }
        return answer
      })
    },
    close: () => db.close(),
  }
}

function latestOf(db: SqliteConnection, origin: string): Cosigned | null {
  const row = db.get("SELECT size, root, note FROM cosigned WHERE origin = ?", origin)
  return row === undefined ? null : (row as unknown as Cosigned)
}
