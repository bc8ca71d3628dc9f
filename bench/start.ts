import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startClients } from "../e2e/kill/clients.ts"
import { openCaller } from "../e2e/mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  nodeStatus,
  type NodeUnderTest,
  startNode,
} from "../e2e/node-under-test.ts"
import { cpuMs } from "../e2e/process/process-figures.ts"
import { growFolder } from "./grow-folder.ts"
import { hundredRules } from "./hundred-rules.ts"
import { median } from "./statistics.ts"
import { startDirect } from "./variants.ts"

/** One start of a node, until it says that it is ready. */
export interface StartFigures {
  wallMs: number
  cpuMs: number
}

/** The starts with a history of one length. */
export interface StartRow {
  entries: number
  /** Decided long ago. */
  holds: number
  /** After a node that was told to end. */
  clean: StartFigures[]
  /** After one that was killed under the calls of many clients. */
  killed: StartFigures[]
}

const clients = 16
const askers = 2
const loadMs = 1500
/** A node keeps what it compiled a second after it is ready; starts that can use that are what is measured. */
const keptMs = 2500
const entriesPerHold = 5
const longestMs = 2000

/** Measure how long a node takes to start with a history of a length behind it, and a hundred rules. */
export async function benchStart(entries: number, rounds: number): Promise<StartRow> {
  const dataDir = await mkdtemp(join(tmpdir(), "hufu-bench-start-"))
  const upstream = await startDirect("legacy")
  const rules = join(dataDir, "bench.cedar")
  await writeFile(rules, hundredRules(), { mode: 0o600 })
  const node = await startNode({ dataDir, config: { rules: [rules] } })
  try {
    const credential = await prepare(node, upstream.url)
    const holds = Math.floor(entries / entriesPerHold)
    await node.stop()
    await growFolder(dataDir, { entries, holds })
    await node.restart()
    await delay(keptMs)
    const row: StartRow = { entries: (await nodeStatus(node)).entries, holds, clean: [], killed: [] }
    for (let round = 0; round < rounds; round++) {
      await node.stop()
      row.clean.push(await measureStart(node))
      await killUnderLoad(node, credential, round)
      row.killed.push(await measureStart(node))
    }
    await serves(node, credential)
    return row
  } finally {
    await node.dispose()
    await upstream.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function prepare(node: NodeUnderTest, upstreamUrl: string): Promise<string> {
  await enrolPerson(node)
  await addHttpServer(node, "bench", upstreamUrl)
  const credential = await createAgent(node, "bench")
  await grantMandate(node, "bench", {
    task: null,
    words: "the bench may add as many notes as it likes, and asks before it sends one",
    grants: [
      { effects: ["write"], tools: ["bench/add_note"], limits: [], mode: "auto" },
      { effects: ["send"], tools: ["bench/send_note"], limits: [], mode: "ask" },
    ],
    until: Date.now() + 24 * 3_600_000,
  })
  return credential
}

async function killUnderLoad(node: NodeUnderTest, credential: string, round: number): Promise<void> {
  const door = () => doorOf(node, "bench")
  const load = await startClients({ door, credential }, { round, clients, askers })
  await delay(loadMs)
  await node.kill9()
  await load.ended()
}

async function measureStart(node: NodeUnderTest): Promise<StartFigures> {
  return { wallMs: await node.restart(), cpuMs: cpuMs(node.pid) }
}

async function serves(node: NodeUnderTest, credential: string): Promise<void> {
  const caller = await openCaller({ url: doorOf(node, "bench"), era: "modern", credential })
  const { status, message } = await caller.call("add_note", { id: "afterwards", text: "a note" })
  await caller.close()
  if (status !== 200 || message?.result?.["isError"] === true)
    throw new Error(`afterwards a call was answered with ${status}: ${JSON.stringify(message)}`)
}

const columns = ["entries", "holds", "stopped: ms", "most", "CPU ms", "killed: ms", "most", "CPU ms"]
const line = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(12)).join("")

function rowLine({ entries, holds, clean, killed }: StartRow): string {
  return line([entries, holds, ...figuresOf(clean), ...figuresOf(killed)])
}

function figuresOf(starts: readonly StartFigures[]): string[] {
  const walls = starts.map(({ wallMs }) => wallMs)
  return [median(walls), Math.max(...walls), median(starts.map((start) => start.cpuMs))].map((figure) =>
    figure.toFixed(0),
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      entries: { type: "string", default: "0,100000,1000000" },
      rounds: { type: "string", default: "5" },
    },
  })
  process.stdout.write(`${line(columns)}\n`)
  for (const entries of values.entries.split(",").map(Number)) {
    const row = await benchStart(entries, Number(values.rounds))
    process.stdout.write(`${rowLine(row)}\n`)
    if ([...row.clean, ...row.killed].some(({ wallMs }) => wallMs > longestMs)) process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
