import { spawn } from "node:child_process"
import { globSync } from "node:fs"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { installPeers } from "./install-peers.ts"

export const revisions = ["2025-11-25", "2026-07-28"] as const
export type Revision = (typeof revisions)[number]

export const statuses = ["SUCCESS", "INFO", "SKIPPED", "WARNING", "FAILURE"] as const
export type Status = (typeof statuses)[number]

/** One check of the suite, as it went. */
export type Check = {
  readonly scenario: string
  readonly id: string
  readonly name: string
  readonly status: Status
  readonly message?: string
}

/** A run of every scenario that a revision requires, and of those that it only reports. */
export type SuiteRun = {
  readonly checks: readonly Check[]
  /** Whether the suite itself says that every required scenario passed. */
  readonly isConformant: boolean
}

const peers = join(import.meta.dirname, "peers")
const runWithinMs = 10 * 60_000

/** Runs the outside conformance suite against a server. */
export async function runSuite(url: string, revision: Revision): Promise<SuiteRun> {
  const modules = await installPeers(peers)
  const suite = join(modules, "@modelcontextprotocol", "conformance", "dist", "index.js")
  const out = await mkdtemp(join(tmpdir(), "mcp-conformance-"))
  try {
    const args = [suite, "server", "--url", url, "--requirements", revision, "-o", out]
    const code = await runToEnd(args)
    const checks = await readChecks(out)
    if (checks.length === 0) throw new Error(`the suite ended with ${code} and reported no check`)
    return { checks, isConformant: code === 0 }
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

function runToEnd(args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, args, {
    stdio: "ignore",
    signal: AbortSignal.timeout(runWithinMs),
  })
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", resolve)
  })
}

// the suite writes each scenario into a folder `server-<scenario>-<time>`
const folderName = /^server-(?<scenario>.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/

async function readChecks(out: string): Promise<Check[]> {
  const files = globSync("*/checks.json", { cwd: out }).sort()
  const perScenario = await Promise.all(
    files.map(async (file) => {
      const scenario = folderName.exec(basename(dirname(file)))?.groups?.["scenario"]
      if (scenario === undefined) throw new Error(`the suite wrote an unexpected folder \`${file}\``)
      const found: unknown = JSON.parse(await readFile(join(out, file), "utf8"))
      if (!Array.isArray(found)) throw new Error(`\`${file}\` is not a list of checks`)
      return found.map((check: unknown) => toCheck(scenario, check))
    }),
  )
  return perScenario.flat()
}

function toCheck(scenario: string, value: unknown): Check {
  const raw = value as { id?: unknown; name?: unknown; status?: unknown; errorMessage?: unknown } // read below
  const status = statuses.find((known) => known === raw.status)
  if (typeof raw.id !== "string" || status === undefined) {
    throw new Error(`the suite reported a check without an id or status in \`${scenario}\``)
  }
  const message = typeof raw.errorMessage === "string" ? { message: raw.errorMessage } : {}
  return { scenario, id: raw.id, name: String(raw.name), status, ...message }
}
