import { seeded } from "../seeded.ts"
import { type ChainOptions, type ChainReport, runChains } from "./run-chains.ts"

/**
 * How many runs of the real authority over a store in memory, of how many the whole pipeline over a real store, and from which seed:
 * `npm run chains -- 100000 2000 7`.
 */
const [memory = 100_000, disk = 2_000, first = 1] = process.argv.slice(2).map(Number)
/** Each over a node of its own. */
const perNode = 500
const said = 10_000

async function runAll(runs: number, store: ChainOptions["store"], steps: number): Promise<boolean> {
  const begun = performance.now()
  const total: ChainReport = {
    runs: 0,
    steps: 0,
    calls: 0,
    effects: 0,
    below: 0,
    passes: 0,
    passed: 0,
    deepest: 0,
    restarts: 0,
    violations: [],
  }
  const say = () => {
    const seconds = (performance.now() - begun) / 1000
    console.log(
      `${store}: ${total.runs} runs, ${total.steps} steps (${total.restarts} restarts), ${total.passed} of ${total.passes} parts passed on, ` +
        `chains of up to ${total.deepest}, ${total.effects} of ${total.calls} calls let through (${total.below} under a passed mandate), ` +
        `${total.violations.length} violations, ${seconds.toFixed(0)} s`,
    )
  }
  for (let from = 0; from < runs; from += perNode) {
    const count = Math.min(perNode, runs - from)
    // A seed of its own for each node, far from the others.
    const seed = Math.floor(seeded(first + from).next() * 2 ** 31)
    const report = await runChains({ runs: count, seed, steps, store, restartEvery: 50 })
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
    total.violations.push(...report.violations)
    for (const { seed: of, step, what } of report.violations.slice(0, 5))
      console.log(`violation in the run of seed ${of}, step ${step}: ${what}`)
    if (total.runs % said === 0) say()
  }
  if (total.runs % said !== 0) say()
  return total.violations.length === 0 && total.runs === runs && (runs === 0 || total.below > 0)
}

const results = [await runAll(memory, "memory", 12), await runAll(disk, "disk", 8)]
process.exitCode = results.every(Boolean) ? 0 : 1
