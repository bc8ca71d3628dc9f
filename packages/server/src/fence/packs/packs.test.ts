import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { JsonObject } from "@hufu/core/json/json-value"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { type OpenPipeline, openPipeline } from "../../gateway/testing/open-pipeline.ts"
import { loadRules } from "../rules/load.ts"
import { platformRules } from "../rules/platform-rules.ts"
import { findPacks, packsInForce } from "./read-packs.ts"

const folder = mkdtempSync(join(tmpdir(), "hufu-packs-"))
const said = (text: string) => ({ en: text, zh: text })
const pack = {
  name: "lending",
  facts_as: "lending",
  title: said("Lending books"),
  about: said("Books that are lent"),
  zone: "Z",
  keepSeconds: 60,
  tools: {
    get_book: { reads: [{ record: "book", key: [{ argument: "/id" }], is: { result: "" } }] },
    update_book: { changes: ["book"], reads: [] },
  },
  let: { book: { record: "book", key: [{ argument: "/id" }] } },
  facts: {
    free: {
      type: "bool",
      tools: ["update_book"],
      of: { equal: [{ let: "book", at: "/lent" }, { value: false }] },
    },
    copies: { type: "long", tools: ["update_book"], of: { count: { let: "book", at: "/copies" } } },
    asked: { type: "bool", tools: ["update_book"], of: { named: { let: "book", at: "/title" } } },
  },
}
const rules = `@id("lending/free") @why("it is lent, or nobody looked") @why_zh("已借出，或尚未查询")
forbid (principal, action, resource) when { context has lending && context.lending.tool == "update_book" }
unless { context.lending has free && context.lending.free && context.lending has copies && context.lending.copies > 0 };
@id("lending/asked") @why("the reader named another book") @why_zh("读者所指并非此书")
forbid (principal, action, resource) when { context has lending && context.lending.tool == "update_book" }
unless { context.lending has asked && context.lending.asked };`

function write(change: object = {}, text = rules): void {
  mkdirSync(join(folder, "packs/lending"), { recursive: true })
  writeFileSync(join(folder, "packs/lending/pack.json"), JSON.stringify({ ...pack, ...change }))
  writeFileSync(join(folder, "packs/lending/lending.cedar"), text)
}
const inForce = () => packsInForce([{ name: "lending", servers: ["notes"] }], folder)

let node: OpenPipeline
beforeAll(async () => {
  write()
  node = await openPipeline(undefined, { packs: inForce() })
  const inputSchema = { type: "object", properties: { id: { type: "string" } } }
  await node.governor.observe("notes", [
    { name: "get_book", description: "Gets a book.", inputSchema },
    { name: "update_book", description: "Updates a book as lent.", inputSchema },
  ])
  await node.grant({
    grants: [{ effects: ["read", "write", "execute", "send"], tools: ["*"], limits: [], mode: "auto" }],
    otherwise: "ask",
  })
})
afterEach(() => write())
afterAll(async () => {
  await node.close()
  rmSync(folder, { recursive: true })
})

async function begin(words: string): Promise<void> {
  const { agent, principal } = node.caller
  await node.tasks.start({ agent, principal, words, source: "terminal", by: principal })
}

async function confirm(tool: string): Promise<void> {
  const { definition } = node.tools.find("notes", tool)
  await node.tools.confirm({ server: "notes", tool, definition, by: node.caller.principal })
}

/** Calls a tool and lets it give back a record; the rules that spoke against it otherwise. */
async function call(
  tool: string,
  args: JsonObject,
  result: object,
  outcome: "done" | "failed" = "done",
): Promise<string[]> {
  const ruling = await node.governor.admit(node.attempt(tool, args))
  if (ruling.kind !== "go") return ruling.reasons.map(({ rule }) => rule)
  if (!ruling.leave()) throw new Error("it could not leave")
  ruling.conclude({ outcome, result: { content: [{ type: "text", text: JSON.stringify(result) }] } })
  return []
}

const book = { title: "Mirrormere", lent: false, copies: ["a", "b"] }
const [free, asked] = ["lending/free", "lending/asked"]

test("facts come from what the task has looked up, through tools that a person stands behind, and are unknown again after a change", async () => {
  await begin("Lend me Mirrormere please")
  await confirm("update_book")
  const lend = () => call("update_book", { id: "7" }, {})
  const blocked = lend
  expect(await blocked()).toEqual([free, asked])
  // A person lets the unconfirmed tool run; what it says is no fact.
  node.assess.packs.returned(
    {
      task: node.tasks.current(node.agent.id)?.id ?? "",
      server: "notes",
      tool: "get_book",
      arguments: { id: "7" },
      profile: node.tools.find("notes", "get_book").profile,
    },
    { content: [{ type: "text", text: JSON.stringify(book) }] },
  )
  expect(await blocked()).toEqual([free, asked])
  await confirm("get_book")
  expect(await call("get_book", { id: "7" }, { ...book, lent: true })).toEqual([])
  expect(await blocked()).toEqual([free])
  expect(await call("get_book", { id: "7" }, book)).toEqual([])
  expect(await blocked()).toEqual([])
  // It was lent: whether it is free is not known any more.
  expect(await blocked()).toEqual([free, asked])
  expect(await call("get_book", { id: "7" }, book)).toEqual([])
  // Another book, and what came back as an error, say nothing of this one.
  expect(await call("update_book", { id: "8" }, {})).toEqual(expect.arrayContaining([free, asked]))
  node.clock.set(node.clock.now() + 61_000)
  expect(await blocked()).toEqual([free, asked])
})

test("another task knows nothing of it, and the user's words are those of the task", async () => {
  await begin("Lend me Another Book")
  expect(await call("get_book", { id: "7" }, book)).toEqual([])
  expect(await call("update_book", { id: "7" }, {})).toEqual([asked])
})

test("a tool whose facts are open is listed as long as some facts would let it pass", () => {
  expect([...node.governor.visible(node.caller, "notes", ["get_book", "update_book"])]).toEqual([
    "get_book",
    "update_book",
  ])
})

test("packs are found by looking into folders; what does not fit stops the start with its reason", () => {
  expect(findPacks(folder).map(({ pack: { name } }) => name)).toEqual([
    "airline-service",
    "people-at-risk",
    "lending",
  ])
  expect(() => packsInForce([{ name: "nothing", servers: ["x"] }], folder)).toThrow(
    /there is no such pack: choose `airline-service`, `people-at-risk`, `lending`/,
  )
  const load = () => loadRules([platformRules(), ...inForce().flatMap(({ sources }) => sources)])
  expect(load().rules.filter(({ layer }) => layer === "sector")).toHaveLength(2)
  write({ facts: { ...pack.facts, free: { ...pack.facts.free, of: { wish: "" } } } })
  expect(load).toThrow(/pack/)
  write({ facts_as: "mandate" })
  expect(load).toThrow(/choose another `facts_as` than `mandate`/)
  write({}, rules.replace("lending.free &&", "lending.nothing &&"))
  expect(load).toThrow(/lending\/lending\.cedar:3: rule `lending\/free`/)
})

test("figures are facts of their unit, an operator's take their place, and what does not fit stops the start", () => {
  const about = said("A limit")
  const figures = {
    most: { value: 3, unit: "minutes", mark: "verified", about, source: about },
    until: { value: "06:30", unit: "time", mark: "unverified", about, source: about },
    strict: { value: true, unit: "switch", mark: "unverified", about, source: about },
  }
  const limits = `@id("lending/limits") @oblige("rest") @why("rest") @why_zh("休息") permit (principal, action, resource)
when { context has lending && context.lending.most == 180 && context.lending.until == 390 && context.lending.strict };`
  write({ figures }, `${rules}\n${limits}`)
  const chosen = (own?: Record<string, number | string | boolean>) =>
    packsInForce([{ name: "lending", servers: ["*"], ...(own ? { figures: own } : {}) }], folder)
  const [one] = chosen({ most: 4, strict: true })
  expect(one?.figures["most"]).toMatchObject({ value: 4, mark: "operator" })
  expect(one?.figures["strict"]).toMatchObject({ value: true, mark: "unverified" })
  expect(() => chosen({ more: 1 })).toThrow(/it has no figure `more`: choose most, until, strict/)
  expect(() => chosen({ until: "24:00" })).toThrow(/give the figure `until` as `06:30` is given/)
  write({ figures: { ...figures, most: { ...figures.most, mark: "operator" } } })
  expect(() => chosen()).toThrow(/mark/)
  write({ figures: { ...figures, free: figures.most } })
  expect(() => chosen()).toThrow(/choose another name than `free`/)
  const load = (text: string) => {
    write({ figures }, text)
    return loadRules([platformRules(), ...chosen().flatMap(({ sources }) => sources)])
  }
  expect(load(limits).rules.map(({ id }) => id)).toContain("lending/limits")
  expect(() => load(limits.replace('"rest"', '"dance"'))).toThrow(/`@oblige` knows no `dance`/)
  expect(() => load(limits.replace('@why_zh("休息") ', ""))).toThrow(/what the person is told/)
})
