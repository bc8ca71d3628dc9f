import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { Failure } from "@hufu/core/failure"

/** The one folder that holds everything a node keeps, and the names of what is in it. */
export interface DataFolder {
  readonly path: string
  readonly database: string
  readonly journal: string
  readonly lock: string
  readonly pid: string
  readonly ledgerKey: string
  readonly vaultKey: string
  readonly checkedRules: string
}

/** Makes the data folder if need be, closed to other accounts; one that is open to them refuses. */
export function prepareDataFolder(dataDir: string): DataFolder {
  const path = resolve(dataDir)
  const keys = join(path, "keys")
  const folder: DataFolder = {
    path,
    database: join(path, "hufu.db"),
    journal: join(path, "hufu.journal"),
    lock: join(path, "hufu.lock"),
    pid: join(path, "hufu.pid"),
    ledgerKey: join(keys, "ledger.key"),
    vaultKey: join(keys, "vault.key"),
    checkedRules: join(path, "rules.checked"),
  }
  const isNew = !existsSync(folder.database)
  for (const each of [path, keys]) closeToOthers(each, isNew)
  return folder
}

/** The folder of a node that has been started once; Failure("not_found") for any other. */
export function usedDataFolder(dataDir: string): DataFolder {
  if (existsSync(join(resolve(dataDir), "hufu.db"))) return prepareDataFolder(dataDir)
  throw new Failure("not_found", `\`${dataDir}\` holds no node: choose its folder with --data`)
}

/** Makes a folder if need be, and refuses one that others could look into or that is theirs. */
export function closeToOthers(path: string, isNew: boolean): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (process.platform === "win32") return
  const stat = statSync(path)
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new Failure(
      "unsafe_permissions",
      `\`${path}\` belongs to another account: choose another data folder`,
    )
  }
  if ((stat.mode & 0o077) === 0) return
  // A folder that somebody just made for us has the usual open mode; one in use that was opened since is suspect.
  if (isNew) return chmodSync(path, 0o700)
  throw new Failure("unsafe_permissions", `\`${path}\` is open to other accounts: run chmod 700 on it`)
}
