import { mkdir, writeFile } from "node:fs/promises"
import { cpus } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { cpuMs, processFigures } from "../../e2e/process/process-figures.ts"
import { type StartedProcess, startProcess } from "../../e2e/process/start-process.ts"
import { type MemoryProbe, openMemoryProbe } from "../../e2e/soak/memory-probe.ts"
import { seeded } from "../../e2e/seeded.ts"
import { median } from "../statistics.ts"
import { type HufuBetween, partnerAic, startHufuBetween } from "./hufu-between.ts"
import type { InterconnectOrder, InterconnectResult } from "./load.ts"
import { type MemoryFigures, watchMemory } from "./watch-memory.ts"
import { type Protocol, protocols } from "./talk.ts"

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const ways = ["direct", "plain", "hufu"] as const
type Way = (typeof ways)[number]

/** One way to the same partner. */
interface Variant {
  readonly protocol: Protocol
  readonly way: Way
  readonly url: string
  readonly streamUrl: string
  readonly credential?: string
  /** The process that stands between; absent where nothing does. */
  readonly pid?: number
}

/** The figures of one variant in one round, as `bench:gateway` has them. */
export interface InterconnectFigures {
  readonly protocol: Protocol
  readonly way: Way
  /** One agent, each piece of work after the one before. */
  readonly sequentialP50Ms: number
  readonly sequentialP99Ms: number
  /** Sixteen at once. */
  readonly perSecond: number
  readonly busyP50Ms: number
  readonly busyP99Ms: number
  readonly cpuMsPerCall: number | null
  readonly residentMb: number | null
  readonly calls: number
  readonly wrong: number
}

/** Many streams at once through Hufu. */
export interface StreamFigures extends MemoryFigures {
  readonly protocol: Protocol
  readonly streams: number
  /** How many told events at the same time. */
  readonly atOnce: number
  /** Streams that did not tell every event once and in order, or did not end. */
  readonly wrong: number
  readonly events: number
  readonly perSecond: number
  /** From when the partner said an event until it came. */
  readonly lateP50Ms: number
  readonly lateP99Ms: number
  readonly cpuMsPerEvent: number
}

export interface InterconnectOptions {
  rounds: number
  seconds: number
  warmCalls: number
  streams: number
  /** Of each stream. */
  events: number
  everyMs: number
  seed?: number
  say?: (line: string) => void
}

export interface InterconnectReport {
  readonly startedAt: string
  readonly node: string
  readonly cpus: number
  readonly figures: readonly InterconnectFigures[]
  readonly streams: readonly StreamFigures[]
}

const textBytes = 380
const manyClients = 16
const warmEvents = 6

/** Asks the same partners directly, through a plain proxy and through Hufu, in a new order each round; then opens many streams through Hufu. */
export async function benchInterconnect(options: InterconnectOptions): Promise<InterconnectReport> {
  const startedAt = new Date().toISOString()
  await using started = new AsyncDisposableStack()
  const start = async (program: string, args: readonly string[] = []) =>
    started.adopt(await startProcess(process.execPath, [pathOf(program), ...args]), (it) => it.stop())
  const load = await start("./load.ts")
  const partners = {
    a2a: urlOf(await start("./partner.ts", ["--protocol", "a2a"])),
    aip: urlOf(await start("./partner.ts", ["--protocol", "aip", "--aic", partnerAic])),
  }
  const probe = started.adopt(await openMemoryProbe(), (it) => it.close())
  const hufu = started.adopt(await startHufuBetween(partners, probe.env), (it) => it.stop())
  const variants: Variant[] = []
  for (const protocol of protocols) {
    const proxy = await start("../plain-proxy.ts", ["--upstream", partners[protocol]])
    const at = (url: string) => ({ protocol, url, streamUrl: url })
    variants.push({ ...at(partners[protocol]), way: "direct" })
    variants.push({ ...at(urlOf(proxy)), way: "plain", pid: proxy.pid })
    variants.push({
      protocol,
      way: "hufu",
      ...hufu.urlOf(protocol),
      credential: hufu.credential,
      pid: hufu.node.pid,
    })
  }
  const figures: InterconnectFigures[] = []
  for (let round = 0; round < options.rounds; round++) {
    for (const variant of seeded((options.seed ?? 1) + round).shuffled(variants))
      figures.push(await measure(load, variant, hufu, options))
    options.say?.(`round ${round + 1} of ${options.rounds} is measured`)
  }
  const streams: StreamFigures[] = []
  const through = variants.filter(({ way }) => way === "hufu")
  // A heap that has grown to its size once, and code that is compiled, are no growth with the events.
  for (const variant of through)
    await give(load, streamsOf(variant, hufu, { ...options, events: warmEvents }))
  for (const variant of through) {
    options.say?.(`${options.streams} streams of ${variant.protocol}`)
    streams.push(await measureStreams(load, variant, hufu, probe, options))
  }
  return { startedAt, node: process.version, cpus: cpus().length, figures, streams }
}

const urlOf = (process: StartedProcess) => String(process.ready["url"])

async function measure(
  load: StartedProcess,
  variant: Variant,
  hufu: HufuBetween,
  { seconds, warmCalls }: InterconnectOptions,
): Promise<InterconnectFigures> {
  const { pid } = variant
  const before = pid === undefined ? 0 : cpuMs(pid)
  const order = { ...orderOf(variant, hufu), seconds, warmCalls }
  const alone = await give(load, { ...order, clients: 1 })
  const many = await give(load, { ...order, clients: manyClients })
  const sent = alone.calls + many.calls + (1 + manyClients) * warmCalls
  return {
    protocol: variant.protocol,
    way: variant.way,
    sequentialP50Ms: alone.p50Ms,
    sequentialP99Ms: alone.p99Ms,
    perSecond: many.calls / (many.elapsedMs / 1000),
    busyP50Ms: many.p50Ms,
    busyP99Ms: many.p99Ms,
    cpuMsPerCall: pid === undefined ? null : (cpuMs(pid) - before) / sent,
    residentMb: pid === undefined ? null : processFigures(pid).residentBytes / 2 ** 20,
    calls: alone.calls + many.calls,
    wrong: alone.wrong + many.wrong,
  }
}

async function measureStreams(
  load: StartedProcess,
  variant: Variant,
  hufu: HufuBetween,
  probe: MemoryProbe,
  { streams, events, everyMs }: InterconnectOptions,
): Promise<StreamFigures> {
  const { pid } = hufu.node
  const before = cpuMs(pid)
  const memory = watchMemory(pid, probe, events * everyMs)
  const result = await give(load, streamsOf(variant, hufu, { streams, events, everyMs }))
  return {
    protocol: variant.protocol,
    streams,
    atOnce: result.atOnce,
    wrong: result.wrong,
    events: result.events,
    perSecond: result.events / (result.elapsedMs / 1000),
    lateP50Ms: result.p50Ms,
    lateP99Ms: result.p99Ms,
    cpuMsPerEvent: (cpuMs(pid) - before) / Math.max(1, result.events),
    ...(await memory.end()),
  }
}

function streamsOf(
  variant: Variant,
  hufu: HufuBetween,
  { streams, events, everyMs }: Pick<InterconnectOptions, "streams" | "events" | "everyMs">,
): InterconnectOrder {
  const order = { ...orderOf(variant, hufu), clients: streams, seconds: 0, warmCalls: 0 }
  return { ...order, streams: { events, everyMs } }
}

function orderOf({ protocol, url, streamUrl, credential }: Variant, { aic }: HufuBetween) {
  return {
    url,
    streamUrl,
    protocol,
    senderId: aic,
    textBytes,
    ...(credential === undefined ? {} : { credential }),
  }
}

async function give(load: StartedProcess, order: InterconnectOrder): Promise<InterconnectResult> {
  load.stdin.write(`${JSON.stringify(order)}\n`)
  const line = await load.nextLine()
  if (line === "") throw new Error(`the asking agents ended at ${order.url}: ${load.errorText()}`)
  return JSON.parse(line) as InterconnectResult // written by load.ts
}

/** What keeps a report from being good; nothing where all is. */
export function problemsOf({ figures, streams }: InterconnectReport): string[] {
  return [
    ...figures.flatMap(({ protocol, way, wrong }) =>
      wrong > 0 ? [`${wrong} wrong answers of ${protocol} ${way}`] : [],
    ),
    ...streams.flatMap(({ protocol, wrong }) =>
      wrong > 0 ? [`${wrong} streams of ${protocol} lacked an event or their end`] : [],
    ),
    ...streams.flatMap(({ protocol, streams: all, atOnce }) =>
      atOnce < all ? [`only ${atOnce} of ${all} streams of ${protocol} were open at once`] : [],
    ),
    ...streams.flatMap(({ protocol, isFlat }) =>
      isFlat ? [] : [`the node's memory grew with the events of ${protocol}`],
    ),
  ]
}

type Figure = Exclude<keyof InterconnectFigures, "protocol" | "way">

export function printedInterconnect({ figures, streams }: InterconnectReport): string[] {
  const of = (protocol: Protocol, way: Way, figure: Figure) =>
    median(
      figures
        .filter((each) => each.protocol === protocol && each.way === way)
        .map((each) => each[figure] ?? NaN),
    )
  const row = (name: string, ...cells: string[]) =>
    name.padEnd(22) + cells.map((cell) => cell.padStart(9)).join("")
  const lines = [row("", "p50 ms", "p99 ms", "per s", "16: p50", "16: p99", "CPU ms", "RSS MB")]
  for (const protocol of protocols) {
    for (const way of ways) {
      const cells = [
        "sequentialP50Ms",
        "sequentialP99Ms",
        "perSecond",
        "busyP50Ms",
        "busyP99Ms",
        "cpuMsPerCall",
        "residentMb",
      ] as const
      lines.push(
        row(
          `${protocol} ${way}`,
          ...cells.map((cell) => of(protocol, way, cell).toFixed(2).replace("NaN", "-")),
        ),
      )
    }
    const ratio = (figure: Figure) =>
      (of(protocol, "hufu", figure) / of(protocol, "plain", figure)).toFixed(2)
    lines.push(
      `  ${protocol}, Hufu / plain proxy: p50 ${ratio("sequentialP50Ms")}, per second ${ratio("perSecond")}, CPU ${ratio("cpuMsPerCall")}`,
    )
  }
  for (const each of streams)
    lines.push(
      "",
      `${each.streams} streams of ${each.protocol}, ${each.atOnce} at once: ${each.events} events, ${each.perSecond.toFixed(0)} a second, ${each.wrong} streams wrong`,
      `  ${each.lateP50Ms.toFixed(0)} ms from partner to agent (p99 ${each.lateP99Ms.toFixed(0)} ms), ${each.cpuMsPerEvent.toFixed(2)} ms of CPU an event`,
      `  resident: ${each.startMb.toFixed(0)} MB before, ${each.peakMb.toFixed(0)} MB at most, ${each.endMb.toFixed(0)} MB after`,
      `  held, without garbage: ${each.earlyHeldMb.toFixed(0)} MB after a third of the events, ${each.lateHeldMb.toFixed(0)} MB after nine tenths: ${each.isFlat ? "flat" : "GROWS"}`,
    )
  return lines
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      streams: { type: "string", default: "1000" },
      events: { type: "string", default: "40" },
      "every-ms": { type: "string", default: "2000" },
      out: { type: "string", default: "out/bench-interconnect.json" },
    },
  })
  const report = await benchInterconnect({
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    warmCalls: 50,
    streams: Number(values.streams),
    events: Number(values.events),
    everyMs: Number(values["every-ms"]),
    say: (line) => void process.stderr.write(`${line}\n`),
  })
  await mkdir(join(values.out, ".."), { recursive: true })
  await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(`${printedInterconnect(report).join("\n")}\n`)
  for (const problem of problemsOf(report)) {
    process.stdout.write(`${problem}\n`)
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
