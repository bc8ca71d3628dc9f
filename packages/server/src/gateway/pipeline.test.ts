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

  test("what was reserved from one mandate does not leave under another one, whose budget it would pass by", async () => {
    const first = await node.grant({ grants: [writes], otherwise: "deny" })
    const second = await node.grant({ grants: [{ ...writes, budget: { count: 1 } }], otherwise: "deny" })
    const permits = await Promise.all(
      ["a", "b", "c"].map(async (id) =>
        permitOf(await node.governor.admit(node.attempt("add_note", { id }))),
      ),
    )
    await node.mandates.revoke(first.id, person)
    expect(permits.map((permit) => permit.leave())).toEqual([false, false, false])
    expect(node.budgets.spent(second.id, 0).count).toBe(0)
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

describe("an action that its agent takes back", () => {
  async function held(): Promise<string> {
    await node.grant({})
    const ruling = await node.governor.admit(node.attempt("send_note", { id: "1" }))
    if (ruling.kind !== "held") throw new Error(`it was ${ruling.kind}`)
    return ruling.hold
  }

  const stateOf = (hold: string) => node.holds.find(hold)?.state
  const answers = (hold: string) =>
    node.ledger
      .entriesOf(hold)
      .map(({ entry }) => entry)
      .filter((entry) => entry.kind === "approval")

  test("waits for nobody any more, and the ledger says who took it back", async () => {
    const hold = await held()
    const waiting = node.governor.awaitHold(node.caller, hold, new AbortController().signal)
    expect(await node.governor.withdraw(node.caller, hold)).toBe("cancelled")
    expect(await waiting).toBe("cancelled")
    expect(node.holds.waiting()).toBe(0)
    expect(answers(hold)).toMatchObject([{ decision: "cancelled", by: node.agent.id }])
    const rejoined = await node.governor.admit(node.attempt("send_note", { id: "1" }, hold))
    expect(rejoined).toMatchObject({ kind: "refused", code: "hold_cancelled" })
    expect((await node.governor.admit(node.attempt("send_note", { id: "1" }))).kind).toBe("held")
  })

  test("is not another agent's to take back, to wait for or to look at", async () => {
    const hold = await held()
    const other = await node.agents.create({
      name: "other",
      identifiedBy: "credential",
      demo: false,
      by: person.id,
    })
    const stranger = { ...node.caller, agent: other.id, version: other.version }
    await node.tasks.ensure(other.id, node.caller.principal)
    await expect(node.governor.withdraw(stranger, hold)).rejects.toMatchObject({ code: "not_found" })
    await expect(node.governor.awaitHold(stranger, hold, AbortSignal.abort())).rejects.toMatchObject({
      code: "not_found",
    })
    expect(() => node.governor.heldAction(stranger, hold)).toThrow("no such held action")
    expect(stateOf(hold)).toBe("waiting")
  })

  test("is not another agent's either where the record names the task of the one who asks", async () => {
    const found = node.holds.find(await held())
    if (!found) throw new Error("there is no such hold")
    const { id: _, state: __, ...draft } = found
    const content = { arguments: {}, targets: [], reasons: [] }
    const theirs = await node.holds.open({ ...draft, agent: "agt_00000000", action: "act_00000000" }, content)
    await expect(node.governor.withdraw(node.caller, theirs.id)).rejects.toMatchObject({ code: "not_found" })
    expect(() => node.governor.heldAction(node.caller, theirs.id)).toThrow("no such held action")
    expect(stateOf(theirs.id)).toBe("waiting")
  })

  test("is not another task's of the same agent", async () => {
    const hold = await held()
    const { id: agent, principal } = { id: node.agent.id, principal: node.caller.principal }
    await node.tasks.start({ agent, principal, words: "something else", source: "terminal", by: person.id })
    await expect(node.governor.withdraw(node.caller, hold)).rejects.toMatchObject({ code: "not_found" })
    expect(() => node.governor.heldAction(node.caller, hold)).toThrow("no such held action")
    expect(stateOf(hold)).toBe("waiting")
  })

  test("stays as it is once a person has decided it, even while that is being written", async () => {
    const hold = await held()
    const waiting = node.holds.find(hold)
    if (!waiting) throw new Error("there is no such hold")
    const deciding = node.holds.decide(waiting, { decision: "once", by: person.id })
    expect(await node.governor.withdraw(node.caller, hold)).toBe("approved")
    await deciding
    expect(await node.governor.withdraw(node.caller, hold)).toBe("approved")
    expect(answers(hold)).toHaveLength(1)
    expect((await node.governor.admit(node.attempt("send_note", { id: "1" }, hold))).kind).toBe("go")
  })

  test("is taken back once, however often that is said, and not after its time", async () => {
    const hold = await held()
    const twice = [node.governor.withdraw(node.caller, hold), node.governor.withdraw(node.caller, hold)]
    expect(await Promise.all(twice)).toEqual(["cancelled", "cancelled"])
    expect(answers(hold)).toHaveLength(1)
    const late = await held()
    node.clock.set(node.clock.now() + 900_000)
    await node.governor.withdraw(node.caller, late)
    await node.holds.expire()
    expect(answers(late)).toMatchObject([{ decision: "expired" }])
  })

  test("shows what was asked for and, once it left, how it ended", async () => {
    const hold = await held()
    expect(node.governor.heldAction(node.caller, hold)).toMatchObject({
      state: "waiting",
      server: "notes",
      tool: "send_note",
      arguments: { id: "1" },
    })
    const waiting = node.holds.find(hold)
    if (!waiting) throw new Error("there is no such hold")
    await node.holds.decide(waiting, { decision: "once", by: person.id })
    const permit = permitOf(await node.governor.admit(node.attempt("send_note", { id: "1" }, hold)))
    expect(permit.leave()).toBe(true)
    expect(node.governor.heldAction(node.caller, hold)).not.toHaveProperty("outcome")
    permit.conclude({ outcome: "unknown", reason: "connection_lost" })
    await outcomeOf(permit.action)
    expect(node.governor.heldAction(node.caller, hold)).toMatchObject({ state: "used", outcome: "unknown" })
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
