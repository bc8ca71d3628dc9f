import { once } from "node:events"
import { connect } from "node:tls"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runChecks } from "../../conformance/aip/check.ts"
import { groupChecks, runGroupChecks } from "../../conformance/aip/group-checks.ts"
import { openGroupLeader } from "../../conformance/aip/group-leader.ts"
import { openLeader } from "../../conformance/aip/leader.ts"
import { partnerChecks } from "../../conformance/aip/partner-checks.ts"
import { noBroker } from "./broker-under-test.ts"
import { openNodeOfAgents } from "./node-of-agents.ts"
import { openWorldWithBroker, type WorldWithBroker } from "./world-with-broker.ts"

// All of the checks, for each of the four: `npm run conformance:aip:gateway`, and of groups `npm run conformance:aip:groups`.
let world: Awaited<ReturnType<typeof openNodeOfAgents>>
let withBroker: WorldWithBroker | undefined
beforeAll(async () => {
  if (noBroker === undefined) world = withBroker = await openWorldWithBroker()
  else {
    console.log(noBroker)
    world = await openNodeOfAgents()
  }
}, 120_000)
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

  test("whoever wants to know whom they speak with is shown a certificate in the partner's own code", async () => {
    const { base, partnerAic, tls } = await world.target("tools", "certificate")
    const shown = async (servername: string) => {
      const socket = connect({ host: "localhost", port: Number(new URL(base).port), servername, ...tls })
      await once(socket, "secureConnect")
      const { subject, subjectaltname } = socket.getPeerCertificate()
      socket.destroy()
      return { name: subject.CN, also: subjectaltname }
    }
    // The connection checks the name and the chain itself.
    expect(await shown("tools.localhost")).toMatchObject({
      name: partnerAic,
      also: expect.stringContaining(`acps://${partnerAic}`),
    })
    // The code of an agent elsewhere is not this node's to give, and what is nobody's name gets the door's own.
    expect(await shown("localhost")).toMatchObject({ name: "localhost" })
    await expect(shown("helper.localhost")).rejects.toThrow(/does not match/)
    await expect(shown("nobody.localhost")).rejects.toThrow(/does not match/)
  })
})

describe.skipIf(noBroker !== undefined)("agents in groups, at a real broker", () => {
  function needed(): WorldWithBroker {
    if (withBroker === undefined) throw new Error("there is no broker")
    return withBroker
  }

  test("a leader works in groups with a partner behind the node, by its certificate", async () => {
    const leader = await openGroupLeader(await needed().target("helper", "certificate"))
    const all = await runGroupChecks(groupChecks, leader)
    await leader.close()
    expect(all.filter(({ outcome }) => outcome !== "passed")).toEqual([])
  }, 120_000)
})
