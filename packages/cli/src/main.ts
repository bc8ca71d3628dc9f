import { existsSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { join, resolve } from "node:path"
import { defaultDataFolder } from "./connection/data-folder.ts"

const argv = process.argv.slice(2)
const at = argv.indexOf("--data")
const folder = at < 0 ? defaultDataFolder() : resolve(argv[at + 1] ?? "")
// Beside the keys and closed to other accounts: whoever can write compiled code can run it.
if (existsSync(join(folder, "keys"))) enableCompileCache(join(folder, "cache"))

const { runCommand } = await import("./run-command.ts")
process.exitCode = await runCommand(argv)
