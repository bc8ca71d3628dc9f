import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startProcess } from "../../e2e/process/start-process.ts"
import { median } from "../statistics.ts"
import { type LedgerBar, ledgerBars } from "./bars.ts"
import type { HypercoreOrder } from "./hypercore-process.ts"
import { ask, openLedgerProcess } from "./ledger-under-test.ts"
import { type MachineLimits, probeLimits } from "./machine-limits.ts"
import type { AppendFigures } from "./order.ts"
import { printedLedgerReport } from "./report.ts"

const peersFolder = fileURLToPath(new URL("../peers", import.meta.url))
const hypercoreProgram = fileURLToPath(new URL("./hypercore-process.ts", import.meta.url))
const writerCounts = [1, 16, 64, 256]
const proofs = 5000

/** Durable appends with so many writers; hypercore appends a batch of as many blocks of as many bytes. */
export interface AppendRow {
  writers: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  bytesPerEntry: number
  hypercorePerSecond: number | null
}

/** What a ledger of one size costs. */
export interface SizeRow {
  entries: number
  growPerSecond: number
  bytesPerEntry: number
  startMs: number
  residentBytes: number
  proofP50Ms: number
  proofP99Ms: number
  verifiedPerSecond: number
  verifiedPerCpuSecond: number
}

export interface LedgerReport {
  startedAt: string
  node: string
  cpus: number
  limits: MachineLimits
  appends: AppendRow[]
  sizes: SizeRow[]
}

export interface LedgerBenchOptions {
  rounds: number
  seconds: number
  sizes: readonly number[]
  peers: boolean
  say?: (line: string) => void
}

/** Measure the ledger beside the limits of this machine and beside hypercore, in one run. */
export async function benchLedger(options: LedgerBenchOptions): Promise<LedgerReport> {
  const startedAt = new Date().toISOString()
  const folder = await mkdtemp(join(tmpdir(), "hufu-bench-ledger-"))
  try {
    if (options.peers) installPeers()
    const limits: MachineLimits[] = []
    const appends = await measureAppends(folder, options, limits)
    const sizes = await measureSizes(join(folder, "sizes"), options)
    return {
      startedAt,
      node: process.version,
      cpus: cpus().length,
      limits: medianLimits(limits),
      appends,
      sizes,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureAppends(
  folder: string,
  { rounds, seconds, peers, say }: LedgerBenchOptions,
  limits: MachineLimits[],
): Promise<AppendRow[]> {
  const ours = await openLedgerProcess(join(folder, "ours"))
  const theirs = peers
    ? await startProcess(process.execPath, [hypercoreProgram, join(folder, "theirs")])
    : undefined
  const found = writerCounts.map((writers) => ({
    writers,
    figures: [] as AppendFigures[],
    hypercore: [] as number[],
  }))
  let entries = 0
  const bytesBefore = ours.bytes()
  try {
    for (let round = 0; round < rounds; round++) {
      limits.push(probeLimits(folder))
      for (const row of found) {
        const figures = await ours.order({ kind: "append", writers: row.writers, seconds })
        row.figures.push(figures)
        entries += figures.entries
        if (theirs === undefined) continue
        const order: HypercoreOrder = { batch: row.writers, seconds, blockBytes: entryBytes }
        row.hypercore.push((await ask<{ perSecond: number }>(theirs, order)).perSecond)
      }
      say?.(`round ${round + 1} of ${rounds} is measured`)
    }
  } finally {
    await ours.stop()
    await theirs?.stop()
  }
  const bytesPerEntry = (ours.bytes() - bytesBefore) / entries
  return found.map(({ writers, figures, hypercore }) => ({
    writers,
    perSecond: median(figures.map((each) => each.perSecond)),
    p50Ms: median(figures.map((each) => each.p50Ms)),
    p99Ms: median(figures.map((each) => each.p99Ms)),
    bytesPerEntry,
    hypercorePerSecond: theirs === undefined ? null : median(hypercore),
  }))
}

/** The mean of an intent and its outcome. */
const entryBytes = 640

async function measureSizes(folder: string, { sizes, say }: LedgerBenchOptions): Promise<SizeRow[]> {
  const rows: SizeRow[] = []
  for (const size of sizes) {
    const growing = await openLedgerProcess(folder)
    const { perSecond } = await growing.order({ kind: "grow", to: size })
    await growing.stop()
    const opened = await openLedgerProcess(folder)
    const proved = await opened.order({ kind: "prove", proofs, seed: size })
    const verified = await opened.order({ kind: "verify" })
    if (!verified.ok) throw new Error("the ledger that was grown does not verify")
    rows.push({
      entries: size,
      growPerSecond: perSecond,
      bytesPerEntry: opened.bytes() / size,
      startMs: opened.startMs,
      residentBytes: opened.residentBytes,
      proofP50Ms: proved.p50Ms,
      proofP99Ms: proved.p99Ms,
      verifiedPerSecond: verified.perSecond,
      verifiedPerCpuSecond: verified.perCpuSecond,
    })
    await opened.stop()
    say?.(`${size} entries are measured`)
  }
  return rows
}

function medianLimits(limits: readonly MachineLimits[]): MachineLimits {
  const of = (name: keyof MachineLimits) => median(limits.map((each) => each[name]))
  return {
    fsyncP50Ms: of("fsyncP50Ms"),
    fsyncP99Ms: of("fsyncP99Ms"),
    nodeHashesPerSecond: of("nodeHashesPerSecond"),
  }
}

// The peers have their own lock file and run no install script; they are never part of Hufu.
function installPeers(): void {
  if (existsSync(join(peersFolder, "node_modules", "hypercore"))) return
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: peersFolder,
    stdio: "inherit",
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      sizes: { type: "string", default: "100000,1000000,10000000" },
      "no-peers": { type: "boolean", default: false },
      out: { type: "string", default: "out/bench-ledger.json" },
    },
  })
  const report = await benchLedger({
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    sizes: values.sizes.split(",").filter(Boolean).map(Number),
    peers: !values["no-peers"],
    say: (line) => void process.stderr.write(`${line}\n`),
  })
  const bars: LedgerBar[] = ledgerBars(report)
  await mkdir(join(values.out, ".."), { recursive: true })
  await writeFile(values.out, `${JSON.stringify({ ...report, bars }, null, 2)}\n`)
  process.stdout.write(`${printedLedgerReport(report, bars).join("\n")}\n`)
  if (bars.some((bar) => !bar.met)) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
