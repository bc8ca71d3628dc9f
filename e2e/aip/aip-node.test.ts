import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runChecks } from "../../conformance/aip/check.ts"
import { openLeader } from "../../conformance/aip/leader.ts"
import { partnerChecks } from "../../conformance/aip/partner-checks.ts"
import { openNodeOfAgents } from "./node-of-agents.ts"

// All of the checks, for each of the four: `npm run conformance:aip:gateway`.
const some = [
  "state-5",
  "state-12",
  "state-18",
  "state-19",
  "stream-stays",
  "stream-resume",
  "identity-rpc",
  "identity-partner",
]
const told = ["notification-start-message"]

let world: Awaited<ReturnType<typeof openNodeOfAgents>>
beforeAll(async () => {
  world = await openNodeOfAgents()
}, 60_000)
afterAll(() => world.close())

describe("agents over AIP, through a node", () => {
  test.each([
    ["helper", "certificate", [...some, ...told]],
    ["tools", "credential", [...some, ...told, "state-9"]],
  ] as const)("a leader works with `%s` by its %s", async (name, by, ids) => {
    const leader = openLeader(await world.target(name, by))
    const all = await runChecks(
      partnerChecks.filter(({ id }) => ids.some((each) => each === id)),
      leader,
    )
    await leader.close()
    expect(all.filter(({ outcome }) => outcome !== "passed")).toEqual([])
    expect(all).toHaveLength(ids.length)
  })
})
