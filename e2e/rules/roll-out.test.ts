import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Output } from "@hufu/core/contract/contract"
import { IntentEntry } from "@hufu/core/evidence/entry"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { AgentDoor, Said } from "../invariants/agent-door.ts"
import { createWorld, type World, type WorldAgent } from "../invariants/world.ts"

const inForce = `@id("own/big") @ask("that much?") @ask_zh("这么多？")
forbid (principal, action == Hufu::Action::"pay", resource) when { context has amount && context.amount > 500 };
@id("own/old") @why("old") @why_zh("旧") forbid (principal, action, resource) when { resource.name == "nothing" };`
const draftText = `@id("own/big") @why("too much") @why_zh("太多")
forbid (principal, action == Hufu::Action::"pay", resource) when { context has amount && context.amount > 300 };
@id("own/delete") @ask("delete it?") @ask_zh("要删除吗？")
forbid (principal, action == Hufu::Action::"delete", resource);
@id("own/never") @why("never") @why_zh("从不") forbid (principal, action, resource) when { resource.name == "nobody" };`

/** The same calls, whatever becomes of them: no answer of one is needed for another. */
const traffic = Array.from({ length: 60 }, (_, n) => {
  const tool = ["add_note", "delete_note", "pay_invoice", "send_note"][n % 4] ?? ""
  return { tool, args: { id: `n${n}`, ...(tool === "pay_invoice" ? { amount: n * 12 } : {}) } }
})

let folder: string
let shadowed: World
let rolledOut: World
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hufu-rules-"))
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const [now, next] = [await file("now.cedar", inForce), await file("next.cedar", draftText)]
  shadowed = await createWorld({ config: { rules: [now], draft: { rules: [next], agents: ["early"] } } })
  rolledOut = await createWorld({ config: { rules: [next] } })
}, 120_000)
afterAll(async () => {
  await shadowed.dispose()
  await rolledOut.dispose()
  await rm(folder, { recursive: true, force: true })
})

async function prepare(world: World, name: string): Promise<{ agent: WorldAgent; door: AgentDoor }> {
  const agent = await world.agent(name)
  await world.grant(agent, {
    grants: [{ effects: ["write", "delete", "pay", "send"], tools: ["*"], limits: [], mode: "auto" }],
  })
  return { agent, door: await world.door("modern", agent) }
}

const verdictOf = ({ verdict, isError }: Said) => verdict ?? (isError ? "failed" : "allow")

async function send(
  world: World,
  name: string,
): Promise<{ agent: WorldAgent; verdicts: string[]; actions: (string | undefined)[] }> {
  const { agent, door } = await prepare(world, name)
  const said: Said[] = []
  for (const { tool, args } of traffic) said.push(await door.call(tool, args))
  return { agent, verdicts: said.map(verdictOf), actions: said.map(({ action }) => action) }
}

test("what the draft would have said of live traffic is what it says of the same traffic once it is in force", async () => {
  const before = await send(shadowed, "all")
  const after = await send(rolledOut, "all")
  const report = await shadowed.local.rules.shadow({ limit: 1000 })
  expect(report).toMatchObject({
    agents: ["early"],
    looked: traffic.length,
    policy: (await rolledOut.local.rules.list({})).digest,
  })
  // In the order in which it was sent: what is not among the changes would have stayed as it was.
  const changes = new Map(report.items.map((item) => [item.action, item]))
  const { items } = await shadowed.local.action.list({ limit: 200 })
  const actions = await actionsOf(shadowed, before.agent, items)
  const would = actions.map((action, n) => changes.get(action)?.would.verdict ?? before.verdicts[n])
  expect(would).toEqual(after.verdicts)
  expect(before.verdicts).not.toEqual(after.verdicts)
  expect(new Set(after.verdicts)).toEqual(new Set(["allow", "ask", "deny"]))
  expect(report.changed).toBe(report.items.length)
  expect(report.changed).toBe(before.verdicts.filter((verdict, n) => verdict !== after.verdicts[n]).length)
  expect(Object.values(report.changes).reduce((sum, count) => sum + count, 0)).toBe(report.changed)
}, 120_000)

/** The actions in the order in which they were tried, held ones among them. */
async function actionsOf(
  world: World,
  agent: WorldAgent,
  items: Output<"action.list">["items"],
): Promise<string[]> {
  const held = await world.held(agent)
  const all = [
    ...items.filter((item) => item.agent === agent.id).map(({ id }) => id),
    ...held.map(({ action }) => action),
  ]
  return [...new Set(all)].toSorted()
}

test("a draft is in force for the agents that it names before it is for everybody, and is no shadow of theirs", async () => {
  const { looked } = await shadowed.local.rules.shadow({ limit: 1 })
  const early = await send(shadowed, "early")
  const late = await send(shadowed, "late")
  const whole = await send(rolledOut, "whole")
  expect(early.verdicts).toEqual(whole.verdicts)
  expect(late.verdicts).not.toEqual(whole.verdicts)
  expect((await shadowed.local.rules.shadow({ limit: 1 })).looked).toBe(looked + traffic.length)
  const { digest } = await rolledOut.local.rules.list({})
  const explained = await shadowed.local.decision.explain({
    agent: "early",
    server: "notes",
    tool: "add_note",
  })
  expect(explained.policy).toBe(digest)
}, 120_000)

test("the difference names what is added, removed and changed, with both texts", async () => {
  const diff = await shadowed.local.rules.diff({})
  expect(diff.added.map(({ id }) => id)).toEqual(["own/delete", "own/never"])
  expect(diff.removed.map(({ id }) => id)).toEqual(["own/old"])
  expect(diff.changed).toEqual([
    {
      id: "own/big",
      layer: "user",
      before: expect.stringContaining("500"),
      after: expect.stringContaining("300"),
    },
  ])
  expect(await rolledOut.local.rules.diff({})).toMatchObject({
    to: null,
    added: [],
    removed: [],
    changed: [],
  })
})

test("coverage names rules that were never hit and actions that no rule speaks of", async () => {
  const cover = await rolledOut.local.rules.coverage({})
  expect(cover.next).toBeNull()
  expect(cover.decided).toBeGreaterThanOrEqual(traffic.length)
  expect(cover.neverHit).toContain("own/never")
  expect(cover.neverHit).not.toContain("own/delete")
  expect(cover.hits.find(({ rule }) => rule === "own/delete")?.count).toBeGreaterThanOrEqual(
    traffic.length / 4,
  )
  const tools = cover.unspoken.map(({ tool }) => tool)
  expect(tools).toContain("add_note")
  expect(tools).not.toContain("delete_note")
  expect((await rolledOut.local.rules.coverage({ until: 1 })).decided).toBe(0)
})

test("a draft moves while the node runs, by the person alone; each verdict names the rules that decided, over a restart too", async () => {
  const { draft, rules } = await shadowed.local.rules.rollout({})
  if (draft === null) throw new Error("there is no draft")
  await shadowed.renew()
  const { door } = await prepare(shadowed, "mover")
  let calls = 0
  /** The rules that decided about the last call, as the ledger has it. */
  const decidedBy = async (): Promise<string> => {
    await door.call("add_note", { id: `m${(calls += 1)}` })
    const [last] = (await shadowed.local.action.list({ limit: 1 })).items
    const { items } = await shadowed.local.log.entries({ from: last?.index ?? 0, limit: 1 })
    return IntentEntry.parse(items[0]?.entry).policy
  }
  expect(await decidedBy()).toBe(rules)
  const to = (stage: "all" | "off" | "some", more = {}) => ({ draft, stage, ...more })
  await expect(shadowed.local.rules.stage(to("all"))).rejects.toMatchObject({ code: "unauthenticated" })
  expect(await shadowed.person.rules.stage(to("some", { agents: ["mover"] }))).toMatchObject({
    stage: "some",
  })
  expect(await decidedBy()).toBe(draft)
  expect(await shadowed.person.rules.stage(to("all"))).toMatchObject({ stage: "all" })
  expect(await decidedBy()).toBe(draft)
  // What its file says by now decides nothing.
  await writeFile(join(folder, "next.cedar"), "this is no rule")
  await expect(shadowed.person.rules.stage(to("some", { share: 10 }))).rejects.toMatchObject({
    code: "rule_invalid",
  })
  await writeFile(join(folder, "next.cedar"), draftText)
  await shadowed.restart()
  expect(await shadowed.local.rules.rollout({})).toMatchObject({ stage: "all", from: "files", draft })
  await shadowed.renew()
  expect(await shadowed.person.rules.stage(to("off"))).toMatchObject({ stage: "off" })
  const question = { agent: "mover", server: "notes", tool: "add_note" }
  const explained = await shadowed.local.decision.explain(question)
  expect(explained.policy).toBe(rules)
}, 120_000)
