import { mkdir, writeFile } from "node:fs/promises"
import { cpus, loadavg } from "node:os"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { type ConsoleFound, type Figure, figuresOf, printedFigures } from "./console/console-figures.ts"
import { measureOpenings, measurePlainPaints } from "./console/first-paint.ts"
import { followLive } from "./console/follow-live.ts"
import { performAtOnce } from "./console/perform.ts"
import { type PlainPage, servePlainPage } from "./console/plain-page.ts"
import { measurePlainClicks, measureRouteChanges } from "./console/route-change.ts"
import { initialScriptBytes } from "./console/script-bytes.ts"
import { scrollActions, scrollPlain } from "./console/scroll-through.ts"
import { setStage, type Stage } from "./console/stage.ts"

export interface ConsoleBenchOptions {
  /** How many actions the list holds that is scrolled. */
  readonly actions: number
  /** How many fresh browsers open the console. */
  readonly openings: number
  /** How often all pages are gone through. */
  readonly rounds: number
  readonly eventsPerSecond: number
  readonly seconds: number
  readonly say?: (line: string) => void
  /** Rejects when somebody ends it: then what it started is stopped, and it answers with that. */
  readonly ended?: Promise<never>
}

export interface ConsoleReport {
  readonly startedAt: string
  readonly browser: string
  readonly cpus: number
  /** The load of the machine over the last minute, before and after: others may be at work on it. */
  readonly load: readonly [before: number, after: number]
  readonly options: Omit<ConsoleBenchOptions, "say" | "ended">
  readonly found: ConsoleFound
  readonly figures: readonly Figure[]
}

/** Measures the built console in a real browser before a real node, whose agent really acts. */
export async function benchConsole({ say, ended, ...options }: ConsoleBenchOptions): Promise<ConsoleReport> {
  const startedAt = new Date().toISOString()
  const [before = Number.NaN] = loadavg()
  const stage = await setStage()
  const plain = await servePlainPage(options.actions)
  try {
    const measured = measure({ stage, plain, say }, options)
    const found = await (ended === undefined ? measured : Promise.race([measured, ended]))
    const [after = Number.NaN] = loadavg()
    return {
      startedAt,
      browser: stage.browser.version(),
      cpus: cpus().length,
      load: [before, after],
      options,
      found,
      figures: figuresOf(found, options.eventsPerSecond),
    }
  } finally {
    await plain.stop()
    await stage.stop()
  }
}

interface Measured {
  readonly stage: Stage
  readonly plain: PlainPage
  readonly say: ConsoleBenchOptions["say"]
}

async function measure(
  { stage, plain, say }: Measured,
  options: ConsoleReport["options"],
): Promise<ConsoleFound> {
  await performAtOnce(stage.agent, options.actions)
  say?.(`${options.actions} actions are recorded`)
  const scriptBytes = await initialScriptBytes(new URL(await stage.link()).origin)
  const plainPaints = await measurePlainPaints(stage, plain, options.openings)
  const openings = await measureOpenings(stage, options.openings)
  say?.(`${options.openings} browsers have opened the console`)
  const plainClicks = await measurePlainClicks(stage, plain, options.openings)
  const routeChanges = await measureRouteChanges(stage, options.rounds)
  say?.(`the pages were gone through ${options.rounds} times`)
  const plainScrolled = await scrollPlain(stage, plain)
  const scrolled = await scrollActions(stage)
  say?.(`${scrolled.rows} rows were scrolled`)
  const live = await followLive(stage, options.eventsPerSecond, options.seconds)
  return { scriptBytes, openings, plainPaints, routeChanges, plainClicks, scrolled, plainScrolled, live }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** Whatever ends the bench before it has its figures, it says so. */
function endedEarly() {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  ended.catch(() => undefined) // heard as long as something is measured
  for (const signal of signals)
    process.once(signal, () =>
      reject(new Error(`the bench was ended by ${signal} before it had its figures`)),
    )
  const sayEarly = (code: number) =>
    void process.stderr.write(`the bench ended with ${code} before it had its figures\n`)
  process.once("exit", sayEarly)
  return { ended, hasFigures: () => void process.off("exit", sayEarly) }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "10" },
      actions: { type: "string", default: "10000" },
      openings: { type: "string", default: "12" },
      rounds: { type: "string", default: "5" },
      "events-per-second": { type: "string", default: "200" },
      out: { type: "string", default: "out/bench-console.json" },
    },
  })
  const { ended, hasFigures } = endedEarly()
  const report = await benchConsole({
    ended,
    actions: Number(values.actions),
    openings: Number(values.openings),
    rounds: Number(values.rounds),
    eventsPerSecond: Number(values["events-per-second"]),
    seconds: Number(values.minutes) * 60,
    say: (line) => void process.stderr.write(`${line}\n`),
  })
  await mkdir(dirname(values.out), { recursive: true })
  await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`)
  const [before, after] = report.load.map((load) => load.toFixed(1))
  process.stdout.write(
    `${printedFigures(report.figures).join("\n")}\n
Chromium ${report.browser}, ${report.cpus} processors, load of the machine ${before} before and ${after} after\n`,
  )
  hasFigures()
  if (report.figures.some(({ met }) => !met)) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
