import { hash } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import type { Output, Request } from "@hufu/core/contract/contract"
import { canonicalize } from "@hufu/core/json/canonical"
import { ToolProfile } from "@hufu/core/profile/profile"
import { openCaller } from "../../e2e/mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  type NodeUnderTest,
  startNode,
} from "../../e2e/node-under-test.ts"
import { adaptiveSuite } from "./adaptive-suite.ts"
import { isWithinCeiling } from "./ceiling.ts"
import { type RecordedSuite, readSuites } from "./read-suites.ts"
import { readInjecAgent } from "./read-injecagent.ts"
import { startRecordedUpstream } from "./recorded-upstream.ts"
import { type ReplayedCall, replayRun } from "./replay-run.ts"
import { printedReport, type SuiteFigures, suiteFigures } from "./figures.ts"

export interface AttackReport {
  readonly startedAt: string
  readonly data: string
  readonly suites: readonly SuiteFigures[]
}

export interface AttackBenchOptions {
  readonly data: string
  /** At most so many attacked runs of each suite, spread evenly. */
  readonly most?: number
  readonly say?: (line: string) => void
}

/** Replays recorded tasks and attacks as real MCP traffic through a real node. */
export async function benchAttack({ data, ...options }: AttackBenchOptions): Promise<AttackReport> {
  const startedAt = new Date().toISOString()
  const node = await startNode()
  try {
    await enrolPerson(node)
    const suites: SuiteFigures[] = []
    for (const suite of readData(data)) suites.push(await replaySuite(node, suite, options))
    return { startedAt, data, suites }
  } finally {
    await node.dispose()
  }
}

/** In place of a folder: the attacks of our own. */
export const adaptive = "adaptive"
const mostAdaptive = 2016

function readData(folder: string): RecordedSuite[] {
  if (folder === adaptive) return [adaptiveSuite(mostAdaptive)]
  return existsSync(join(folder, "injecagent.json")) ? [readInjecAgent(folder)] : readSuites(folder)
}

async function replaySuite(
  node: NodeUnderTest,
  suite: RecordedSuite,
  { most = Infinity, say }: Omit<AttackBenchOptions, "data">,
): Promise<SuiteFigures> {
  const server = suite.name.toLowerCase().replace(/[^a-z0-9]+/g, "-")
  const upstream = await startRecordedUpstream(suite.tools)
  try {
    await addHttpServer(node, server, upstream.url)
    const agent = `agent-${server}`
    const credential = await createAgent(node, agent)
    const profiles = await confirmAll(node, server)
    const caller = await openCaller({ url: doorOf(node, server), era: "modern", credential })
    const benign = suite.runs.filter(({ attack }) => attack === null)
    const ceiling = benign.filter((run) =>
      isWithinCeiling(run, (tool) => profiles.get(tool) ?? unknown(tool)),
    )
    say?.(
      `${suite.name}: ${ceiling.length} of ${benign.length} tasks name each outward target, or have it in the user's own records`,
    )
    const attacked = evenly(
      suite.runs.filter(({ attack }) => attack !== null),
      most,
    )
    const replayed: { task: string; attack: string | null; calls: ReplayedCall[] }[] = []
    for (const run of [...benign, ...attacked]) {
      const calls = await replayRun(
        { node, agent, server, caller, upstream, profiles: [...profiles.values()] },
        run,
      )
      replayed.push({ task: run.task, attack: run.attack, calls })
      if (replayed.length % 25 === 0)
        say?.(`${suite.name}: ${replayed.length} of ${benign.length + attacked.length} runs`)
    }
    await caller.close()
    return suiteFigures({
      name: suite.name,
      ceiling: ceiling.map(({ task }) => task),
      replayed,
      profiles: digestOf(profiles),
    })
  } finally {
    await upstream.stop()
  }
}

/** The profiles that Hufu made by itself, each confirmed as it is: no list of tools is kept anywhere. */
async function confirmAll(node: NodeUnderTest, server: string): Promise<ReadonlyMap<string, ToolProfile>> {
  const { items } = (await node.api("GET", `/v1/servers/${server}/tools`)) as Output<"tool.list">
  const profiles = new Map<string, ToolProfile>()
  for (const { tool, definition, profile } of items) {
    const confirm: Partial<Request<"tool.confirm">> = { definition } // the rest stands in the path
    await node.api("POST", `/v1/servers/${server}/tools/${tool}:confirm`, confirm)
    profiles.set(tool, ToolProfile.parse(profile))
  }
  return profiles
}

function unknown(tool: string): never {
  throw new Error(`the recording calls a tool that it does not describe: ${tool}`)
}

function digestOf(profiles: ReadonlyMap<string, ToolProfile>): string {
  return hash("sha256", [...profiles.values()].map((profile) => canonicalize(profile as never)).join("\n"))
}

function evenly<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items
  return Array.from({ length: most }, (_, at) => items[Math.floor((at * items.length) / most)]).flatMap(
    (item) => (item === undefined ? [] : [item]),
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: {
        type: "string",
        default: fileURLToPath(new URL("../../../shared/data/agentdojo", import.meta.url)),
      },
      out: { type: "string", default: "out/bench-attack.json" },
      most: { type: "string" },
    },
  })
  const report = await benchAttack({
    data: values.data,
    ...(values.most === undefined ? {} : { most: Number(values.most) }),
    say: (line) => void process.stderr.write(`${line}\n`),
  })
  await mkdir(dirname(values.out), { recursive: true })
  await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(`${printedReport(report.suites).join("\n")}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
