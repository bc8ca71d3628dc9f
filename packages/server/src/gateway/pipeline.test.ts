import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { OutcomeEntry } from "@hufu/core/evidence/entry"
import type { MandateDraft } from "@hufu/core/mandate/mandate"
import type { Permit, Ruling } from "./governor.ts"
import { draftOf, openPipeline, type OpenPipeline } from "./testing/open-pipeline.ts"

let node: OpenPipeline
beforeEach(async () => {
  node = await openPipeline()
})
afterEach(() => node.close())

const writes = { effects: ["write" as const], tools: ["*"], limits: [], mode: "auto" as const }
const person = { id: "usr_00000000", isPerson: true }

function permitOf(ruling: Ruling): Permit {
  if (ruling.kind !== "go") throw new Error(`it was ${ruling.kind}`)
  return ruling
}

async function outcomeOf(action: string): Promise<OutcomeEntry | undefined> {
  await node.ledger.append({ kind: "statement", fact: "note", subject: "node" }) // what is lazy goes with it
  return node.ledger
    .entriesOf(action)
    .map(({ entry }) => entry)
    .find((entry) => entry.kind === "outcome")
}

describe("between the verdict and the first byte", () => {
  const changes: Record<string, (id: string, draft: MandateDraft) => Promise<unknown>> = {
    "the mandate is revoked": (id) => node.mandates.revoke(id, person),
    "the mandate is narrowed": (id, draft) => node.mandates.narrow(id, { ...draft, grants: [] }, person),
    "another mandate forbids it": () => node.grant({ never: [{ effects: ["write"] }] }),
    "another mandate leaves it to the person": () => node.grant({ userOnly: [{ effects: ["write"] }] }),
    "the agent is suspended": () => node.interventions.suspend(node.agent.id, "node", ""),
    "everything is stopped": () => node.interventions.stopAll("node", ""),
    "the server is removed": () => node.interventions.removeServer(node.servers.need("notes"), "node"),
    "another version is declared": () =>
      node.agents.declareVersion(node.agent, { label: "2", parts: {} }, person.id),
  }

  test.each(Object.entries(changes))(
    "nothing leaves when %s, and the budget is whole again",
    async (_what, change) => {
      const draft = draftOf(node.clock.now(), { grants: [writes], otherwise: "deny", budget: { count: 1 } })
      const { id } = await node.grant(draft)
      const permit = permitOf(await node.governor.admit(node.attempt("add_note")))
      expect(node.budgets.spent(id, -1).count).toBe(1)
      await change(id, draft)
      expect(permit.leave()).toBe(false)
      expect(await outcomeOf(permit.action)).toMatchObject({ outcome: "failed" })
      expect(node.budgets.spent(id, -1).count).toBe(0)
    },
  )

  test("what a narrowing still covers leaves, also on the last of its budget", async () => {
    const grant = { ...writes, budget: { count: 1 } }
    const draft = draftOf(node.clock.now(), { grants: [grant], otherwise: "deny" })
    const { id } = await node.grant(draft)
    const permit = permitOf(await node.governor.admit(node.attempt("add_note")))
    await node.mandates.narrow(id, { ...draft, until: draft.until - 1 }, person)
    expect(permit.leave()).toBe(true)
    permit.conclude({ outcome: "done" })
    expect(await outcomeOf(permit.action)).toMatchObject({ outcome: "done" })
  })

  test("another mandate of the agent, revoked or given, does not hold back what is still covered", async () => {
    await node.grant({ grants: [writes] })
    const other = await node.grant({ grants: [writes] })
    const permit = permitOf(await node.governor.admit(node.attempt("add_note")))
    await node.mandates.revoke(other.id, person)
    expect(permit.leave()).toBe(true)
    permit.conclude({ outcome: "done" })
  })
})

describe("an approval", () => {
  async function approved(args = { id: "1" }): Promise<string> {
    const ruling = await node.governor.admit(node.attempt("send_note", args))
    if (ruling.kind !== "held") throw new Error(`it was ${ruling.kind}`)
    const hold = node.holds.find(ruling.hold)
    if (!hold) throw new Error("there is no such hold")
    await node.holds.decide(hold, { decision: "once", by: person.id })
    return hold.id
  }

  test("is used by one of several that rejoin it in the same tick, and takes from the budget once", async () => {
    const { id } = await node.grant({
      grants: [{ effects: ["send"], tools: ["*"], limits: [], mode: "ask" }],
      budget: { count: 5 },
    })
    const hold = await approved()
    const rejoin = () => node.governor.admit(node.attempt("send_note", { id: "1" }, hold))
    const said = await Promise.allSettled([rejoin(), rejoin(), rejoin()])
    const kinds = said.map((one) => (one.status === "fulfilled" ? one.value.kind : "failed"))
    expect(kinds.filter((kind) => kind === "go")).toHaveLength(1)
    expect(node.budgets.spent(id, -1).count).toBe(1)
  })

  test("that is being written while its agent is suspended is cancelled with the rest", async () => {
    await node.grant({})
    const ruling = await node.governor.admit(node.attempt("send_note"))
    const hold = ruling.kind === "held" ? node.holds.find(ruling.hold) : undefined
    if (!hold) throw new Error("it was not held")
    const deciding = node.holds.decide(hold, { decision: "once", by: person.id })
    const report = await node.interventions.suspend(node.agent.id, "node", "")
    await deciding
    expect(report.cancelledHolds).toEqual([hold.id])
    expect(node.holds.find(hold.id)?.state).toBe("cancelled")
  })

  test("expires by the clock alone, whoever names it", async () => {
    await node.grant({})
    const hold = await approved()
    node.clock.set(node.clock.now() + 900_000)
    const ruling = await node.governor.admit(node.attempt("send_note", { id: "1" }, hold))
    expect(ruling).toMatchObject({ kind: "refused", code: "hold_expired" })
    expect(node.holds.find(hold)?.state).toBe("expired")
  })

  test("of another's budget place is not given back to a grant that a narrowing moved", async () => {
    const send = {
      effects: ["send" as const],
      tools: ["*"],
      limits: [],
      mode: "auto" as const,
      budget: { count: 5 },
    }
    const write = { ...writes, budget: { count: 2 } }
    const draft = draftOf(node.clock.now(), { grants: [send, write], otherwise: "deny" })
    const { id } = await node.grant(draft)
    const first = permitOf(await node.governor.admit(node.attempt("add_note")))
    expect(first.leave()).toBe(true)
    const second = permitOf(await node.governor.admit(node.attempt("send_note")))
    await node.mandates.narrow(id, { ...draft, grants: [write, send] }, person)
    second.abandon("cancelled")
    // What stands first now is the grant to write, of which one is spent.
    expect(node.budgets.spent(id, 0).count).toBe(1)
    first.conclude({ outcome: "done" })
  })
})

describe("a change that is being written when its opposite comes", () => {
  /** Begins the change, and holds the disk until `then` has begun as well; resolves when the first is durable. */
  async function overlapped(change: () => Promise<unknown>, then: () => Promise<unknown>) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    const first = change()
    const unit = node.store.commit(() => {
      started.resolve()
      return promise
    })
    await started.promise
    const second = then()
    resolve()
    await first
    return { unit, second }
  }

  test("does not put a suspended agent back in service for a moment", async () => {
    await node.interventions.suspend(node.agent.id, "node", "")
    const { unit, second } = await overlapped(
      () => node.agents.setState(node.agents.need(node.agent.id), "live", person.id, ""),
      () => node.interventions.suspend(node.agent.id, "node", ""),
    )
    expect(node.agents.need(node.agent.id).state).toBe("suspended")
    await Promise.all([unit, second])
    expect(node.agents.need(node.agent.id).state).toBe("suspended")
  })

  test("does not lift a stop for a moment", async () => {
    await node.stop.declare("node", "")
    const { unit, second } = await overlapped(
      () => node.stop.lift(person.id),
      () => node.stop.declare("node", ""),
    )
    expect(node.stop.stopped).toBe(true)
    await Promise.all([unit, second])
    expect(node.stop.stopped).toBe(true)
  })
})
