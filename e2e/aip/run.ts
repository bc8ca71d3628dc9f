import { mkdir, writeFile } from "node:fs/promises"
import { runChecks } from "../../conformance/aip/check.ts"
import { openLeader } from "../../conformance/aip/leader.ts"
import { partnerChecks } from "../../conformance/aip/partner-checks.ts"
import { openNodeOfAgents } from "./node-of-agents.ts"

// Every check of conformance/aip through a real node: to a partner that speaks AIP and to a tool server, by credential and by certificate.

const world = await openNodeOfAgents()
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
  if (world.node.errorText() !== "") console.log(world.node.errorText())
} finally {
  await world.close()
}
await mkdir("out", { recursive: true })
await writeFile("out/conformance-aip-gateway.json", `${JSON.stringify(reports, null, 2)}\n`)
if (!isGood) process.exitCode = 1
