import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  startNode,
} from "../node-under-test.ts"
import { startRecorder } from "../upstream/start-recorder.ts"

// Makes a published log of real actions, for readers that others have written: a node, an agent and a tool server, all of them real.
const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    actions: { type: "string", default: "2000" },
    clients: { type: "string", default: "8" },
  },
})
if (values.folder === undefined) throw new Error("name where the log goes: --folder DIR")
const folder = resolve(values.folder)
await mkdir(folder, { recursive: true })
const dataDir = await mkdtemp(join(tmpdir(), "hufu-log-"))
const recorder = await startRecorder()
const node = await startNode({ dataDir, config: { publish: { folder } } })
try {
  await enrolPerson(node)
  await addHttpServer(node, "notes", recorder.url)
  const credential = await createAgent(node, "writer")
  await grantMandate(node, "writer", {
    task: null,
    words: "write as many notes as you like",
    grants: [{ effects: ["write", "read", "execute"], tools: ["*"], limits: [], mode: "auto" }],
    until: Date.now() + 24 * 3_600_000,
  })
  const wanted = Number(values.actions)
  let begun = 0
  const client = async () => {
    const caller = await openCaller({ url: doorOf(node, "notes"), era: "modern", credential })
    try {
      while (begun < wanted) {
        begun += 1
        const { status } = await caller.call("add_note", { id: `note-${begun}`, text: "as it was" })
        if (status !== 200) throw new Error(`a call was answered with ${status}`)
      }
    } finally {
      await caller.close()
    }
  }
  await Promise.all(Array.from({ length: Number(values.clients) }, client))
  const { key } = (await node.cli(["log", "checkpoint"])) as { key: string }
  // What is new is signed and published as the node stops.
  await node.stop()
  process.stdout.write(`${JSON.stringify({ folder, key })}\n`)
} finally {
  await node.dispose()
  await recorder.stop()
  await rm(dataDir, { recursive: true, force: true })
}
