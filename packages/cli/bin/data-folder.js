import { homedir } from "node:os"
import { join, resolve } from "node:path"

/** Where a node keeps everything unless `--data` or HUFU_DATA says otherwise. */
export function defaultDataFolder(environment = process.env) {
  const chosen = environment["HUFU_DATA"]
  if (chosen) return resolve(chosen)
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "hufu")
  if (process.platform === "win32")
    return join(environment["LOCALAPPDATA"] || join(homedir(), "AppData", "Local"), "hufu")
  return join(environment["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "hufu")
}
