import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createWorld, type World } from "./world.ts"

let folder: string
let sound: World
beforeAll(async () => {
  sound = await createWorld()
  folder = await mkdtemp(join(tmpdir(), "hufu-rules-"))
})
afterAll(async () => {
  await sound.dispose()
  await rm(folder, { recursive: true, force: true })
})

const rule = (body: string, annotations = '@id("user/test") @why("because") @why_zh("因为")') =>
  `${annotations}\n${body}`
const anything = "permit (principal, action, resource)"
const broken: Record<string, string> = {
  "what does not parse": rule("forbid (principal, action resource);"),
  "what does not type-check": rule(
    'forbid (principal, action, resource) when { principal.suspended == 1 + "a" };',
  ),
  "an attribute that there is not": rule("forbid (principal, action, resource) when { context.surely };"),
  "an attribute that may be missing": rule(
    "forbid (principal, action, resource) when { context.amount > 5 };",
  ),
  "what can never match": rule('forbid (principal == Hufu::Tool::"x", action, resource);'),
  "an action that there is not": rule('forbid (principal, action == Hufu::Action::"fly", resource);'),
  "no id": rule("forbid (principal, action, resource);", '@why("because") @why_zh("因为")'),
  "the id of a platform rule": rule(`${anything};`, '@id("platform/own-data") @why("x") @why_zh("x")'),
  "a template": rule("forbid (principal == ?principal, action, resource);"),
  "nothing but noise": "\u0000\u001b[2J",
}

test.each(Object.entries(broken))(
  "%s is refused at load, by validation and by a start",
  async (_what, text) => {
    const validated = await sound.local.rules.validate({ text })
    expect(validated.ok).toBe(false)
    expect(validated.faults.join()).not.toBe("")
    const file = join(folder, "broken.cedar")
    await writeFile(file, text)
    await expect(createWorld({ config: { rules: [file] } })).rejects.toMatchObject({ code: "rule_invalid" })
  },
)

test("a rules file that is not there keeps the node shut", async () => {
  await expect(createWorld({ config: { rules: [join(folder, "gone.cedar")] } })).rejects.toMatchObject({
    code: "rule_invalid",
  })
})

async function worldWith(text: string): Promise<World & AsyncDisposable> {
  const file = join(folder, `${text.length}.cedar`)
  await writeFile(file, text)
  return createWorld({ config: { rules: [file] } })
}

test("a rule that errors on an action denies it, whatever the mandate allows, and says which rule", async () => {
  const overflows = "context.time.epoch * 9007199254740991 > 0"
  await using world = await worldWith(rule(`${anything} when { ${overflows} };`))
  const agent = await world.agent("overflow")
  await world.grant(agent, { grants: [{ effects: ["write"], tools: ["*"], limits: [], mode: "auto" }] })
  const door = await world.door("modern", agent)
  const said = await door.call("add_note", { id: "1" })
  expect(said).toMatchObject({ verdict: "deny", code: "denied" })
  expect(said.text).toContain("user/test")
  expect(world.upstream.calls()).toEqual([])
})

test("a rule of the user's that permits everything opens nothing that the platform closes", async () => {
  await using world = await worldWith(rule(`${anything};`))
  const agent = await world.agent("permitted")
  const door = await world.door("modern", agent)
  expect((await door.call("add_note", { id: "1" })).verdict).toBe("deny")
  await world.grant(agent, { never: [{ effects: ["delete"] }] })
  expect((await door.call("delete_note", { id: "1" })).verdict).toBe("deny")
  expect((await door.call("add_note", { id: "1" })).verdict).toBe("ask")
  expect(world.upstream.calls()).toEqual([])
})
