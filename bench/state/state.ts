import { openPipeline } from "@hufu/server/gateway/testing/open-pipeline"
import { rebuildState } from "@hufu/server/fold/rebuild-state"
import { stateAt } from "@hufu/server/fold/state-at"

/** How fast every record is made again from a ledger of real actions: half of them draw on a budget, and one in fifty waits for a person. */
const actions = Number(process.argv[2] ?? 50_000)
const atOnce = 64
const leastPerSecond = 5_000

const node = await openPipeline()
try {
  await node.governor.observe("notes", [
    {
      name: "pay_note",
      description: "Pays an invoice.",
      inputSchema: { type: "object", properties: { amount: { type: "integer" } } },
    },
  ])
  await node.tasks.ensure(node.agent.id, node.caller.principal)
  const budget = { count: actions, amount: { argument: "/amount", max: actions * 10 } }
  await node.grant({
    grants: [
      { effects: ["write"], tools: ["*"], limits: [], mode: "auto" },
      { effects: ["pay"], tools: ["*"], limits: [], mode: "auto", budget },
    ],
  })
  for (let done = 0; done < actions; done += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, actions - done) }, (_, i) => act(done + i)))
  await node.store.commit(() => undefined)

  const entries = node.ledger.size()
  const rebuild = await timed("state rebuild", entries, rebuildState(node.store))
  console.log(
    `  ${rebuild.report.records} records, ${rebuild.report.members} members compared, ${rebuild.report.differing} differences`,
  )
  for (const difference of rebuild.report.differences) console.log(JSON.stringify(difference))
  const look = await timed("state at the last entry", entries, stateAt(node.store, {}))
  if (rebuild.report.differing > 0 || rebuild.report.fault !== null || !look.ok) process.exitCode = 1
} finally {
  await node.close()
}

async function act(n: number): Promise<void> {
  if (n % 50 === 49) {
    const ruling = await node.governor.admit(node.attempt("send_note", { id: `${n}` }))
    const hold = ruling.kind === "held" ? node.holds.find(ruling.hold) : undefined
    if (hold) await node.holds.decide(hold, { decision: "refused", by: node.caller.principal })
    return
  }
  const attempt =
    n % 2 === 0 ? node.attempt("add_note", { id: `${n}` }) : node.attempt("pay_note", { amount: 3 })
  const ruling = await node.governor.admit(attempt)
  if (ruling.kind === "go" && ruling.leave()) ruling.conclude({ outcome: "done", result: { n } })
}

async function timed<T>(name: string, entries: number, work: AsyncGenerator<unknown, T>): Promise<T> {
  const begun = performance.now()
  const before = process.cpuUsage()
  for (;;) {
    const step = await work.next()
    if (step.done !== true) continue
    const seconds = (performance.now() - begun) / 1000
    const perSecond = Math.round(entries / seconds)
    const { user, system } = process.cpuUsage(before)
    const { rss } = process.memoryUsage()
    console.log(
      `${name}: ${entries} entries in ${seconds.toFixed(2)} s (${((user + system) / 1e6).toFixed(2)} s of the processor), ${perSecond} in a second; the process has ${Math.round(rss / 2 ** 20)} MiB`,
    )
    if (perSecond < leastPerSecond) process.exitCode = 1
    return step.value
  }
}
