import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { parseArgs } from "node:util"
import { killLedgerRounds } from "./ledger-rounds.ts"

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "500" },
    entries: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    out: { type: "string", default: "out/kill-ledger.json" },
  },
})
const report = await killLedgerRounds({
  rounds: Number(values.rounds),
  entries: Number(values.entries),
  seed: Number(values.seed),
  say: (line) => void process.stderr.write(`${line}\n`),
})
await mkdir(dirname(values.out), { recursive: true })
await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`)
for (const problem of report.problems) process.stdout.write(`PROBLEM ${problem}\n`)
process.stdout.write(
  `${report.rounds} kills (seed ${report.seed}) from ${values.entries} entries on: ${report.acknowledged} acknowledged, ` +
    `${report.checkpoints} checkpoints, ${report.published} entries published, ${report.entries} entries at the end, ` +
    `slowest restart ${Math.max(...report.restartMs).toFixed(0)} ms, ${report.problems.length} problems\n`,
)
process.exitCode = report.problems.length === 0 ? 0 : 1
