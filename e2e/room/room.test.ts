import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { type McpCaller, openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  ledgerFault,
  type NodeUnderTest,
  nodeStatus,
  startNode,
  stopAll,
} from "../node-under-test.ts"
import { type Recorder, startRecorder } from "../upstream/start-recorder.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let node: NodeUnderTest
let upstream: Recorder
let caller: McpCaller
beforeEach(async () => {
  upstream = await startRecorder()
  node = await startNode({ config: { store: { megabytes: 16 } } })
  await enrolPerson(node)
  await addHttpServer(node, "notes", upstream.url)
  const credential = await createAgent(node, "ann")
  await grantMandate(node, "ann", {
    task: null,
    words: "",
    grants: [{ effects: ["write"], tools: ["*"], mode: "auto", limits: [] }],
    never: [],
    userOnly: [],
    otherwise: "ask",
    until: Date.now() + 3_600_000,
  })
  caller = await openCaller({ url: doorOf(node, "notes"), era: "modern", credential })
})
afterEach(async () => {
  await caller.close()
  await node.dispose()
  await upstream.stop()
})

const write = async (id: string, text: string) => {
  const { message } = await caller.call("add_note", { id, text })
  return (message?.error?.data as { code?: string } | undefined)?.code ?? "done" // our own error's shape
}

it("data that has reached its bound takes no new action, is read, stopped and sound, and goes on when the bound is raised", async () => {
  const text = "x".repeat(100_000)
  let answer = "done"
  for (let i = 0; answer === "done" && i < 2000; i += 1) answer = await write(`n${i}`, text)
  expect(answer).toBe("store_full")
  upstream.received()
  expect(await write("more", "little")).toBe("store_full")
  expect(upstream.received().filter(({ method }) => method === "tools/call")).toEqual([])
  const { room, entries } = await nodeStatus(node)
  expect(room.isFull).toBe(true)
  expect(room.bytes).toBeGreaterThanOrEqual(room.maxBytes ?? Infinity)
  // It ends soon after the bound: a second of calls at most.
  expect(room.bytes).toBeLessThan(64 * 1024 * 1024)
  await stopAll(node)
  expect((await nodeStatus(node)).stopped).toBe(true)
  expect(await ledgerFault(node)).toBeUndefined()
  await node.stop()
  writeFileSync(join(node.dataDir, "config.json"), JSON.stringify({ store: { megabytes: 1000 } }))
  await node.restart()
  await node.api("DELETE", "/v1/stop")
  expect(await write("again", "little")).toBe("done")
  expect((await nodeStatus(node)).room.isFull).toBe(false)
  expect((await nodeStatus(node)).entries).toBeGreaterThan(entries)
})
