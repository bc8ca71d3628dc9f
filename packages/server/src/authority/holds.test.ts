import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
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

describe("an approval in the database", () => {
  const approve = (hold: Hold) => holds.decide(hold, { decision: "once", by: "usr_a" })

  /** Opens the store again after something wrote into its file while no node ran. */
  async function reopenAfter(change: (body: Record<string, unknown>) => object): Promise<void> {
    await store.close()
    const db = new DatabaseSync(join(place.dataDir, "hufu.db"))
    const row = db.prepare("SELECT body FROM record WHERE kind = 'hold'").get()
    const body = change(JSON.parse(String(row?.["body"])) as Record<string, unknown>) // written by this very store
    const state = "state" in body ? String(body["state"]) : ""
    db.prepare("UPDATE record SET body = ?, state = ? WHERE kind = 'hold'").run(JSON.stringify(body), state)
    db.close()
    store = await openStore(place.options())
    holds = openHolds(store, store.vault, place.clock, 900)
  }

  it("is still one after a restart", async () => {
    const { id, approval } = await approve(await open())
    await reopenAfter((body) => body)
    expect(holds.find(id)).toMatchObject({ state: "approved", approval, approvedDigest: digest })
  })

  it.each<[string, (body: Record<string, unknown>) => object]>([
    ["without a proof", () => ({})],
    ["with a made-up proof", () => ({ proof: "ab".repeat(32) })],
    ["with a proof that is no text of digits", () => ({ proof: "as the person wished" })],
  ])("that somebody wrote there %s asks again", async (_, more) => {
    const { id } = await open()
    await reopenAfter((body) => ({
      ...body,
      state: "approved",
      approval: "apr_01jq8x4m6e5cz9b2k7v3n1r0wd",
      approvedDigest: digest,
      decision: "once",
      decidedAt: scratchStart,
      ...more(body),
    }))
    const found = holds.find(id)
    expect(found).toMatchObject({ state: "waiting", approval: null, approvedDigest: null })
    expect(() => found && holds.use(found)).toThrow("a new action")
  })

  it("that was another action's, or fits another digest, asks again", async () => {
    const first = await open("act_a")
    const { proof, approval, decidedAt } = await approve(first)
    await reopenAfter((body) => ({ ...body, approvedDigest: "f".repeat(64) }))
    expect(holds.find(first.id)?.state).toBe("waiting")
    await reopenAfter((body) => ({ ...body, id: "hld_another", proof, approval, decidedAt }))
    expect(holds.find("hld_another")?.state).toBe("waiting")
  })
})
