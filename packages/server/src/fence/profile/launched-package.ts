import { readFileSync, realpathSync } from "node:fs"
import { basename } from "node:path"

/** How the operator has a stdio server started. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
}

const PACKAGE = /^((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)(?:@[a-zA-Z0-9._+~^-]+)?$/
const QUIET_FLAGS = new Set(["-y", "--yes", "-q", "--quiet"])
const INSTALLED = /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/](?!.*[\\/]node_modules[\\/])/

/**
 * The npm package that a configured command starts, when that is certain: `npx -y @scope/name@1.2.3 …`, or a
 * program that is installed under `node_modules`. It rests on the operator's own configuration and the files on
 * this machine, never on what a server says; in doubt there is no package, and so no review to rely on.
 */
export function launchedPackage({ command, args }: Launch): string | undefined {
  const program = basename(command).replace(/\.(?:cmd|exe|ps1)$/i, "")
  if (program === "npx" || program === "bunx") return runnerPackage(args)
  // A flag before the program could load other code, or name another program.
  const script = program === "node" || program === "bun" ? args[0] : command
  return script === undefined || script.startsWith("-") ? undefined : installedPackage(script)
}

function runnerPackage(args: readonly string[]): string | undefined {
  const named = args.find((arg) => !QUIET_FLAGS.has(arg))
  return named === undefined || named.startsWith("-") ? undefined : PACKAGE.exec(named)?.[1]
}

function installedPackage(script: string): string | undefined {
  try {
    const real = realpathSync(script)
    const found = INSTALLED.exec(real)
    const name = found?.[1]?.replace("\\", "/")
    if (!found || name === undefined) return undefined
    const folder = real.slice(0, found.index + found[0].length)
    const manifest: unknown = JSON.parse(readFileSync(`${folder}package.json`, "utf8"))
    return hasName(manifest) && manifest.name === name ? name : undefined
  } catch {
    return undefined
  }
}

function hasName(manifest: unknown): manifest is { name: unknown } {
  return typeof manifest === "object" && manifest !== null && "name" in manifest
}
