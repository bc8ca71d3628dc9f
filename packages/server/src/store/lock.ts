import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { Failure } from "@hufu/core/failure"
import { isBusy } from "./storage-error.ts"

/** The files of a lock, and the folder that it stands for. */
export interface LockPlace {
  readonly path: string
  readonly lock: string
  readonly pid: string
}

/** Proof that this process alone uses a data folder. */
export interface DataLock {
  release(): void
}

/**
 * Takes the data folder for this process, or refuses and names the one that has it.
 *
 * INVARIANT: the lock is the operating system's, on an open file, so that it ends with the process however that
 * dies. No other code may open the lock file: on POSIX, closing any descriptor of it would drop the lock.
 */
export function lockDataFolder(folder: LockPlace): DataLock {
  const lock = tryLockFile(folder.lock)
  if (lock === null) throw new Failure("data_folder_in_use", sentence(folder))
  try {
    writeFileSync(folder.pid, `${process.pid}\n`, { mode: 0o600 })
  } catch (error) {
    lock.release()
    throw error
  }
  return {
    release() {
      rmSync(folder.pid, { force: true })
      lock.release()
    },
  }
}

/** Locks a file for this process; null when another one, or another part of this one, has it. */
export function tryLockFile(path: string): DataLock | null {
  const db = new DatabaseSync(path)
  try {
    db.exec("PRAGMA journal_mode = DELETE")
    // By its name: a descriptor that is closed again would drop the lock.
    if (process.platform !== "win32") chmodSync(path, 0o600)
    db.exec("BEGIN EXCLUSIVE")
  } catch (error) {
    db.close()
    if (isBusy(error)) return null
    throw error
  }
  return { release: () => db.close() }
}

function sentence(folder: LockPlace): string {
  const pid = readPid(folder.pid)
  const who = pid === null ? "another process" : `process ${pid}`
  return `the data folder \`${folder.path}\` is in use by ${who}: end that process (Ctrl+C in its terminal), or choose another data folder`
}

// The number only words the refusal; a stale or foreign one changes nothing about who holds the lock.
function readPid(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, "utf8").trim())
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}
