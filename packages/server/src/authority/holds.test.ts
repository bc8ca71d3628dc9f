import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Scratch, scratch, scratchStart } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { type Hold, type HoldAuthority, openHolds } from "./holds.ts"

let place: Scratch
let store: Store
let holds: HoldAuthority
beforeEach(async () => {
  place = scratch()
  store = await openStore(place.options())
  holds = openHolds(store, store.vault, place.clock, 900)
})
afterEach(async () => {
  await store.close()
  place.remove()
})

const digest = "0123456789abcdef".repeat(4)

function open(action = "act_a"): Promise<Hold> {
  return holds.open(
    {
      action,
      agent: "agt_a",
      version: "ver_a",
      task: "tsk_a",
      principal: "usr_a",
      server: "notes",
      tool: "write",
      effect: "write",
      mode: "ask",
      digest,
    },
    { arguments: { text: "hello" }, targets: [], reasons: [] },
  )
}

const refuse = (hold: Hold) =>
  holds.decide(hold, { decision: "refused", by: "usr_a", refusal: "not this one" })
const take = () => holds.takeRefusal("agt_a", "tsk_a", digest)

describe("a refusal that its agent was not there to hear", () => {
  it("is given to the same action once, with what the person said", async () => {
    const hold = await open()
    await refuse(hold)
    expect(holds.matching("agt_a", "tsk_a", digest)).toBeUndefined()
    const told = take()
    expect(told).toMatchObject({ id: hold.id, state: "refused" })
    expect(told && holds.decided(told).refusal).toBe("not this one")
    expect(take()).toBeUndefined()
  })

  it("is not another agent's, another task's or another action's", async () => {
    await refuse(await open())
    expect(holds.takeRefusal("agt_b", "tsk_a", digest)).toBeUndefined()
    expect(holds.takeRefusal("agt_a", "tsk_b", digest)).toBeUndefined()
    expect(holds.takeRefusal("agt_a", "tsk_a", "f".repeat(64))).toBeUndefined()
    expect(take()).toBeDefined()
  })

  it("is not kept longer than the question would have stood", async () => {
    await refuse(await open())
    place.clock.set(scratchStart + 900_000)
    await holds.expire()
    expect(take()).toBeUndefined()
  })
})

describe("a refusal that its agent waits for", () => {
  it("is heard there and not again at the next call", async () => {
    const hold = await open()
    const heard = holds.wait(hold, new AbortController().signal)
    await refuse(hold)
    expect((await heard).state).toBe("refused")
    expect(take()).toBeUndefined()
  })

  it("is kept when the agent left before it came", async () => {
    const hold = await open()
    const left = new AbortController()
    const heard = holds.wait(hold, left.signal)
    left.abort()
    expect((await heard).state).toBe("waiting")
    await refuse(hold)
    expect(take()).toBeDefined()
  })
})

it("keeps nothing of what was approved, cancelled or has expired", async () => {
  await holds.decide(await open("act_a"), { decision: "cancelled", by: "node" })
  expect(take()).toBeUndefined()
  await open("act_b")
  place.clock.set(scratchStart + 900_000)
  await holds.expire()
  expect(take()).toBeUndefined()
})

it("keeps an approval over a restart, and uses it once", async () => {
  const { id, approval } = await holds.decide(await open(), { decision: "once", by: "usr_a" })
  const reopen = async () => {
    await store.close()
    store = await openStore(place.options())
    holds = openHolds(store, store.vault, place.clock, 900)
    return holds.find(id)
  }
  const found = await reopen()
  expect(found).toMatchObject({ state: "approved", approval, approvedDigest: digest })
  await store.commit((tx) => found && holds.use(found).write(tx))
  expect(await reopen()).toMatchObject({ state: "used" })
})
