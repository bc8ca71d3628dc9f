import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { parseArgs } from "node:util"
import { startRecorder } from "../upstream/start-recorder.ts"
import { startHufuTarget } from "./hufu-target.ts"
import { killRounds } from "./kill-rounds.ts"
import { startPlantedTarget } from "./planted-target.ts"

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "200" },
    clients: { type: "string", default: "16" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    target: { type: "string", default: "hufu" },
    out: { type: "string", default: "out/kill.json" },
  },
})
const recorder = await startRecorder()
const target = await (values.target === "planted"
  ? startPlantedTarget(recorder.url)
  : startHufuTarget(recorder.url))
const report = await killRounds(target, {
  rounds: Number(values.rounds),
  clients: Number(values.clients),
  seed: Number(values.seed),
  received: recorder.received,
  say: (line) => void process.stderr.write(`${line}\n`),
})
await target.dispose()
await recorder.stop()
await mkdir(dirname(values.out), { recursive: true })
await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`)
const slowest = Math.max(...report.restarts.map(({ tookMs }) => tookMs)).toFixed(0)
const cpu = Math.max(...report.restarts.map(({ cpuMs }) => cpuMs)).toFixed(0)
const { totals } = report
for (const problem of report.problems) process.stdout.write(`PROBLEM ${problem}\n`)
process.stdout.write(
  `${report.rounds} kills (seed ${report.seed}): ${report.sent} calls sent, ${totals.acknowledged} acknowledged, ` +
    `${totals.performed} performed, ${totals.unknown} marked unknown, ${totals.entries} entries, ` +
    `${report.holdsKept} holds seen before a kill, ${totals.registered} registrations, slowest restart ${slowest} ms (at most ${cpu} ms of CPU), ${report.problems.length} problems\n`,
)
process.exitCode = report.problems.length === 0 ? 0 : 1
