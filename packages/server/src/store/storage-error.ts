import { Failure } from "@hufu/core/failure"
import { codeOf } from "./secret-file.ts"

// SQLite's primary result codes that speak of the disk or the file, not of the statement.
const storageCodes: Readonly<Record<number, string>> = {
  5: "another program holds the database: stop it",
  7: "memory ran out",
  8: "the data folder is read-only: make it writable",
  10: "the disk reported an error: check it",
  11: "the database is damaged: restore a backup",
  13: "the disk is full: make room",
  14: "the database cannot be opened: check the data folder",
  26: "the file is not a database: restore a backup",
}

// The same from the operating system, before SQLite has the file.
const systemCodes: Readonly<Record<string, string>> = {
  EACCES: "the data folder is read-only or another account's: make it writable",
  EDQUOT: "the disk quota is used up: make room",
  EIO: "the disk reported an error: check it",
  ENOSPC: "the disk is full: make room",
  EPERM: "the data folder is read-only or another account's: make it writable",
  EROFS: "the data folder is on a read-only file system: make it writable",
}

/** Turns an error of the disk into a Failure that says what to do; any other error stays as it is. */
export function asStoreError(error: unknown): unknown {
  const reason = storageReason(error)
  return reason === undefined ? error : new Failure("store_unavailable", reason, { cause: error })
}

/** The same for a step that nothing but the store can have failed. */
export function asUnavailable(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure("store_unavailable", storageReason(error) ?? "the store could not commit: see the log", {
    cause: error,
  })
}

/** Whether a statement failed because a row with that key exists. */
export function isUniqueViolation(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === 2067 || code === 1555
}

/** Whether another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return ((sqliteCode(error) ?? 0) & 0xff) === 5
}

/** Whether SQLite found that the file itself is damaged. */
export function isDamaged(error: unknown): boolean {
  const code = (sqliteCode(error) ?? 0) & 0xff
  return code === 11 || code === 26
}

function storageReason(error: unknown): string | undefined {
  const code = sqliteCode(error)
  return code === undefined ? systemCodes[codeOf(error) ?? ""] : storageCodes[code & 0xff]
}

// node:sqlite puts SQLite's extended result code into `errcode`.
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined
  return typeof error.errcode === "number" ? error.errcode : undefined
}
