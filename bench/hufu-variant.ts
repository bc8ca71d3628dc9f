import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import {
  addHttpServer,
  addStdioServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  nodeStatus,
  type NodeUnderTest,
  startNode,
} from "../e2e/node-under-test.ts"
import type { Era } from "../e2e/upstream/mcp-message.ts"
import { hundredRules } from "./hundred-rules.ts"
import { stdioUpstream, type Variant } from "./variants.ts"

const drainedWithinMs = 10_000
const entriesPerCall = 2 // the intent and the outcome

/** Hufu with a hundred rules, a mandate, and evidence that is durable: in front of HTTP or of a command. */
export async function startHufu(era: Era, upstreamUrl?: string): Promise<Variant> {
  const dataDir = await mkdtemp(join(tmpdir(), "hufu-bench-"))
  const rules = join(dataDir, "bench.cedar")
  await writeFile(rules, hundredRules(), { mode: 0o600 })
  const node = await startNode({ dataDir, config: { rules: [rules] } })
  await enrolPerson(node)
  if (upstreamUrl === undefined) await addStdioServer(node, "bench", stdioUpstream)
  else await addHttpServer(node, "bench", upstreamUrl)
  const credential = await createAgent(node, "bench")
  await grantMandate(node, "bench", {
    task: null,
    words: "the bench may add as many notes as it likes",
    grants: [{ effects: ["write"], tools: ["bench/add_note"], limits: [], mode: "auto" }],
    until: Date.now() + 24 * 3_600_000,
  })
  return {
    name: upstreamUrl === undefined ? "hufu-stdio" : "hufu-http",
    era,
    url: doorOf(node, "bench"),
    credential,
    pid: node.pid,
    drained: await drainOf(node),
    note: `${await ruleCount(node)} rules in force`,
    stop: async () => {
      await node.dispose()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function ruleCount(node: NodeUnderTest): Promise<number> {
  const { items } = (await node.api("GET", "/v1/rules")) as { items: unknown[] }
  return items.length
}

// The ledger's size says when every outcome is in: what a call owes after its reply counts into its cost.
async function drainOf(node: NodeUnderTest): Promise<(calls: number) => Promise<void>> {
  let owed = (await nodeStatus(node)).entries
  return async (calls) => {
    owed += calls * entriesPerCall
    const until = performance.now() + drainedWithinMs
    while ((await nodeStatus(node)).entries < owed) {
      if (performance.now() > until) throw new Error("the ledger did not receive every outcome")
      await delay(5)
    }
  }
}
