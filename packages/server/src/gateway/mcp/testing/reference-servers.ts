import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import type { StdioServer } from "../upstream/server-definition.ts"

/** The reference servers that the workspace installs, as registered stdio servers. */
export function referenceServer(
  name: "everything" | "filesystem" | "memory" | "sequential-thinking",
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): StdioServer {
  const require = createRequire(import.meta.url)
  const manifest = require.resolve(`@modelcontextprotocol/server-${name}/package.json`)
  const program = join(dirname(manifest), "dist/index.js")
  return { name, transport: "stdio", command: process.execPath, args: [program, ...args], env, cwd: null }
}
