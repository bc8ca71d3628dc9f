import { parseArgs } from "node:util"
import { openCedar } from "./cedar-engine.ts"
import type { Engine } from "./engine.ts"
import { openHufu } from "./hufu-engine.ts"
import { madeActions, type MadeRule, madeRules } from "./made-rules.ts"
import { type EngineFigures, measureEngine } from "./measure-engine.ts"
import { peerEngines } from "./peer-engines.ts"
import { provenanceCost } from "./provenance-cost.ts"

/** One promise about the cost of a decision. */
interface Bar {
  readonly bar: string
  readonly found: number
  readonly limit: number
  readonly side: "at most" | "at least"
}

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "10,100,1000,10000" },
    "no-peers": { type: "boolean", default: false },
  },
})
const sizes = values.sizes.split(",").map(Number)
const actionsEach = 200

const figures: EngineFigures[] = []
let disagreements = 0
for (const size of sizes) {
  const rules = madeRules(size)
  const actions = madeActions(rules, actionsEach)
  for (const open of await engines()) {
    const engine = await open(rules)
    const measured = measureEngine(engine, size, { actions, most: 200_000, ms: 4_000 })
    const ours = figures.find(({ name, rules: count }) => name === "hufu" && count === size)
    disagreements += measured.answers.filter((answer, n) => answer !== (ours ?? measured).answers[n]).length
    figures.push(measured)
    console.log(lineOf(measured))
  }
}
const unsliced = Array.from({ length: 1_000 }, (_, n): MadeRule => ({
  id: `bench/${n}`,
  asks: false,
  above: 1_000 + n,
}))
console.log("1,000 rules of which every one has to be looked at each time, because none names anything:")
console.log(
  lineOf(
    measureEngine(openHufu(unsliced), 1_000, {
      actions: madeActions(madeRules(1_000), actionsEach),
      most: 200_000,
      ms: 4_000,
    }),
  ),
)
console.log(
  `every engine was asked about the same ${actionsEach} actions at each size, of which ${passing()} pass: ${disagreements} answers differ`,
)
const provenance = await provenanceCost()
console.log(
  [
    `provenance, on a task that has read 1,000 results of 10 KB: p50 ${provenance.p50Ms.toFixed(3)} ms, p99 ${provenance.p99Ms.toFixed(3)} ms added`,
    `  when one more result of 10 KB has just come back, which a node reads before the next call if it can: p50 ${provenance.freshP50Ms.toFixed(3)} ms, p99 ${provenance.freshP99Ms.toFixed(3)} ms`,
    `  the task holds ${provenance.heapMiB.toFixed(1)} MiB then, and ${provenance.laterHeapMiB.toFixed(1)} MiB after 4,000 more`,
  ].join("\n"),
)
for (const { bar, found, limit, side } of bars()) {
  const met = side === "at most" ? found <= limit : found >= limit
  console.log(`${met ? "met   " : "MISSED"} ${bar}: ${round(found)} (${side} ${round(limit)})`)
  if (!met) process.exitCode = 1
}

async function engines(): Promise<((rules: readonly MadeRule[]) => Engine | Promise<Engine>)[]> {
  if (values["no-peers"]) return [openHufu, openCedar]
  try {
    return [openHufu, openCedar, ...(await peerEngines())]
  } catch (error) {
    console.log(
      `the peers casbin and agent-governance-sdk are left out, because they could not be installed: ${String(error)}`,
    )
    return [openHufu, openCedar]
  }
}

function lineOf({ name, rules, loadMs, p50Us, p99Us, perSecond, decisions }: EngineFigures): string {
  return [
    name.padEnd(21),
    `${rules} rules`.padStart(12),
    `p50 ${p50Us.toFixed(1)} µs`.padStart(16),
    `p99 ${p99Us.toFixed(1)} µs`.padStart(16),
    `${Math.round(perSecond)} in a second`.padStart(22),
    `loaded in ${Math.round(loadMs)} ms`.padStart(20),
    `${decisions} decisions`.padStart(20),
  ].join("")
}

function passing(): string {
  return figures
    .filter(({ name }) => name === "hufu")
    .map(({ answers }) => answers.filter(Boolean).length)
    .join(", ")
}

function bars(): Bar[] {
  const of = (name: string, rules: number) => figures.find((one) => one.name === name && one.rules === rules)
  const [thousand, tenThousand] = [of("hufu", 1_000), of("hufu", 10_000)]
  const found: Bar[] = [
    { bar: "answers that differ", found: disagreements, limit: 0, side: "at most" },
    { bar: "p99 that provenance adds, ms", found: provenance.p99Ms, limit: 1, side: "at most" },
    {
      bar: "memory of a task after five times as many results, MiB",
      found: provenance.laterHeapMiB,
      limit: 64,
      side: "at most",
    },
  ]
  if (thousand)
    found.push({ bar: "p99 at 1,000 rules, µs", found: thousand.p99Us, limit: 50, side: "at most" })
  if (thousand && tenThousand)
    found.push({
      bar: "p99 at 10,000 rules / at 1,000",
      found: tenThousand.p99Us / thousand.p99Us,
      limit: 2,
      side: "at most",
    })
  for (const rules of sizes) {
    const [ours, theirs] = [of("hufu", rules), of("cedar-wasm", rules)]
    if (ours && theirs && rules >= 1_000)
      found.push({
        bar: `decisions in a second at ${rules} rules, Hufu / cedar-wasm`,
        found: ours.perSecond / theirs.perSecond,
        limit: 50,
        side: "at least",
      })
  }
  return found
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0)
}
