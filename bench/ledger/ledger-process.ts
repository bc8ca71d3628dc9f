import { createInterface } from "node:readline"
import { setTimeout as delay } from "node:timers/promises"
import { newId } from "@hufu/core/id"
import { pino } from "pino"
import { seeded } from "../../e2e/seeded.ts"
import { systemClock } from "../../packages/server/src/clock.ts"
import type { EntryDraft } from "../../packages/server/src/ledger/appender.ts"
import { openStore } from "../../packages/server/src/store/store.ts"
import { quantile } from "../statistics.ts"
import type { AppendFigures, GrowFigures, LedgerOrder, ProveFigures, VerifyFigures } from "./order.ts"

// A process that holds one ledger: the store that a node opens, with its journal, tables, tree, checkpoints and vault. It says
// when it is ready, and then does one order at a time.

const [dataDir = ""] = process.argv.slice(2)
const store = await openStore({ dataDir, clock: systemClock, logger: pino({ level: "silent" }) })
process.stdout.write(
  `${JSON.stringify({ entries: store.ledger.size(), residentBytes: process.memoryUsage.rss() })}\n`,
)
function done(order: LedgerOrder) {
  if (order.kind === "append") return append(order.writers, order.seconds * 1000)
  if (order.kind === "grow") return grow(order.to)
  if (order.kind === "prove") return prove(order)
  return verify()
}

const digest = "0123456789abcdef".repeat(4)

/** What a writer appends: an intent and its outcome in turn, as every performed action leaves them. */
function* entries(): Generator<EntryDraft, never> {
  for (;;) {
    const action = newId("action", systemClock.now())
    yield {
      kind: "intent",
      action,
      agent: "agt_01jq8x4m6e5cz9b2k7v3n1r0wd",
      version: "ver_01jq8x4m6e5cz9b2k7v3n1r0wd",
      principal: "usr_01jq8x4m6e5cz9b2k7v3n1r0wd",
      task: "tsk_01jq8x4m6e5cz9b2k7v3n1r0wd",
      mandate: "mnd_01jq8x4m6e5cz9b2k7v3n1r0wd",
      server: "srv_01jq8x4m6e5cz9b2k7v3n1r0wd",
      tool: digest,
      effect: "read",
      door: "mcp-http",
      verdict: "allow",
      rules: ["platform/covered"],
      policy: digest,
      profile: digest,
      facts: digest,
      arguments: digest,
      digest,
    } as const
    yield { kind: "outcome", action, outcome: "done", ms: 3, result: digest } as const
  }
}

async function append(writers: number, ms: number): Promise<AppendFigures> {
  const took: number[] = []
  const startedAt = performance.now()
  const until = startedAt + ms
  await Promise.all(
    Array.from({ length: writers }, async () => {
      const next = entries()
      for (let before = performance.now(); before < until;) {
        const draft = next.next().value
        await store.commit((tx) => tx.append(draft), { blind: true })
        const after = performance.now()
        took.push(after - before)
        before = after
      }
    }),
  )
  const elapsedMs = performance.now() - startedAt
  took.sort((a, b) => a - b)
  return {
    entries: took.length,
    perSecond: (took.length / elapsedMs) * 1000,
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
  }
}

const growWriters = 256

async function grow(to: number): Promise<GrowFigures> {
  const from = store.ledger.size()
  const startedAt = performance.now()
  let left = to - from
  await Promise.all(
    Array.from({ length: growWriters }, async () => {
      const next = entries()
      while (left-- > 0) {
        const draft = next.next().value
        await store.commit((tx) => tx.append(draft), { blind: true })
      }
    }),
  )
  return { perSecond: ((store.ledger.size() - from) / (performance.now() - startedAt)) * 1000 }
}

async function prove({ proofs, seed }: { proofs: number; seed: number }): Promise<ProveFigures> {
  const { size } = await store.ledger.awaitCheckpoint(store.ledger.size() - 1)
  const random = seeded(seed)
  const took: number[] = []
  for (let n = 0; n < proofs; n++) {
    const index = random.int(size)
    const before = performance.now()
    store.ledger.entry(index)
    store.ledger.proof(index, size)
    took.push(performance.now() - before)
    // As a node does between two requests.
    if (n % 100 === 0) await delay(0)
  }
  took.sort((a, b) => a - b)
  return { p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
}

async function verify(): Promise<VerifyFigures> {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const { ok, entries: read } = await store.ledger.verify()
  const elapsedMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  return { ok, perSecond: (read / elapsedMs) * 1000, perCpuSecond: (read / (user + system)) * 1e6 }
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as LedgerOrder // written by the bench itself
  process.stdout.write(`${JSON.stringify(await done(order))}\n`)
}
await store.close()
