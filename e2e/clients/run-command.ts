import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text as readAll } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import type { Target } from "./client-under-test.ts"

/** How a command ended and what it wrote. */
export type Ended = { readonly code: number | null; readonly out: string; readonly problems: string }

const modules = fileURLToPath(new URL("./peers/node_modules", import.meta.url))

/** A place of its own for a client that reads and writes its user's configuration. */
export type ClientHome = {
  readonly folder: string
  readonly config: string
  readonly remove: () => Promise<void>
}

/** Makes a home folder whose only configuration is one server called `target`. */
export async function makeHome(entry: Readonly<Record<string, unknown>>): Promise<ClientHome> {
  const folder = await mkdtemp(join(tmpdir(), "mcp-client-"))
  const config = join(folder, "servers.json")
  await writeFile(config, JSON.stringify({ mcpServers: { target: entry }, imports: [] }))
  return { folder, config, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** The configuration that a desktop host would hold for this target. */
export function hostEntry(target: Target): Record<string, unknown> {
  return target.kind === "http"
    ? { type: "http", url: target.url, headers: target.headers }
    : { type: "stdio", command: target.command, args: target.args, env: target.env }
}

/** Runs the program of an installed peer to its end, away from the real home folder, where the other clients run too. */
export async function runPeer(program: string, args: readonly string[], home: ClientHome): Promise<Ended> {
  const child = spawn(process.execPath, [join(modules, program), ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: home.folder, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve)
  })
  const [out, problems, code] = await Promise.all([readAll(child.stdout), readAll(child.stderr), closed])
  return { code, out, problems }
}
