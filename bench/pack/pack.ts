import { parseArgs } from "node:util"
import { airlineFigures, type Blocked } from "./airline-figures.ts"
import { dataFolder } from "../detect/data-folder.ts"
import { readAirline } from "./read-airline.ts"

/** What the airline pack blocks of τ²-bench's gold actions, forbidden actions and labelled calls, and of recorded runs. */
const { values } = parseArgs({
  options: { data: { type: "string" }, verbose: { type: "boolean", default: false } },
})
const data = readAirline(dataFolder(process.argv))
if (typeof data === "string") {
  console.error(data)
  process.exitCode = 1
} else {
  const { gold, forbidden, micro, runs } = airlineFigures(data)
  const { truePositive, falsePositive, falseNegative } = micro
  const share = (part: number, of: number) => (of === 0 ? "–" : (part / of).toFixed(3))
  console.log(`gold actions: ${gold.blocked.length} of ${gold.actions} blocked`)
  print(gold.blocked)
  console.log(
    `forbidden actions: ${forbidden.actions - forbidden.passed.length} of ${forbidden.actions} blocked, by ${JSON.stringify(forbidden.rules)}`,
  )
  for (const what of forbidden.passed) console.log(`  passed: ${what}`)
  console.log(
    `labelled calls: ${micro.cases}, precision ${share(truePositive, truePositive + falsePositive.length)}, recall ${share(truePositive, truePositive + falseNegative.length)} (${falsePositive.length} blocked that are allowed, ${falseNegative.length} let through that are not)`,
  )
  if (values.verbose) print(falsePositive)
  if (values.verbose) for (const what of falseNegative) console.log(`  let through: ${what}`)
  for (const kind of ["right", "wrong"] as const) {
    const { runs: count, calls, refusedByServer, right, rightBlocked, blocked } = runs[kind]
    console.log(
      `recorded runs that came out ${kind}: ${count}, with ${calls} calls, of which the server refused ${refusedByServer} and the pack would block ${blocked.length}`,
    )
    print(summed(blocked))
    console.log(
      `  of ${right} calls that the later benchmark has as right ${rightBlocked.length} would be blocked`,
    )
    print(summed(rightBlocked).map(({ what, rules }) => ({ what: `  ${what}`, rules })))
  }
  if (gold.blocked.length > 0 || forbidden.passed.length > 0) process.exitCode = 1
}

function print(blocked: readonly Blocked[]): void {
  for (const { what, rules } of blocked) console.log(`  ${what}: ${rules.join(", ")}`)
}

function summed(blocked: readonly Blocked[]): Blocked[] {
  return [...Map.groupBy(blocked, ({ what }) => what.replace(/^task \d+ /, ""))].map(([what, all]) => ({
    what: `${what} (${all.length})`,
    rules: [...new Set(all.flatMap(({ rules }) => rules))],
  }))
}
