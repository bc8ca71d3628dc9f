import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"

/** Installs a folder of locked outside packages, once; no install script of theirs ever runs. */
export async function installPeers(folder: string): Promise<string> {
  const modules = join(folder, "node_modules")
  if (existsSync(join(modules, ".package-lock.json"))) return modules
  const npm = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.once("error", reject).once("close", resolve)
  })
  if (code !== 0) throw new Error(`\`npm ci\` ended with ${code} in \`${folder}\`; see what it says above`)
  return modules
}
