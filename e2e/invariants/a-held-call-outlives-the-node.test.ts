import { rotateVaultKey } from "@hufu/server/keys/rotate-keys"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { modernMeta } from "../upstream/mcp-message.ts"
import type { AgentDoor } from "./agent-door.ts"
import { createWorld, type World, type WorldAgent } from "./world.ts"

const _meta = {
  ...modernMeta,
  "io.modelcontextprotocol/clientCapabilities": {
    elicitation: { url: {} },
    extensions: { "io.modelcontextprotocol/tasks": {} },
  },
}

let world: World
let agent: WorldAgent
beforeEach(async () => {
  world = await createWorld()
  agent = await world.agent("polls")
  await world.grant(agent, {})
})
afterEach(() => world.dispose())

type Result = Readonly<Record<string, unknown>>

/** What a task is, as its client reads it; `undefined` when it is told that there is none. */
async function about(door: AgentDoor, method: "tasks/get" | "tasks/cancel", taskId: string) {
  const { message } = await door.request(method, { taskId, _meta })
  return message?.result
}

async function asked(door: AgentDoor, args: object): Promise<string> {
  const { message } = await door.request("tools/call", { name: "send_note", arguments: args, _meta })
  expect(message?.result).toMatchObject({ resultType: "task", status: "working" })
  return String(message?.result?.["taskId"])
}

async function ended(door: AgentDoor, task: string): Promise<Result | undefined> {
  await expect.poll(async () => (await about(door, "tasks/get", task))?.["status"]).not.toBe("working")
  return about(door, "tasks/get", task)
}

const stateOf = async (hold: string) => (await world.local.hold.show({ hold })).state

describe("a task of a client that polls, after the node was restarted", () => {
  test("goes on from the approval, whether it came before the restart or after it", async () => {
    const before = await world.door("modern", agent)
    const late = await asked(before, { id: "late", to: "ann" })
    const early = await asked(before, { id: "early" })
    await world.restart()
    const door = await world.door("modern", agent)
    expect(await about(door, "tasks/get", late)).toMatchObject({ status: "working" })
    expect(world.upstream.calls()).toEqual([])
    await world.approve(late)
    expect(await ended(door, late)).toMatchObject({
      status: "completed",
      result: { content: [{ text: "done" }] },
    })
    expect(world.upstream.calls()).toEqual([{ tool: "send_note", args: { id: "late", to: "ann" } }])

    await world.approve(early, { arguments: { id: "edited" } })
    // Nobody asked for it since the restart: approving it performs nothing by itself.
    expect(await stateOf(early)).toBe("approved")
    await world.restart()
    const again = await world.door("modern", agent)
    expect(await ended(again, early)).toMatchObject({ status: "completed" })
    expect(world.upstream.calls().map(({ args }) => args["id"])).toEqual(["late", "edited"])
    expect(await stateOf(early)).toBe("used")
  })

  test("is cancelled for the person too, and shows in the ledger as the agent's doing", async () => {
    const before = await world.door("modern", agent)
    const [kept, restarted] = [await asked(before, { id: "1" }), await asked(before, { id: "2" })]
    await about(before, "tasks/cancel", kept)
    await world.restart()
    const door = await world.door("modern", agent)
    await about(door, "tasks/cancel", restarted)
    for (const task of [kept, restarted]) {
      expect(await stateOf(task)).toBe("cancelled")
      await expect(world.approve(task)).rejects.toMatchObject({ code: "hold_decided" })
      expect(await about(door, "tasks/get", task)).toMatchObject({ status: "cancelled" })
    }
    const decisions = (await world.entries())
      .map(({ entry }) => entry)
      .filter(({ kind }) => kind === "approval")
    expect(decisions).toMatchObject(
      [kept, restarted].map((hold) => ({ hold, decision: "cancelled", by: agent.id })),
    )
    expect(world.upstream.calls()).toEqual([])
  })

  test("is no other agent's and no other task's", async () => {
    const hold = await asked(await world.door("modern", agent), { id: "mine" })
    const other = await world.agent("stranger")
    await world.grant(other, {})
    await world.restart()
    const theirs = await world.door("modern", other)
    await theirs.call("send_note", { id: "theirs" })
    for (const method of ["tasks/get", "tasks/cancel"] as const)
      expect(await about(theirs, method, hold)).toBeUndefined()
    const door = await world.door("modern", agent)
    await world.person.task.start({ agent: agent.id, words: "something else" })
    for (const method of ["tasks/get", "tasks/cancel"] as const)
      expect(await about(door, method, hold)).toBeUndefined()
    expect(await stateOf(hold)).toBe("waiting")
  })

  test("says that nobody knows how it ended when it was under way", async () => {
    world.upstream.answer = () => new Promise(() => {})
    const hold = await asked(await world.door("modern", agent), { id: "under way" })
    await world.approve(hold)
    await world.upstream.arrived(1)
    await world.restart()
    const door = await world.door("modern", agent)
    const task = await about(door, "tasks/get", hold)
    expect(task).toMatchObject({ status: "failed", error: { data: { outcome: "unknown" } } })
    await about(door, "tasks/cancel", hold)
    expect(await stateOf(hold)).toBe("used")
    expect(world.upstream.calls()).toHaveLength(1)
  })

  test("is not what waits for another method, and ends with its time", async () => {
    const door = await world.door("modern", agent)
    const hold = await asked(door, { id: "long ago" })
    await world.restart()
    const again = await world.door("modern", agent)
    world.clock.advance(900_001)
    await expect.poll(() => stateOf(hold)).toBe("expired")
    expect(await about(again, "tasks/get", hold)).toMatchObject({
      status: "completed",
      result: { isError: true },
    })
    world.clock.advance(900_001)
    expect(await about(again, "tasks/get", hold)).toBeUndefined()
    const read = await again.request("resources/read", { uri: "note://one" })
    expect(read.hold).toMatch(/^hld_/)
    expect(await about(again, "tasks/get", read.hold ?? "")).toBeUndefined()
    expect(await stateOf(read.hold ?? "")).toBe("waiting")
  })
})

describe("an approval that was not used yet", () => {
  test("holds for exactly its action when the vault has a new key, and once", async () => {
    const args = { id: "1", to: "ann" }
    const before = await world.door("modern", agent)
    const { hold = "" } = await before.call("send_note", args)
    const { hold: waiting = "" } = await before.call("send_note", { id: "2" })
    await world.approve(hold)
    await world.restart((folder) =>
      rotateVaultKey(folder, () => Promise.reject(new Error("it is not sealed"))),
    )
    expect((await world.entries()).map(({ entry }) => entry["fact"])).toContain("vault.rekeyed")
    expect([await stateOf(hold), await stateOf(waiting)]).toEqual(["approved", "waiting"])
    // What was asked is still readable: the new key opens what the old one closed.
    expect((await world.local.hold.show({ hold })).arguments).toEqual(args)
    const door = await world.door("modern", agent)
    expect(await door.call("send_note", { id: "2" }, { hold: waiting })).toMatchObject({ code: "pending" })
    expect(await door.call("send_note", { ...args, to: "eve" }, { hold })).toMatchObject({ isError: true })
    expect(world.upstream.calls()).toEqual([])
    expect(await door.call("send_note", args, { hold })).toMatchObject({ isError: false })
    expect(await door.call("send_note", args, { hold })).toMatchObject({ isError: true })
    expect(world.upstream.calls()).toEqual([{ tool: "send_note", args }])
  })
})

describe("a client that goes away without a word", () => {
  test.each(["modern", "legacy", "guard"] as const)(
    "leaves what it asked for to the person: %s",
    async (kind) => {
      const door = await world.door(kind, agent)
      const { hold = "" } = await door.call("send_note", { id: kind })
      await door.close()
      expect(await stateOf(hold)).toBe("waiting")
      await world.approve(hold)
      const back = await world.door(kind, agent)
      expect((await back.call("send_note", { id: kind })).isError).toBe(false)
    },
  )
})
