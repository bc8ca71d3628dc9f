import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { installPeers } from "../../conformance/mcp/install-peers.ts"
import type { Target } from "./client-under-test.ts"
import { clientPrograms, type ClientProgram } from "./drive-client.ts"
import { startEverythingOverHttp } from "./everything-over-http.ts"
import { exerciseAsking, exerciseUse, type Step } from "./exercise.ts"
import { doors, startGoverned } from "./governed.ts"
import { openRawClient } from "./raw-client.ts"
import { prepareServers, type ReferenceServer } from "./reference-servers.ts"
import { shortWaitSeconds, throughDoor, use } from "./through-door.ts"
import { compareAll } from "./unharmed.ts"

type Row = {
  readonly client: string
  readonly server: string
  readonly door: string
  readonly steps: readonly Step[]
}

type Report = (row: Row) => void

/** So long that a person decides in time. */
const longWaitSeconds = 50

async function runDirect(
  clients: readonly ClientProgram[],
  servers: readonly ReferenceServer[],
  report: Report,
): Promise<void> {
  const overHttp = await startEverythingOverHttp()
  try {
    for (const client of clients) {
      for (const server of servers) {
        const { args, env } = server
        const stdio: Target = { kind: "stdio", command: process.execPath, args, env }
        const steps = await use(client, stdio, (connected) => exerciseUse(connected, server))
        report({ client: client.name, server: server.name, door: "stdio", steps })
        if (server.name !== "everything") continue
        const http: Target = { kind: "http", url: overHttp.url, headers: {} }
        const httpSteps = await use(client, http, (connected) => exerciseUse(connected, server))
        report({ client: client.name, server: server.name, door: "http", steps: httpSteps })
      }
    }
  } finally {
    await overHttp.close()
  }
}

async function runGoverned(
  clients: readonly ClientProgram[],
  servers: readonly ReferenceServer[],
  report: Report,
): Promise<void> {
  const governed = await startGoverned(servers, { waitSeconds: shortWaitSeconds })
  try {
    for (const client of clients) {
      for (const server of servers) {
        for (const door of doors) {
          const steps = await throughDoor(client, server, governed, door)
          report({ client: client.name, server: server.name, door: `hufu ${door}`, steps })
        }
      }
    }
  } finally {
    await governed.close()
  }
}

/** A person who decides in time: the client's own call brings the result. */
async function runPatient(
  clients: readonly ClientProgram[],
  servers: readonly ReferenceServer[],
  report: Report,
): Promise<void> {
  const server = servers.find(({ name }) => name === "filesystem")
  if (server === undefined) return
  const governed = await startGoverned([server], { waitSeconds: longWaitSeconds })
  try {
    for (const client of clients) {
      for (const door of doors) {
        const steps = await use(client, governed.target(server, door, "asking"), (connected) =>
          exerciseAsking({ client: connected, server, governed, exit: "waits" }),
        )
        report({ client: client.name, server: server.name, door: `hufu ${door}, in time`, steps })
      }
    }
  } finally {
    await governed.close()
  }
}

/** What is allowed passes unharmed: the same requests to the server itself and through each door, in both eras. */
async function runUnharmed(servers: readonly ReferenceServer[], report: Report): Promise<void> {
  const server = servers.find(({ name }) => name === "everything")
  if (server === undefined) return
  const governed = await startGoverned([server], { waitSeconds: shortWaitSeconds })
  try {
    for (const door of doors) {
      for (const era of ["legacy", "modern"] as const) {
        const steps = await compareThrough(governed.target(server, door, "trusted"), server, era)
        report({ client: `raw ${era}`, server: server.name, door: `hufu ${door}`, steps })
      }
    }
  } finally {
    await governed.close()
  }
}

async function compareThrough(
  target: Target,
  { args, env }: ReferenceServer,
  era: "legacy" | "modern",
): Promise<Step[]> {
  const direct = await openRawClient({ kind: "stdio", command: process.execPath, args, env }, "legacy")
  try {
    const through = await openRawClient(target, era)
    try {
      return await compareAll(direct, through, era)
    } finally {
      await through.close()
    }
  } finally {
    await direct.close()
  }
}

function print({ client, server, door, steps }: Row): void {
  const words = steps.map(({ step, isRight }) => `${step} ${isRight ? "ok" : "FAILED"}`).join("  ")
  console.log(`${client.padEnd(15)} ${server.padEnd(20)} ${door.padEnd(19)} ${words}`)
  for (const { step, seen } of steps.filter(({ isRight }) => !isRight)) console.log(`    ${step}: ${seen}`)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      direct: { type: "boolean", default: false },
      client: { type: "string", multiple: true },
      server: { type: "string", multiple: true },
      out: { type: "string", default: "out" },
    },
  })
  await installPeers(fileURLToPath(new URL("./peers", import.meta.url)))
  const clients = clientPrograms.filter(({ name }) => values.client?.includes(name) ?? true)
  const { servers, remove } = await prepareServers()
  const chosen = servers.filter(({ name }) => values.server?.includes(name) ?? true)
  const rows: Row[] = []
  const report: Report = (row) => {
    print(row)
    rows.push(row)
  }
  try {
    await runDirect(clients, chosen, report)
    if (!values.direct) {
      await runGoverned(clients, chosen, report)
      await runPatient(clients, chosen, report)
      await runUnharmed(chosen, report)
    }
  } finally {
    await remove()
  }
  await mkdir(values.out, { recursive: true })
  const file = join(values.out, "clients.json")
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), rows }, null, 2)}\n`)
  const failed = rows.flatMap(({ steps }) => steps).filter(({ isRight }) => !isRight).length
  console.log(`${rows.length} rows, ${failed} steps failed; all of them are in ${file}`)
  if (failed > 0) process.exitCode = 1
}

await main()
