import { afterEach, beforeEach, expect, test } from "vitest"
import type { ReplayPage } from "@hufu/core/contract/replay"
import type { IntentEntry } from "@hufu/core/evidence/entry"
import { keepRules } from "../fence/rules/kept-rules.ts"
import { loadRules, type RuleSet, type RuleSource } from "../fence/rules/load.ts"
import { platformRules } from "../fence/rules/platform-rules.ts"
import { assess } from "../gateway/assess.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { createReplay } from "./replay-actions.ts"

let node: OpenPipeline
beforeEach(async () => {
  node = await openPipeline()
})
afterEach(() => node.close())

/** Ten thousand by `npm run long`. */
const actions = process.env["HUFU_LONG"] === "1" ? 10_000 : 1_000
const grant = { tools: ["*"], limits: [], mode: "auto" as const }
/** One rule more: it denies what is written to a few targets, and asks about others. */
const sources: readonly RuleSource[] = [
  platformRules(),
  {
    layer: "user",
    name: "mine.cedar",
    text: `@id("mine/seven") @why("ends in seven") @why_zh("以七结尾")
      forbid (principal, action, resource) when { context.anyTarget.values.contains("7") };
      @id("mine/eight") @ask("ends in eight") @ask_zh("以八结尾")
      forbid (principal, action, resource) when { context.anyTarget.values.contains("8") };`,
  },
]
const other = loadRules(sources)

async function everything(rules?: RuleSet): Promise<Omit<ReplayPage, "looked" | "next" | "policy">> {
  const { replay } = createReplay({ ...node, rules: node.assess.rules })
  const all = { decided: 0, unchanged: 0, standing: 0, unchecked: 0 }
  const lists = { changed: [], undecidable: [], faults: [] } as Pick<
    ReplayPage,
    "changed" | "undecidable" | "faults"
  >
  for (let from: number | null = 0; from !== null;) {
    const page: ReplayPage = await replay({ rules, from, limit: 1000 })
    for (const name of ["decided", "unchanged", "standing", "unchecked"] as const) all[name] += page[name]
    lists.changed.push(...page.changed)
    lists.undecidable.push(...page.undecidable)
    lists.faults.push(...page.faults)
    from = page.next
  }
  return { ...all, ...lists }
}

/** What the other rules say of this very call at this very moment, worked out as the pipeline works it out. */
function fresh(tool: string, args: { to: string }): string {
  const task = node.tasks.current(node.agent.id)
  if (!task) throw new Error("there is no task")
  const { caller, server } = node.attempt(tool, args)
  const question = { caller, task, server, tool, arguments: args, lifted: false }
  return assess(node.assess, question, other).verdict.verdict
}

async function observeTools(): Promise<void> {
  const inputSchema = { type: "object", properties: { to: { type: "string", format: "uri" } } }
  const tool = (name: string) => ({ name, description: "Sends to somebody.", inputSchema })
  await node.governor.observe("notes", [tool("send_mail"), tool("delete_mail"), tool("post_mail")])
  await node.tasks.ensure(node.agent.id, node.caller.principal)
  await node.grant({
    grants: [
      { ...grant, effects: ["send", "write", "execute"] },
      { ...grant, effects: ["publish"], mode: "ask" },
    ],
    never: [{ effects: ["delete"] }],
    otherwise: "ask",
  })
}

test(
  "of a thousand actions (ten thousand in the long run) exactly those change that a fresh decision decides otherwise",
  { timeout: 120_000 },
  async () => {
    await observeTools()
    const expected = new Map<string, string>()
    const batch = 250
    for (let done = 0; done < actions; done += batch) {
      await Promise.all(
        Array.from({ length: batch }, async (_, i) => {
          const n = done + i
          // One in a hundred is asked about; a person is not asked more than two hundred times at once.
          const tool = n % 100 === 0 ? "post_mail" : n % 5 === 0 ? "delete_mail" : "send_mail"
          const args = { to: tool === "post_mail" ? `${n}` : String(n % 10) }
          const says = fresh(tool, args)
          const ruling = await node.governor.admit(node.attempt(tool, args))
          if (ruling.action === undefined) throw new Error("it has no action")
          const was = ruling.kind === "go" ? "allow" : ruling.kind === "held" ? "ask" : "deny"
          if (says !== was) expected.set(ruling.action, `${was} ${says}`)
          if (ruling.kind === "go" && ruling.leave())
            ruling.conclude({ outcome: "done", result: { content: [] } })
        }),
      )
    }
    const begun = performance.now()
    const found = await everything(other)
    const seconds = (performance.now() - begun) / 1000
    console.log(`replayed ${found.decided} decisions, ${Math.round(found.decided / seconds)} a second`)
    expect(found.decided).toBe(actions)
    expect(found.unchanged).toBe(actions - expected.size)
    expect(expected.size).toBeGreaterThan(actions / 10)
    const changed = found.changed.map(({ action, was, now }) => [action, `${was.verdict} ${now.verdict}`])
    expect(new Map(changed as [string, string][])).toEqual(expected)
    expect(changed).toHaveLength(expected.size)
    expect(found).toMatchObject({ undecidable: [], faults: [], unchecked: 0, standing: 0 })
  },
)

test("what the same rules decided they decide again, an approved action too, and what did not stand is no decision of theirs", async () => {
  await observeTools()
  const ruling = await node.governor.admit(node.attempt("post_mail", { to: "1" }))
  if (ruling.kind !== "held") throw new Error(`it was ${ruling.kind}`)
  const hold = node.holds.find(ruling.hold)
  if (!hold) throw new Error("there is no such hold")
  await node.holds.decide(hold, { decision: "once", by: node.caller.principal })
  const permit = await node.governor.admit(node.attempt("post_mail", { to: "1" }))
  if (permit.kind !== "go") throw new Error(`it was ${permit.kind}`)
  permit.abandon("cancelled")
  await node.interventions.suspend(node.agent.id, "node", "")
  await node.governor.admit(node.attempt("send_mail", { to: "1" }))
  expect(await everything()).toEqual({
    decided: 2,
    unchanged: 2,
    standing: 1,
    unchecked: 0,
    changed: [],
    undecidable: [],
    faults: [],
  })
})

test("what was erased can no longer be decided, and is never guessed", async () => {
  await observeTools()
  const sent = await node.governor.admit(node.attempt("send_mail", { to: "1" }))
  const asked = await node.governor.admit(node.attempt("post_mail", { to: "2" }))
  const task = node.tasks.current(node.agent.id)?.id ?? ""
  await node.tasks.end(task, "node")
  await node.store.vault.erase(task)
  const found = await everything(other)
  expect(found).toMatchObject({ decided: 0, changed: [], faults: [] })
  expect(found.undecidable.map(({ action, why }) => [action, why])).toEqual([
    [sent.action, "erased"],
    [asked.action, "erased"],
  ])
})

test("a record that the ledger does not bear out is a fault, said loudly", async () => {
  await observeTools()
  const honest = await node.governor.admit(node.attempt("send_mail", { to: "7" }))
  const { entry } = node.ledger.entriesOf(honest.action ?? "")[0] ?? {}
  if (entry?.kind !== "intent") throw new Error("it has no intent")
  // The same facts under the same rules, with another verdict; and facts that nobody committed to.
  const { v: _v, at: _at, ...intent } = entry satisfies IntentEntry
  const content = node.contents.read(entry.action)
  const copy = async (action: string, more: Partial<IntentEntry>) => {
    const draft = node.contents.draft({
      ...content,
      action,
      task: entry.task,
      arguments: "{}",
      facts: content.facts as never,
    })
    await node.store.commit((tx) => {
      draft.write(tx)
      tx.append({ ...intent, action, ...more })
    })
  }
  await copy("act_000000000a", { facts: "0".repeat(64) })
  const { store } = node
  const { commitNatively } = await import("../ledger/native-commitment.ts")
  const { canonicalize } = await import("@hufu/core/json/canonical")
  const salt = store.vault.salt(entry.task, "act_000000000b", "facts")
  await copy("act_000000000b", {
    verdict: "deny",
    facts: commitNatively(salt, canonicalize(content.facts)),
  })
  const found = await everything()
  expect(found.faults.map(({ action, en }) => [action, en])).toEqual([
    ["act_000000000a", "the facts in the vault are not those that the ledger commits to"],
    ["act_000000000b", "the ledger says `deny`, and the same rules say `allow` on the same facts"],
  ])
})

test("rules that are not in force any more are found by their digest, and only if their texts make it up", async () => {
  await observeTools()
  const before = node.assess.rules()
  await keepRules(node.store, other, sources)
  const parts = { ...node.assess, rules: () => other }
  const { replay } = createReplay({ ...node, rules: parts.rules })
  await node.governor.admit(node.attempt("send_mail", { to: "7" }))
  // Nobody kept the rules that decided, so nobody can check them.
  expect(await replay({ from: 0, limit: 1000 })).toMatchObject({ decided: 1, unchecked: 1, faults: [] })
  await keepRules(node.store, before, [platformRules()])
  const again = createReplay({ ...node, rules: parts.rules })
  expect(await again.replay({ from: 0, limit: 1000 })).toMatchObject({ decided: 1, unchecked: 0, faults: [] })
})

test("a range is what lies between two times, a page at a time", async () => {
  await observeTools()
  const ids: string[] = []
  for (let i = 0; i < 5; i++) {
    node.clock.set(node.clock.now() + 1000)
    const ruling = await node.governor.admit(node.attempt("send_mail", { to: "7" }))
    ids.push(ruling.action ?? "")
  }
  const now = node.clock.now()
  const { replay } = createReplay({ ...node, rules: node.assess.rules })
  const range = { rules: other, since: now - 3000, until: now - 1000 }
  const first = await replay({ ...range, from: 0, limit: 2 })
  expect(first.changed.map(({ action }) => action)).toEqual(ids.slice(1, 3))
  const second = await replay({ ...range, from: first.next ?? -1, limit: 2 })
  expect(second.changed.map(({ action }) => action)).toEqual(ids.slice(3, 4))
  expect(second.next).toBeNull()
})
