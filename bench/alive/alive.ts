import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { cpus, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import {
  enrolPerson,
  nodeStatus,
  type NodeUnderTest,
  personSession,
  startNode,
} from "../../e2e/node-under-test.ts"
import { cpuMs, processFigures } from "../../e2e/process/process-figures.ts"
import { loopbackInUrl } from "@hufu/server/http/testing/loopback"
import { startProcess } from "../../e2e/process/start-process.ts"
import type { BeatOrder, BeatReport } from "./beat.ts"
import { inspectMemory } from "./node-memory.ts"

export interface AliveBenchOptions {
  readonly agents: number
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
  /** How many heartbeats of one agent go in one request, as lines of its log. */
  readonly batch: number
  readonly say?: (line: string) => void
}

/** The node's memory at one moment. */
export interface MemoryAt {
  readonly second: number
  readonly heapMiB: number
  readonly residentMiB: number
}

export interface AliveReport {
  readonly load: readonly [before: number, after: number]
  readonly cpus: number
  readonly options: Omit<AliveBenchOptions, "say">
  readonly perSecond: number
  readonly last: BeatReport
  readonly memory: readonly MemoryAt[]
  /** Of the node alone, while it listened. */
  readonly cpuMsPerBeat: number
  /** How many agents were known to be alive at the end. */
  readonly alive: number
  readonly ledgerGrew: number
}

const beatProgram = fileURLToPath(new URL("beat.ts", import.meta.url))
const atOnce = 8
const sessionMs = 30_000
const mib = 1024 * 1024

/** Heartbeats over real sockets to a real node, from a process of their own. */
export async function benchAlive({ say = () => {}, ...options }: AliveBenchOptions): Promise<AliveReport> {
  const folder = await mkdtemp(join(tmpdir(), "hufu-bench-alive-"))
  const { agents, connections, perSecond, seconds, batch } = options
  const perMinute = Math.ceil((perSecond / agents) * 60) + 100 * batch
  const [before = Number.NaN] = loadavg()
  const node = await startNode({
    config: { alive: { perMinute } },
    env: { NODE_OPTIONS: `--inspect=${loopbackInUrl}:0` },
  })
  try {
    await enrolPerson(node)
    const file = join(folder, "agents.json")
    await writeFile(file, JSON.stringify(await registered(node, agents)))
    say(`${agents} agents are registered`)
    const memory = await inspectMemory(inspectorOf(node))
    const { entries } = await nodeStatus(node)
    const { hostname, port } = new URL(node.url)
    const order: BeatOrder = {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port),
      agents: file,
      connections,
      perSecond,
      seconds,
      batch,
    }
    const beating = await startProcess(process.execPath, [beatProgram, JSON.stringify(order)])
    const cpuBefore = cpuMs(node.pid)
    const found: MemoryAt[] = []
    let last: BeatReport | undefined
    while (last?.done !== true) {
      const line = await beating.nextLine()
      if (line === "") throw new Error(`the heartbeats ended early: ${beating.errorText()}`)
      // The program writes nothing else.
      last = JSON.parse(line) as BeatReport
      const { second, done } = last
      if (done || second % 10 === 0 || second === Math.floor(seconds / 2)) {
        const heapMiB = (await memory.heapUsedBytes()) / mib
        found.push({ second, heapMiB, residentMiB: processFigures(node.pid).residentBytes / mib })
        say(lineOf(last, found.at(-1)))
      }
    }
    const cpu = cpuMs(node.pid) - cpuBefore
    const summary = await node.api("GET", "/acps-amp-v2/heartbeat/summary")
    const { data } = summary as { data: { aliveCount: number } }
    memory.close()
    await beating.stop()
    const [after = Number.NaN] = loadavg()
    return {
      load: [before, after],
      cpus: cpus().length,
      options,
      perSecond: last.accepted / last.tookSeconds,
      last,
      memory: found,
      cpuMsPerBeat: cpu / Math.max(1, last.accepted),
      alive: data.aliveCount,
      ledgerGrew: (await nodeStatus(node)).entries - entries,
    }
  } finally {
    await node.dispose()
    await rm(folder, { recursive: true, force: true })
  }
}

function lineOf({ second, sent, accepted, wrong, waiting, p50Ms, p99Ms }: BeatReport, memory?: MemoryAt) {
  const figures = `sent ${sent}, taken ${accepted}, refused ${wrong}, waiting ${waiting}, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
  return `${second} s: ${figures}, heap ${memory?.heapMiB.toFixed(1)} MiB, resident ${memory?.residentMiB.toFixed(0)} MiB`
}

function inspectorOf(node: NodeUnderTest): string {
  const url = /ws:\/\/\S+/.exec(node.errorText())?.[0]
  if (url === undefined) throw new Error("the node says no address of its inspector")
  return url
}

/** Agents of the node with an approved registration and a credential each, by the API. */
async function registered(node: NodeUnderTest, count: number) {
  let session: { at: number; token: Promise<string> } | undefined
  const send = async (path: string, body: object) => {
    if (session === undefined || performance.now() - session.at > sessionMs)
      session = { at: performance.now(), token: personSession(node) }
    const reply = await fetch(`${node.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await session.token}` },
      body: JSON.stringify(body),
    })
    if (!reply.ok) throw new Error(`${path} was answered with ${reply.status}: ${await reply.text()}`)
    return reply.json()
  }
  const one = async (name: string) => {
    // What the API answers, as its contract has it.
    const made = (await send("/v1/agents", { name })) as { credential: string }
    const { registration } = (await send("/v1/registrations", {
      agent: name,
      content: contentOf(name),
    })) as { registration: { id: string } }
    await send(`/v1/registrations/${registration.id}:submit`, {})
    const approved = (await send(`/v1/registrations/${registration.id}:approve`, {})) as {
      registration: { aic: string }
    }
    return { aic: approved.registration.aic, credential: made.credential }
  }
  const made: { aic: string; credential: string }[] = []
  for (let at = 0; at < count; at += atOnce)
    made.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(atOnce, count - at) }, (_, i) => one(`bench-${at + i}`)),
      )),
    )
  return made
}

function contentOf(name: string) {
  return {
    name: `com.example/${name}`,
    title: name,
    description: "Says that it is alive.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Example", url: "https://example.com/" },
    securitySchemes: { mtls: { type: "mutual-tls" } },
    interfaces: [
      { protocol: "a2a", binding: "jsonrpc", url: "https://agent.example.com/a2a", security: [{ mtls: [] }] },
    ],
    skills: [{ id: "beat", name: "Beat", description: "Sends heartbeats." }],
  }
}

/** Whether the node took what it was to take, and its memory stayed what it was at the first look. */
export function barsOf({ options, perSecond, last, memory }: AliveReport) {
  const [first, end] = [memory[0], memory.at(-1)]
  const grew = (end?.heapMiB ?? Number.NaN) - (first?.heapMiB ?? Number.NaN)
  return [
    {
      bar: `taken a second, of ${options.perSecond}`,
      found: perSecond,
      met: perSecond >= 0.99 * options.perSecond,
    },
    { bar: "refused or lost", found: last.sent - last.accepted, met: last.sent === last.accepted },
    { bar: "heap grew by MiB from the first look to the last", found: grew, met: grew <= 8 },
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      agents: { type: "string", default: "1000" },
      connections: { type: "string", default: "32" },
      rate: { type: "string", default: "10000" },
      seconds: { type: "string", default: "60" },
      batch: { type: "string", default: "1" },
    },
  })
  const report = await benchAlive({
    agents: Number(values.agents),
    connections: Number(values.connections),
    perSecond: Number(values.rate),
    seconds: Number(values.seconds),
    batch: Number(values.batch),
    say: (line) => void process.stdout.write(`${line}\n`),
  })
  const { load, perSecond, last, cpuMsPerBeat, alive, ledgerGrew } = report
  process.stdout.write(
    `${perSecond.toFixed(0)} heartbeats a second, ${last.accepted} of ${last.sent} taken, answers p50 ${last.p50Ms.toFixed(1)} ms and p99 ${last.p99Ms.toFixed(1)} ms, ${(cpuMsPerBeat * 1000).toFixed(0)} µs of a processor each, ${alive} agents alive, ${ledgerGrew} entries in the ledger; load ${load.map((each) => each.toFixed(1)).join(" to ")}\n`,
  )
  const bars = barsOf(report)
  for (const { bar, found, met } of bars)
    process.stdout.write(`${met ? "met" : "not met"}: ${bar}: ${found.toFixed(1)}\n`)
  if (bars.some(({ met }) => !met)) process.exitCode = 1
}
