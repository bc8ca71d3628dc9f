// Plain JavaScript like all that runs before compiled modules are at hand: the first TypeScript that is not among them
// has its compiler loaded, which takes longer than many a command.
import { existsSync, lstatSync, mkdirSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { join, resolve } from "node:path"
import { defaultDataFolder } from "./data-folder.js"

/** For the data folder that a command line names, if a node already keeps its data there: what only asks leaves no traces elsewhere. */
export function keepCompiledOf(argv) {
  const at = argv.indexOf("--data")
  const folder = at < 0 ? defaultDataFolder() : resolve(argv[at + 1] ?? "")
  if (existsSync(join(folder, "keys"))) keepCompiled(folder)
}

/**
 * Lets the modules that are loaded from now on be kept compiled in a data folder that exists, which halves the time of
 * the next start. Without it everything works as well, only slower.
 */
export function keepCompiled(dataFolder) {
  const cache = join(dataFolder, "cache")
  try {
    if (!isClosed(dataFolder, 0o077)) return
    mkdirSync(cache, { recursive: true, mode: 0o700 })
    if (isClosed(cache, 0o022)) enableCompileCache(cache)
  } catch {
    // A disk that is full or read-only is for the store to tell of.
  }
}

/** INVARIANT: whoever can write compiled code can run it, so only a real folder of this account will do, closed to others. */
function isClosed(path, toOthers) {
  const stat = lstatSync(path)
  if (process.platform === "win32") return stat.isDirectory()
  return stat.isDirectory() && stat.uid === process.getuid() && (stat.mode & toOthers) === 0
}
