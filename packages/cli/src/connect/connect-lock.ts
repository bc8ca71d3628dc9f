import { closeSync, mkdirSync, openSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Failure } from "@hufu/core/failure"
import { prepareDataFolder } from "@hufu/server/store/data-folder"
import { isBusy } from "@hufu/server/store/storage-error"

/** Where a data folder keeps what was changed in clients' configs. */
export function connectFolder(dataFolder: string): string {
  return join(dataFolder, "connect")
}

/**
 * Does the work while no other process connects or disconnects. INVARIANT: the lock is the operating system's, on an open file, so
 * that it ends with the process however that dies.
 */
export async function withConnectLock<T>(dataFolder: string, work: () => Promise<T>): Promise<T> {
  prepareDataFolder(dataFolder)
  const folder = connectFolder(dataFolder)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = join(folder, "lock")
  // Made closed to others; SQLite would not.
  closeSync(openSync(lock, "a", 0o600))
  const db = new DatabaseSync(lock)
  try {
    db.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE")
  } catch (error) {
    db.close()
    if (!isBusy(error)) throw error
    throw new Failure(
      "data_folder_in_use",
      "another `hufu connect` or `hufu disconnect` is at work: try again when it has ended",
      { cause: error },
    )
  }
  try {
    return await work()
  } finally {
    db.close()
  }
}
