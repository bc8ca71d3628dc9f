import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { defaultDataFolder } from "./connection/data-folder.ts"
import { keepCompiled } from "./keep-compiled.ts"

const argv = process.argv.slice(2)
const at = argv.indexOf("--data")
const folder = at < 0 ? defaultDataFolder() : resolve(argv[at + 1] ?? "")
// Only where a node already keeps its data: a command that only asks leaves no traces elsewhere.
if (existsSync(join(folder, "keys"))) keepCompiled(folder)

const { runCommand } = await import("./run-command.ts")
process.exitCode = await runCommand(argv)
