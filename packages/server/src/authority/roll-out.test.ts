import { afterEach, beforeEach, expect, test } from "vitest"
import { Failure } from "@hufu/core/failure"
import { loadRules, type RuleSource } from "../fence/rules/load.ts"
import { platformRules } from "../fence/rules/platform-rules.ts"
import { rebuildState } from "../fold/rebuild-state.ts"
import { type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { openAgents } from "./agents.ts"
import { declareWith } from "./declare.ts"
import { openRollOut, type RollOutAuthority, type RollOutParts } from "./roll-out.ts"
import { openStop } from "./stop.ts"

const person = "usr_00000000"
const rule = (id: string) =>
  `@id("own/${id}") @why("no") forbid (principal, action, resource) when { resource.name == "${id}" };`
const source = (text: string): RuleSource => ({ layer: "user", name: "own.cedar", text })

let folder: Scratch
let store: Store
/** What the draft's files say; nothing where the configuration names none. */
let files: string | undefined
let base: string
let stopped: string[]
beforeEach(async () => {
  folder = scratch()
  ;[files, base, stopped] = [rule("draft"), rule("base"), []]
  store = await openStore(folder.options())
})
afterEach(async () => {
  await store.close()
  folder.remove()
})

async function open(more: Partial<RollOutParts> = {}): Promise<RollOutAuthority> {
  const { clock } = folder
  const declare = declareWith(store.vault)
  const sources = [platformRules(), source(base)]
  return openRollOut({
    store,
    clock,
    declare,
    agents: openAgents(store, clock, declare),
    rules: loadRules(sources),
    sources,
    drafted: () => (files === undefined ? undefined : [platformRules(), source(files)]),
    configured: [],
    load: (given) => loadRules(given),
    async stopAll(reason) {
      stopped.push(reason)
      await openStop(store, clock, declare).declare("node", reason)
    },
    ...more,
  })
}

async function reopened(more: Partial<RollOutParts> = {}): Promise<RollOutAuthority> {
  await store.close()
  store = await openStore(folder.options())
  return open(more)
}

const all = async (of: RollOutAuthority) =>
  of.stage({ draft: of.show().draft ?? "", stage: "all", agents: [], share: 0 }, person)
const idsOf = (of: RollOutAuthority) => of.staged.inForce().rules.map(({ id }) => id)

test("it goes through its stages and back, and the ledger has each with what was before", async () => {
  const rollOut = await open({ configured: ["early"] })
  expect(rollOut.show()).toMatchObject({ stage: "some", agents: ["early"], at: null, from: "files" })
  const draft = rollOut.show().draft ?? ""
  await rollOut.stage({ draft, stage: "shadow", agents: [], share: 0 }, person)
  await rollOut.stage({ draft, stage: "some", agents: [], share: 20 }, person)
  await all(rollOut)
  expect(idsOf(rollOut)).toContain("own/draft")
  await rollOut.stage({ draft, stage: "off", agents: [], share: 0 }, person)
  expect(idsOf(rollOut)).toContain("own/base")
  const said = store.ledger
    .entries(0, store.ledger.size())
    .flatMap(({ entry }) => (entry.kind === "statement" && entry.fact === "rules.staged" ? [entry] : []))
  expect(said.map(({ by, refs }) => [by, refs?.["stageBefore"], refs?.["stage"], refs?.["share"]])).toEqual([
    [person, "some", "shadow", "percent-0"],
    [person, "shadow", "some", "percent-20"],
    [person, "some", "all", "percent-0"],
    [person, "all", "off", "percent-0"],
  ])
  expect((await reopened()).show()).toMatchObject({ stage: "off", draft })
  const work = rebuildState(store)
  for (;;) {
    const step = await work.next()
    if (step.done !== true) continue
    expect(step.value.report.differences).toEqual([])
    break
  }
})

test("another draft than was shown, or one whose files changed or are not valid any more, is not moved", async () => {
  const rollOut = await open()
  const { draft } = rollOut.show()
  const move = (stage: "all" | "shadow" | "some" | "off", of = draft ?? "", who = {}) =>
    rollOut.stage({ draft: of, stage, agents: [], share: 0, ...who }, person).then(
      () => "moved",
      (error: unknown) => (error instanceof Failure ? error.code : String(error)),
    )
  expect(await move("all", "0".repeat(64))).toBe("stale")
  expect(await move("some")).toBe("invalid_input")
  expect(await move("all", draft ?? "", { share: 5 })).toBe("invalid_input")
  expect(await move("some", draft ?? "", { agents: ["nobody"] })).toBe("not_found")
  files = "forbid nonsense"
  expect(await move("all")).toBe("rule_invalid")
  expect(await move("shadow")).toBe("rule_invalid")
  expect(rollOut.show()).toMatchObject({ stage: "shadow", draft })
  expect(await move("off")).toBe("moved")
  files = rule("newer")
  expect(await move("all")).toBe("stale")
  // It looks on first; then it is the draft.
  expect(await move("shadow")).toBe("moved")
  expect(rollOut.show().draft).not.toBe(draft)
  expect(await move("all")).toBe("stale")
  expect(await move("all", rollOut.show().draft ?? "")).toBe("moved")
  expect(idsOf(rollOut)).toContain("own/newer")
  files = undefined
  const none = await reopened({ configured: [] })
  // Its files are gone, and what was kept of them decides.
  expect(none.show()).toMatchObject({ stage: "all", from: "kept" })
  expect(idsOf(none)).toContain("own/newer")
})

test("after a restart, changed files do not change what is in force, and the draft's files as everybody's end it", async () => {
  const before = await open()
  await all(before)
  const { draft } = before.show()
  files = rule("changed")
  const kept = await reopened()
  expect(kept.show()).toMatchObject({ stage: "all", from: "kept", draft })
  expect(idsOf(kept)).toContain("own/draft")
  ;[base, files] = [rule("draft"), undefined]
  const promoted = await reopened()
  expect(promoted.show()).toMatchObject({ stage: "off", draft: null })
  expect(idsOf(promoted)).toContain("own/draft")
  expect(stopped).toEqual([])
})

test("a draft in force that is not valid any more stops everything, and is off", async () => {
  await all(await open())
  files = undefined
  const rollOut = await reopened({
    load() {
      throw new Failure("rule_invalid", "own.cedar:1: it does not parse any more")
    },
  })
  expect(stopped).toEqual(["the draft of rules that was in force is not valid any more"])
  expect(rollOut.show()).toMatchObject({ stage: "off", draft: null })
  expect(idsOf(rollOut)).toContain("own/base")
  // Said once: the stop stays until a person lifts it.
  expect((await reopened()).show().stage).toBe("off")
  expect(stopped).toHaveLength(1)
})
