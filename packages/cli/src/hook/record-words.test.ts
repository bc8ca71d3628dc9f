import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Client, createClient } from "@hufu/sdk"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { socketTransport } from "../connection/socket-transport.ts"
import { type DemoFolder, makeDemoFolder } from "../demo/demo-folder.ts"
import { type DemoNode, startDemoNode } from "../demo/demo-node.ts"
import { writeDocuments } from "../demo/documents.ts"
import { agentName, type ScriptedAgent, startScriptedAgent } from "../demo/scripted-agent.ts"
import { waitForHold } from "../demo/wait-for-hold.ts"
import { recordWords } from "./record-words.ts"

const secret = "a tally in two halves"
let place = ""
let folder: DemoFolder
let node: DemoNode
let agent: ScriptedAgent
let local: ReturnType<typeof socketTransport>
let person: Client
let credential = ""

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "hufu-words-"))
  folder = await makeDemoFolder(join(place, "demo"))
  await writeDocuments(folder, "en")
  node = await startDemoNode(folder.dataFolder, "en")
  agent = await startScriptedAgent(folder)
  local = socketTransport(folder.dataFolder)
  const user = createClient({ transport: local.transport })
  await user.person.enrol({ secret })
  const { token } = await user.session.create({ secret })
  person = createClient({ transport: local.transport, token })
  credential = (await person.credential.issue({ agent: agentName, kind: "hook" })).credential
}, 60_000)

afterAll(async () => {
  await agent.close()
  local.close()
  await node.stop()
  await rm(place, { recursive: true, force: true })
})

const record = (words: string) =>
  recordWords({ dataFolder: folder.dataFolder, agent: agentName, credential, words })

describe("recordWords", () => {
  it("goes on with the task while one of its actions waits, so that approving it still counts", async () => {
    const before = await record("write me a summary")
    const path = join(folder.documents, "summary.md")
    const order = { server: "filesystem", tool: "write_file", arguments: { path, content: "short" } } as const
    const call = agent.carryOut(order)
    const hold = await waitForHold(person, order)
    expect(await record("I am about to approve it, go on")).toEqual({ kind: "continued", hold: hold.id })
    expect(await record("and hurry")).toEqual({ kind: "continued", hold: hold.id })

    await person.hold.approve({ hold: hold.id, digest: hold.digest })
    expect((await call).isError).toBe(false)
    expect(await readFile(path, "utf8")).toBe("short")
    const next = await record("now something else")
    expect([before.kind, next.kind]).toEqual(["started", "started"])
    const shown = await person.task.show({ task: hold.task })
    expect(shown.task.words).toBe("write me a summary")
    expect(shown.added).toMatchObject([
      { words: "I am about to approve it, go on", source: "hook" },
      { words: "and hurry", source: "hook" },
    ])
    const { items } = await person.task.list({ agent: agentName })
    expect(items.filter(({ state, source }) => state === "live" && source === "hook")).toMatchObject([
      { words: "now something else" },
    ])
  }, 60_000)

  it("lets a hook speak for its own agent alone", async () => {
    const { agent: another } = await person.agent.create({ name: "another", credential: false })
    const { task } = await person.agent.show({ agent: another.id })
    const hook = createClient({ transport: local.transport, token: credential })
    await expect(hook.task.add({ task: task.id, words: "hello" })).rejects.toMatchObject({
      code: "forbidden",
    })
    expect((await person.task.show({ task: task.id })).added).toEqual([])
    const foreign = recordWords({
      dataFolder: folder.dataFolder,
      agent: "another",
      credential,
      words: "hello",
    })
    await expect(foreign).rejects.toMatchObject({ code: "forbidden" })
  })
})
