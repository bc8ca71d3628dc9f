import { setTimeout as delay } from "node:timers/promises"
import { seeded, type Seeded } from "../seeded.ts"
import type { McpMessage } from "../upstream/mcp-message.ts"
import { startClients } from "./clients.ts"
import { openEvidenceBook } from "./evidence-book.ts"
import type { KillTarget, Restart, SeenHold } from "./kill-target.ts"

export interface KillOptions {
  rounds: number
  seed: number
  clients: number
  /** What the upstream received since the last time it was asked. */
  received: () => McpMessage[]
  say?: (line: string) => void
  /** Stop at the first problem that reads like this: for proving that a fault is seen. */
  until?: RegExp
}

export interface KillReport {
  seed: number
  rounds: number
  sent: number
  restarts: Restart[]
  totals: ReturnType<ReturnType<typeof openEvidenceBook>["totals"]>
  holdsKept: number
  problems: string[]
}

const askers = 2
const shortestLifeMs = 60
const longestLifeMs = 700

/** Kill a node at random moments under load, start it again, and hold what it kept against what really happened. */
export async function killRounds(target: KillTarget, options: KillOptions): Promise<KillReport> {
  const random = seeded(options.seed)
  const book = openEvidenceBook()
  const approved = new Set<string>()
  const report: KillReport = { ...blank(options), totals: book.totals() }
  for (let round = 0; round < options.rounds; round++) {
    const resumed = await approveOne(target, approved, random)
    const clients = await startClients(target, { round, clients: options.clients, askers, ...resumed })
    const registering = registerOn(target, round)
    await delay(shortestLifeMs + random.int(longestLifeMs - shortestLifeMs))
    const holdsBefore = await target.holds()
    await delay(random.int(50)) // the moment of death is not always right after a look at the holds
    await target.kill9()
    await clients.ended()
    await registering.ended
    const restart = await target.restart()
    const performed = options.received().filter(isCall).map(callId)
    const problems = book.check({
      restartMs: restart.tookMs,
      performed,
      acknowledged: clients.acknowledged,
      entries: await target.entriesFrom(book.knownIndex()),
      holdsBefore,
      holdsAfter: await target.holds(),
      approved,
      registered: registering.acknowledged,
      registeredAfter: (await target.registered?.()) ?? [],
      spent: await target.spent(),
      fault: await target.fault(),
    })
    report.sent += clients.sent()
    report.restarts.push(restart)
    report.holdsKept += holdsBefore.length
    report.problems.push(...problems.map((problem) => `round ${round}: ${problem}`))
    if (options.until !== undefined && problems.some((problem) => options.until?.test(problem))) break
    options.say?.(
      `round ${round + 1} of ${options.rounds}: ${clients.sent()} calls, ${problems.length} problems`,
    )
  }
  return { ...report, totals: book.totals() }
}

const blank = ({ seed, rounds }: KillOptions) => ({
  seed,
  rounds,
  sent: 0,
  restarts: [],
  holdsKept: 0,
  problems: [],
})

// One held call is approved before each round and sent again during it: its performance may be cut at any point.
async function approveOne(
  target: KillTarget,
  approved: Set<string>,
  random: Seeded,
): Promise<{ resumed?: string }> {
  const waiting: SeenHold[] = (await target.holds()).filter((hold) => !approved.has(hold.id))
  if (waiting.length === 0) return {}
  const chosen = random.pick(waiting)
  await target.approve(chosen.id)
  approved.add(chosen.id)
  return { resumed: chosen.call }
}

/** Registers one agent after the other until the node is dead. */
function registerOn(target: KillTarget, round: number) {
  const acknowledged: string[] = []
  async function go(): Promise<void> {
    if (target.register === undefined) return
    for (let n = 0; ; n++) acknowledged.push(await target.register(`com.example/r${round}-${n}`))
  }
  // How it ends is no answer to a call; that any was acknowledged is for whoever started the run to expect.
  return { acknowledged, ended: go().catch(() => {}) }
}

const isCall = (message: McpMessage) => message.method === "tools/call"

function callId(message: McpMessage): string {
  const args = message.params?.["arguments"] as { id?: string } | undefined // the clients of this run sent it
  return args?.id ?? "(unnamed)"
}
