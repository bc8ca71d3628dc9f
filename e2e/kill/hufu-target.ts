import {
  addHttpServer,
  approve,
  claimRegistration,
  createAgent,
  doorOf,
  enrolPerson,
  entriesFrom,
  grantMandate,
  type HeldCall,
  heldCalls,
  ledgerFault,
  type LedgerItem,
  type NodeUnderTest,
  registeredIds,
  spentCount,
  startNode,
  whyOf,
} from "../node-under-test.ts"
import { cpuMs } from "../process/process-figures.ts"
import type { KillTarget, SeenEntry } from "./kill-target.ts"

const wholeRunMs = 24 * 3_600_000
const holdsOutliveTheRunSeconds = 86_400
const moreThanAnyRun = 100_000_000

/** Hufu in front of a recording upstream, with a budget to keep and a tool that asks. */
export async function startHufuTarget(upstreamUrl: string): Promise<KillTarget> {
  const node = await startNode({ config: { ask: { expirySeconds: holdsOutliveTheRunSeconds } } })
  await enrolPerson(node)
  await addHttpServer(node, "notes", upstreamUrl)
  const credential = await createAgent(node, "kill")
  const mandate = await grantMandate(node, "kill", {
    task: null,
    words: "add notes by yourself, and ask me before you send one",
    grants: [
      { effects: ["write"], tools: ["notes/add_note"], limits: [], mode: "auto" },
      { effects: ["send"], tools: ["notes/send_note"], limits: [], mode: "ask" },
    ],
    budget: { count: moreThanAnyRun },
    until: Date.now() + wholeRunMs,
  })
  return {
    door: () => doorOf(node, "notes"),
    credential,
    kill9: () => node.kill9(),
    restart: async () => ({ tookMs: await node.restart(), cpuMs: cpuMs(node.pid) }),
    entriesFrom: (index) => seenEntries(node, index),
    holds: async () => (await heldCalls(node)).map(({ id, arguments: args }) => ({ id, call: callOf(args) })),
    approve: async (hold) => {
      const held = (await heldCalls(node)).find(({ id }) => id === hold)
      if (held !== undefined) await approve(node, held)
    },
    register: (name) => claimRegistration(node, name),
    registered: () => registeredIds(node),
    spent: () => spentCount(node, mandate),
    fault: () => ledgerFault(node),
    dispose: () => node.dispose(),
  }
}

async function seenEntries(node: NodeUnderTest, index: number): Promise<SeenEntry[]> {
  const items = await entriesFrom(node, index)
  const intents = items.map(memberReader).filter((of) => of("kind") === "intent")
  const why = await whyOf(
    node,
    intents.map((of) => String(of("action"))),
  )
  const calls = new Map(why.map((record) => [record.action.id, record.arguments]))
  return items.map((item) => seenEntry(item, calls))
}

function seenEntry(item: LedgerItem, calls: ReadonlyMap<string, unknown>): SeenEntry {
  const of = memberReader(item)
  const { index, hash } = item
  const action = String(of("action"))
  if (of("kind") === "outcome") {
    return {
      index,
      hash,
      kind: "outcome",
      action,
      outcome: of("outcome") as NonNullable<SeenEntry["outcome"]>,
    } // entry.ts
  }
  if (of("kind") !== "intent") return { index, hash, kind: "other" }
  const args = calls.get(action) as { id?: string } | undefined // the clients of this run sent it
  const verdict = of("verdict") as NonNullable<SeenEntry["verdict"]> // entry.ts allows nothing else
  return {
    index,
    hash,
    kind: "intent",
    action,
    verdict,
    approved: of("approval") !== undefined,
    ...(args?.id === undefined ? {} : { call: args.id }),
  }
}

function memberReader({ entry }: LedgerItem): (name: string) => unknown {
  return (name) =>
    typeof entry === "object" && entry !== null && !Array.isArray(entry) ? entry[name] : undefined
}

function callOf(args: HeldCall["arguments"]): string {
  const id = args?.["id"]
  return typeof id === "string" ? id : "(unnamed)"
}
