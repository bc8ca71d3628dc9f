import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { parseArgs } from "node:util"
import { startRecorder } from "../upstream/start-recorder.ts"
import { openMemoryProbe } from "./memory-probe.ts"
import { soak } from "./soak.ts"
import { startHufuTarget, startPlainTarget } from "./soak-target.ts"

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "2000" },
    guards: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    target: { type: "string", default: "hufu" },
    out: { type: "string", default: "out/soak.json" },
  },
})
// However it ends, no node stays behind.
await using started = new AsyncDisposableStack()
// Idle pool connections are no leak: let them end before counting.
const recorder = started.adopt(await startRecorder({ keepAliveMs: 1000 }), (it) => it.stop())
const probe = started.adopt(await openMemoryProbe(), (it) => it.close())
const start = values.target === "plain" ? startPlainTarget : startHufuTarget
const target = started.adopt(await start(recorder.url, probe), (it) => it.dispose())
const report = await soak(target, probe, {
  connections: Number(values.connections),
  guards: target.guard === undefined ? 0 : Number(values.guards),
  seed: Number(values.seed),
  say: (line) => void process.stderr.write(`${line}\n`),
})
await mkdir(dirname(values.out), { recursive: true })
await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`)
const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
for (const [when, figures] of [
  ["before", report.before],
  ["after", report.after],
] as const) {
  process.stdout.write(
    `${when.padEnd(7)} ${figures.openFiles} open files, ${figures.sockets} sockets, ${figures.descendants} processes, ` +
      `${mib(figures.memory.rss)} resident, ${mib(figures.memory.held)} held\n`,
  )
}
for (const problem of report.problems) process.stdout.write(`PROBLEM ${problem}\n`)
process.stdout.write(
  `dropped ${JSON.stringify(report.dropped)} (seed ${report.seed}), ${report.refused} refused, ${report.problems.length} problems\n`,
)
process.exitCode = report.problems.length === 0 ? 0 : 1
