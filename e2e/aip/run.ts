import { mkdir, writeFile } from "node:fs/promises"
import { runChecks } from "../../conformance/aip/check.ts"
import { openLeader } from "../../conformance/aip/leader.ts"
import { partnerChecks } from "../../conformance/aip/partner-checks.ts"
import { openNodeOfAgents } from "./node-of-agents.ts"

// Every check of conformance/aip through a real node: to a partner that speaks AIP and to a tool server, by credential and by certificate.
// Then the node is killed while a partner works.

const world = await openNodeOfAgents({ waitMs: 20_000 })
const reports: object[] = []
let isGood = true
try {
  for (const name of ["helper", "tools"] as const)
    for (const by of ["credential", "certificate"] as const) {
      const leader = openLeader(await world.target(name, by))
      const begun = performance.now()
      const all = await runChecks(partnerChecks, leader)
      await leader.close()
      const of = (outcome: string) => all.filter((each) => each.outcome === outcome)
      const took = ((performance.now() - begun) / 1000).toFixed(1)
      console.log(
        `${name} by ${by}: ${of("passed").length} passed, ${of("failed").length} failed, ${of("not reached").length} not reached, ${took} s`,
      )
      for (const { id, why } of of("failed")) console.log(`  failed: ${id}: ${why}`)
      for (const { id, why } of of("not reached")) console.log(`  not reached: ${id}: ${why}`)
      isGood &&= of("failed").length === 0
      reports.push({ name, by, all })
    }
  isGood &&= await survives()
} finally {
  await world.close()
}
/** A task that was under way when the node was killed goes on, is delivered once, and was never begun again. */
async function survives(): Promise<boolean> {
  const { node, partner } = world
  const before = openLeader(await world.target("helper", "credential"))
  const task = before.newTask()
  await before.rpc(task, "start", { dataItems: [{ type: "text", text: "work" }] })
  await before.close()
  const theirs = partner.tasks().at(-1)?.id ?? ""
  await node.kill9()
  partner.go(theirs, "deliver")
  await node.restart()
  const after = openLeader(await world.target("helper", "credential"))
  try {
    const { products = [] } = await after.until(task, ["awaiting-completion"])
    const { status } = await after.rpc(task, "complete")
    const starts = partner.seen.filter(
      ({ body }) => JSON.stringify(body).includes(`"start"`) && JSON.stringify(body).includes(theirs),
    )
    const isRight = products.length === 1 && status.state === "completed" && starts.length === 1
    console.log(`after a kill: ${products.length} product, ${status.state}, started ${starts.length} time`)
    return isRight
  } catch (error) {
    console.log(`after a kill: ${error instanceof Error ? error.message : String(error)}`)
    return false
  } finally {
    await after.close()
  }
}

await mkdir("out", { recursive: true })
await writeFile("out/conformance-aip-gateway.json", `${JSON.stringify(reports, null, 2)}\n`)
if (!isGood) process.exitCode = 1
