import { afterEach, beforeEach, expect, test } from "vitest"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { rebuildState } from "./rebuild-state.ts"

let node: OpenPipeline
beforeEach(async () => {
  node = await openPipeline()
})
afterEach(() => node.close())

async function rebuilt() {
  const work = rebuildState(node.store)
  for (;;) {
    const step = await work.next()
    if (step.done === true) return step.value
  }
}

const faults = async () =>
  (await rebuilt()).report.differences.map(({ kind, id, fault, member }) => ({ kind, id, fault, member }))

/** A mandate with a budget, of which one call was made and one was given back. */
async function spend(): Promise<string> {
  await node.governor.observe("notes", [
    {
      name: "pay_note",
      description: "Pays an invoice.",
      inputSchema: { type: "object", properties: { amount: { type: "integer" } } },
    },
  ])
  const budget = { count: 10, amount: { argument: "/amount", max: 100 } }
  const { id } = await node.grant({
    grants: [
      { effects: ["read"], tools: ["*"], limits: [], mode: "auto" },
      { effects: ["pay"], tools: ["*"], limits: [], mode: "auto", budget },
    ],
  })
  for (const isLeft of [true, false]) {
    const ruling = await node.governor.admit(node.attempt("pay_note", { amount: 7 }))
    if (ruling.kind !== "go") throw new Error(`it should go: ${ruling.kind}`)
    if (isLeft && ruling.leave()) ruling.conclude({ outcome: "done" })
    else ruling.abandon("stopped")
  }
  await node.store.commit(() => undefined)
  return id
}

test("what was taken from a budget and given back counts in the tables, in memory and by the ledger alike", async () => {
  const mandate = await spend()
  expect(await faults()).toEqual([])
  expect(node.budgets.spent(mandate, 1)).toEqual({ count: 1, amount: 7 })
  expect((await rebuilt()).fold.spent.get(mandate)?.grants.get(1)).toEqual({ count: 1, amount: 7 })
})

test("a narrowing that moves grants moves what was spent, for actions that are on their way as well", async () => {
  const mandate = await spend()
  const {
    id: _id,
    agent: _agent,
    principal,
    parent: _parent,
    createdAt: _createdAt,
    ...draft
  } = node.mandates.need(mandate)
  const admitted = node.governor.admit(node.attempt("pay_note", { amount: 5 }))
  await node.mandates.narrow(
    mandate,
    { ...draft, grants: draft.grants.slice(1) },
    { id: principal, isPerson: true },
  )
  const ruling = await admitted
  if (ruling.kind === "go" && ruling.leave()) ruling.conclude({ outcome: "done" })
  await node.store.commit(() => undefined)
  expect(await faults()).toEqual([])
  const found = (await rebuilt()).fold.spent.get(mandate)
  expect(found?.grants.get(0)).toEqual({ count: 2, amount: 12 })
  expect(node.budgets.spent(mandate, 0)).toEqual({ count: 2, amount: 12 })
})

test("a version that is declared while its agent is suspended leaves both in the tables", async () => {
  const by = node.caller.principal
  await Promise.all([
    node.agents.declareVersion(node.agent, { label: "two", parts: {} }, by),
    node.agents.setState(node.agent, "suspended", by, ""),
  ])
  expect(await faults()).toEqual([])
  const [row] = node.store.records.read("agent", "AND id = ?", [node.agent.id])
  expect(JSON.parse(row?.body ?? "")).toMatchObject({ state: "suspended" })
  expect(JSON.parse(row?.body ?? "")).not.toMatchObject({ version: node.agent.version })
})

test("content that is gone without a statement is lost, and content that another one replaced is forged", async () => {
  const mandate = await spend()
  const isOf = (table: string) => `DELETE FROM ${table} WHERE subject = ?`
  await node.store.commit((tx) => {
    const [kept] = tx.query<{ id: string }>("SELECT id FROM vault WHERE subject = ?", [mandate])
    tx.run("DELETE FROM vault WHERE id = ?", [kept?.id ?? ""])
    node.store.vault.put(tx, { id: kept?.id ?? "", subject: mandate, value: { words: "all" } })
  })
  expect(new Set((await faults()).map(({ kind, fault }) => `${kind} ${fault}`))).toEqual(
    new Set(["mandate forged"]),
  )
  await node.store.commit((tx) => tx.run(isOf("vault"), [mandate]))
  expect(await faults()).toEqual([{ kind: "vault", id: mandate, fault: "lost", member: null }])
})

test("what was erased is counted, and nothing of it is guessed", async () => {
  await spend()
  const task = node.tasks.current(node.agent.id)?.id ?? ""
  await node.store.vault.erase(task, (tx) =>
    tx.append({ kind: "statement", fact: "content.erased", subject: task, refs: { kind: "task" } }),
  )
  const { report, fold } = await rebuilt()
  expect(report).toMatchObject({ fault: null, differences: [] })
  expect(report.erased["spent"]).toBe(1)
  expect([...fold.spent.values()].map(({ known }) => known)).toEqual(["gone"])
})
