import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Output, Request } from "@hufu/core/contract/contract"
import { version } from "@hufu/server/version"
import { openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  approve,
  createAgent,
  doorOf,
  enrolPerson,
  entriesFrom,
  grantMandate,
  heldCalls,
  type NodeUnderTest,
  refuseByCommand,
  startNode,
  whyOf,
} from "../node-under-test.ts"
import { startRecorder } from "../upstream/start-recorder.ts"
import { packFolder } from "./frozen-folder.ts"

// Writes what a release's own code makes of a data folder, so that every later one is tested against it:
//   node e2e/upgrade/freeze.ts
// Run it once for a release, by that release's code, and commit what it writes. A file that is there is never
// written again: it says what people have on their disks. The keys in it are for tests and protect nothing.

const year = 365 * 86_400_000

/** What the folder held when it was frozen, as its own node told it. */
export interface FrozenContent {
  readonly version: string
  readonly entries: readonly string[]
  readonly actions: readonly { readonly id: string; readonly arguments: unknown; readonly tool: string }[]
  readonly agents: readonly string[]
  readonly words: string
  readonly waiting: number
}

async function freeze(): Promise<void> {
  const to = fileURLToPath(new URL(`./${version}/`, import.meta.url))
  if (existsSync(to)) throw new Error(`${version} is frozen already: what was released never changes`)
  const folder = mkdtempSync(join(tmpdir(), "hufu-frozen-"))
  const upstream = await startRecorder()
  const node = await startNode({ dataDir: folder, config: { ask: { expirySeconds: 60 } } })
  try {
    await live(node, upstream.url)
    const content = await contentOf(node)
    mkdirSync(to)
    writeFileSync(join(to, "content.json"), `${JSON.stringify(content, null, 2)}\n`)
    // As a crash leaves it: the last batches stand in the journal alone.
    await node.kill9()
    packFolder(folder, join(to, "killed.tar.gz"))
    await node.restart()
    await node.stop()
    packFolder(folder, join(to, "stopped.tar.gz"))
  } finally {
    await node.dispose()
    await upstream.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One of each: calls that went, that were denied, approved and refused, one that waits, words, a budget and a narrowing. */
async function live(node: NodeUnderTest, url: string): Promise<void> {
  await enrolPerson(node)
  await addHttpServer(node, "notes", url)
  const credential = await createAgent(node, "scribe")
  await node.api("POST", "/v1/tasks", { agent: "scribe", words: "keep my notes, and send none without me" })
  const draft = {
    words: "keep my notes",
    task: null,
    grants: [{ effects: ["write"], tools: ["notes/*"], mode: "auto", limits: [] }],
    never: [{ tools: ["notes/write_slowly"] }],
    userOnly: [],
    otherwise: "ask",
    budget: { count: 100 },
    until: Date.now() + 100 * year,
  } satisfies Request<"mandate.grant">["mandate"]
  const mandate = await grantMandate(node, "scribe", draft)
  const caller = await openCaller({ url: doorOf(node, "notes"), era: "modern", credential })
  for (let i = 0; i < 20; i += 1)
    await caller.call("add_note", { id: `n${i}`, text: `note ${i}, 第 ${i} 条` })
  await caller.call("write_slowly", { id: "never", text: "this is denied" })
  await asked(
    node,
    () => caller.call("send_note", { id: "a", to: "ann", text: "approved" }),
    async ([held]) => {
      if (held !== undefined) await approve(node, held)
    },
  )
  await asked(
    node,
    () => caller.call("send_note", { id: "b", to: "ann", text: "refused" }),
    async ([held]) => {
      if (held !== undefined) await refuseByCommand(node, held.id, "not today")
    },
  )
  await caller.close()
  const waiting = await openCaller({ url: doorOf(node, "notes"), era: "modern", credential })
  const gone = new AbortController()
  const call = waiting
    .call("send_note", { id: "c", to: "ann", text: "waits" }, gone.signal)
    .catch(() => undefined)
  await heldOf(node)
  gone.abort()
  await call
  await waiting.close()
  await createAgent(node, "retired")
  await node.api("POST", "/v1/agents/retired:revoke", {})
  await node.api("POST", `/v1/mandates/${mandate}:narrow`, { to: { ...draft, budget: { count: 40 } } })
}

/** Starts a call that asks, and lets the person decide while it waits. */
async function asked(
  node: NodeUnderTest,
  call: () => Promise<unknown>,
  decide: (held: Awaited<ReturnType<typeof heldCalls>>) => Promise<void>,
): Promise<void> {
  const answer = call()
  await decide(await heldOf(node))
  await answer
}

async function heldOf(node: NodeUnderTest): ReturnType<typeof heldCalls> {
  for (;;) {
    const waiting = (await heldCalls(node)).filter(({ state }) => state === "waiting")
    if (waiting.length > 0) return waiting
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** What a node says that it holds; asked of the release that is frozen, and of every later one. */
export async function contentOf(node: NodeUnderTest): Promise<FrozenContent> {
  const { items } = (await node.api("GET", "/v1/actions?limit=1000")) as Output<"action.list">
  const agents = (await node.api("GET", "/v1/agents")) as Output<"agent.list">
  const tasks = (await node.api("GET", "/v1/tasks")) as Output<"task.list">
  const told = await whyOf(
    node,
    items.map(({ id }) => id),
  )
  const status = (await node.api("GET", "/v1/node")) as Output<"node.status">
  return {
    version: status.version,
    entries: (await entriesFrom(node, 0)).map(({ hash }) => hash),
    actions: told.map(({ action, arguments: args }) => ({
      id: action.id,
      arguments: args,
      tool: action.tool,
    })),
    agents: agents.items.map(({ name, state }) => `${name} ${state}`).toSorted(),
    words: tasks.items.find(({ words }) => words !== "")?.words ?? "",
    waiting: status.waiting,
  }
}

if (import.meta.main) await freeze()
