import { seeded } from "../seeded.ts"
import { type ChainReport, runChains } from "./run-chains.ts"

/** How many runs, and from which seed: `npm run chains -- 100000 7`. */
const runs = Number(process.argv[2] ?? 100_000)
const first = Number(process.argv[3] ?? 1)
/** Each over a node of its own. */
const perNode = 500
const atOnce = 2

const begun = performance.now()
const total: Omit<ChainReport, "violations"> = {
  runs: 0,
  steps: 0,
  calls: 0,
  effects: 0,
  below: 0,
  passes: 0,
  passed: 0,
  deepest: 0,
  restarts: 0,
}
let violations = 0
let next = 0

async function work(): Promise<void> {
  while (next < runs) {
    const from = next
    next += perNode
    const count = Math.min(perNode, runs - from)
    // A seed of its own for each node, far from the others.
    const seed = Math.floor(seeded(first + from).next() * 2 ** 31)
    const report = await runChains({ runs: count, seed, steps: 6, restartEvery: 100 })
    for (const name of [
      "runs",
      "steps",
      "calls",
      "effects",
      "below",
      "passes",
      "passed",
      "restarts",
    ] as const)
      total[name] += report[name]
    total.deepest = Math.max(total.deepest, report.deepest)
    violations += report.violations.length
    for (const { seed: of, step, what } of report.violations.slice(0, 5))
      console.log(`violation in the run of seed ${of}, step ${step}: ${what}`)
    if (Math.floor(total.runs / 5_000) > Math.floor((total.runs - count) / 5_000)) say()
  }
}

function say(): void {
  const seconds = (performance.now() - begun) / 1000
  console.log(
    `${total.runs} runs, ${total.steps} steps (${total.restarts} restarts), ${total.passed} of ${total.passes} parts passed on, ` +
      `chains of up to ${total.deepest}, ${total.effects} of ${total.calls} calls let through (${total.below} under a passed mandate), ` +
      `${violations} violations, ${seconds.toFixed(0)} s`,
  )
}

await Promise.all(Array.from({ length: atOnce }, work))
say()
process.exitCode = violations === 0 && total.runs >= runs && total.below > 0 ? 0 : 1
