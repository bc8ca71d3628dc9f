import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startProcess } from "../e2e/process/start-process.ts"
import { eras, type Era } from "../e2e/upstream/mcp-message.ts"
import { barsOf, type RoundResult } from "./bars.ts"
import { probeFsync } from "./fsync-probe.ts"
import { startHufu } from "./hufu-variant.ts"
import { measureRound } from "./measure-round.ts"
import { type BenchReport, mediansOf, printedReport } from "./report.ts"
import { startDirect, startMcpProxy, startPlainProxy, startSupergateway, type Variant } from "./variants.ts"

const loadProgram = fileURLToPath(new URL("./load.ts", import.meta.url))
const enoughToWarm = 50
const peersFolder = fileURLToPath(new URL("./peers", import.meta.url))

export interface BenchOptions {
  rounds: number
  seconds: number
  era: Era
  peers: boolean
  seed?: number
  /** How many calls each client makes before it is measured. */
  warmCalls?: number
  say?: (line: string) => void
}

/** Measure every variant side by side and answer all figures. */
export async function benchGateway(options: BenchOptions): Promise<BenchReport> {
  const startedAt = new Date().toISOString()
  const folder = await mkdtemp(join(tmpdir(), "hufu-bench-disk-"))
  const load = await startProcess(process.execPath, [loadProgram])
  const variants: Variant[] = []
  const rounds: RoundResult[] = []
  try {
    await startVariants(variants, options)
    for (let round = 0; round < options.rounds; round++) {
      const fsync = probeFsync(folder)
      const seed = (options.seed ?? 1) + round
      const { seconds, warmCalls = enoughToWarm } = options
      rounds.push({ fsync, figures: await measureRound(load, variants, { seconds, seed, warmCalls }) })
      options.say?.(`round ${round + 1} of ${options.rounds} is measured`)
    }
  } finally {
    await Promise.all([load.stop(), ...variants.map((variant) => variant.stop())])
    await rm(folder, { recursive: true, force: true })
  }
  return {
    startedAt,
    node: process.version,
    cpus: cpus().length,
    seconds: options.seconds,
    notes: notesOf(variants, options),
    rounds,
    medians: mediansOf(rounds),
    bars: barsOf(rounds),
  }
}

async function startVariants(variants: Variant[], { era, peers }: BenchOptions): Promise<void> {
  const direct = await startDirect(era)
  variants.push(direct)
  variants.push(await startPlainProxy(direct.url, era))
  variants.push(await startHufu(era, direct.url))
  variants.push(await startHufu("legacy"))
  if (!peers) return
  installPeers()
  variants.push(await startMcpProxy())
  variants.push(await startSupergateway())
}

// The peers have their own lock file and run no install script; they are never part of Hufu.
function installPeers(): void {
  if (existsSync(join(peersFolder, "node_modules"))) return
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: peersFolder,
    stdio: "inherit",
  })
}

function notesOf(variants: readonly Variant[], { era, peers }: BenchOptions): string[] {
  return [
    ...variants.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`])),
    `the HTTP variants speak the ${era} era, the stdio variants the legacy era with a session per client`,
    ...(peers
      ? [
          "mcp-proxy and supergateway take a stdio server, so they are compared with Hufu before that same server",
        ]
      : []),
  ]
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "10" },
      seconds: { type: "string", default: "2" },
      era: { type: "string", default: "legacy" },
      "no-peers": { type: "boolean", default: false },
      out: { type: "string", default: "out/bench-gateway.json" },
    },
  })
  const era = eras.find((name) => name === values.era)
  if (era === undefined) throw new Error("`--era` is `legacy` or `modern`")
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const peers = !values["no-peers"]
  const report = await benchGateway({
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    era,
    peers,
    say,
  })
  await mkdir(join(values.out, ".."), { recursive: true })
  await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(`${printedReport(report.rounds, report.notes).join("\n")}\n`)
  if (report.bars.some((bar) => !bar.met)) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
