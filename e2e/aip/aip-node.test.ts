import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runChecks } from "../../conformance/aip/check.ts"
import { openLeader } from "../../conformance/aip/leader.ts"
import { partnerChecks } from "../../conformance/aip/partner-checks.ts"
import { openNodeOfAgents } from "./node-of-agents.ts"

// All of the checks, for each of the four: `npm run conformance:aip:gateway`.
let world: Awaited<ReturnType<typeof openNodeOfAgents>>
beforeAll(async () => {
  world = await openNodeOfAgents()
}, 60_000)
afterAll(() => world.close())

describe("agents over AIP, through a node", () => {
  test.each([
    ["helper", "certificate", ["state-12", "stream-resume", "identity-rpc", "notification-start-message"]],
    ["tools", "credential", ["state-5", "state-9", "state-18", "state-19"]],
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
