import { readFileSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readFilter } from "./acs-filter.ts"
import { requiredKeys } from "./acs-keys.ts"
import { facetTest } from "./facet-word.ts"
import { followSource, type IndexFollower } from "./follow-source.ts"
import { search, type SearchQuery } from "./search.ts"
import { type IndexUnderTest, indexUnderTest } from "./testing/index-under-test.ts"
import { made, type MadeSource, madeSource } from "./testing/registrations.ts"

const food = made({
  title: "北京美食推荐",
  description: "推荐北京的餐厅，支持预订。",
  developer: { kind: "organisation", name: "北京大学", country: "CN" },
  price: { model: "free" },
  capabilities: { streaming: true },
  skills: [
    { id: "food.recommend", name: "推荐餐厅", description: "按口味推荐。", tags: ["美食", "餐厅"] },
    { id: "food.book", name: "预订座位", description: "为您预订。", tags: ["预订"] },
  ],
  interfaces: [{ protocol: "acps", binding: "jsonrpc", url: "https://food.example/rpc" }],
})
const travel = made(
  {
    title: "Travel planner",
    description: "Plans trips: flights, hotels and restaurants.",
    developer: { kind: "person", name: "Ann Smith" },
    certifications: [{ kind: "certificate", scheme: "GB/T 45654" }],
    skills: [
      { id: "trip.plan", name: "Plan a trip", description: "A route for some days.", tags: ["travel"] },
    ],
    interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "https://travel.example/a2a" }],
  },
  { grade: "R2" },
)
const contracts = made({
  title: "ContractTranslator",
  description: "Translates contracts between Chinese and English 合同翻译.",
  interfaces: [{ protocol: "mcp", binding: "streamable-http", url: "https://contracts.example/mcp" }],
})
const weather = made({ title: "天气查询", description: "查询北京、上海等城市的天气预报。" })

describe("search", () => {
  let under: IndexUnderTest
  let source: MadeSource
  let follower: IndexFollower
  const errors: unknown[] = []
  const ask = (text: string, more: Partial<SearchQuery> = {}) =>
    search({ index: under.index, source }, { text, limit: 10, ...more })
  const titles = (text: string, more: Partial<SearchQuery> = {}) =>
    ask(text, more).hits.map(({ registration }) => registration.content.title)

  beforeEach(async () => {
    under = indexUnderTest()
    source = madeSource(food, travel, contracts, weather)
    follower = followSource(under.index, source, (error) => errors.push(error))
    await follower.caughtUp()
  })
  afterEach(async () => {
    await follower.close()
    under.remove()
    expect(errors.splice(0)).toEqual([])
  })

  it("reads nothing anew but what has changed while nobody followed", async () => {
    await follower.close()
    const read: string[] = []
    const watched = { ...source, find: (id: string) => (read.push(id), source.find(id)) }
    follower = followSource(under.index, watched, (error) => errors.push(error))
    await follower.caughtUp()
    expect(read).toEqual([])
    await follower.close()
    source.put({ ...food, content: { ...food.content, title: "上海美食推荐" } })
    source.put({ ...weather, state: "disabled" })
    source.erase(contracts.id)
    follower = followSource(under.index, watched, (error) => errors.push(error))
    await follower.caughtUp()
    expect(read.toSorted()).toEqual([food.id, weather.id, contracts.id].toSorted())
    expect(titles("上海")).toEqual(["上海美食推荐"])
    expect(under.index.size).toBe(2)
  })

  it("does not call complete what it has read in part, whatever facets leave of it", () => {
    const agents = Array.from({ length: 2100 }, (_, n) =>
      made({ title: `Number ${n}`, version: "7.7.7", capabilities: { streaming: n % 2 === 0 } }),
    )
    under.index.apply(agents.map((registration) => ({ id: registration.id, registration })))
    const keys = requiredKeys(readFilter({ conditions: [{ field: "version", op: "eq", value: "7.7.7" }] }))
    const test = facetTest({ streaming: ["yes"] })
    const found = under.index.find({ words: [], keys, test, most: 10, count: true })
    expect(found.total).toBeLessThan(1050)
    expect(found.complete).toBe(false)
  })

  it("finds the same once what was written at many times is in one place", () => {
    const agents = Array.from({ length: 1000 }, (_, n) =>
      made({ title: `Number ${n} of the ${n % 7 === 0 ? "sevenths" : "others"}` }),
    )
    for (let from = 0; from < agents.length; from += 100)
      under.index.apply(
        agents.slice(from, from + 100).map((registration) => ({ id: registration.id, registration })),
      )
    const seventh = () =>
      under.index.find({ words: ["seventh"], keys: [], test: undefined, most: 2000, count: false }).docs
    const scattered = seventh()
    expect(scattered).toHaveLength(143)
    let steps = 0
    while (under.index.tidy()) steps += 1
    expect(steps).toBeGreaterThan(0)
    expect(seventh()).toEqual(scattered)
    expect(titles("北京")).toHaveLength(2)
  })

  it("finds by words in Chinese and English, the best first, and says why", () => {
    expect(titles("我需要一个可以做北京美食推荐的智能体")).toEqual(["北京美食推荐", "天气查询"])
    expect(titles("I need an agent that translates contracts")).toEqual(["ContractTranslator"])
    expect(titles("planning trips")).toEqual(["Travel planner"])
    expect(titles("合同")).toEqual(["ContractTranslator"])
    expect(titles("订")).toEqual(["北京美食推荐"])
    expect(titles("北京大学")[0]).toBe("北京美食推荐")
    const [hit] = ask("北京天气").hits
    expect(hit?.reasons).toEqual([
      { field: "title", words: ["天气"] },
      { field: "description", words: ["北京", "天气"] },
    ])
    expect(titles("zeppelin")).toEqual([])
  })

  it("narrows by facets and counts them", () => {
    expect(titles("", { facets: { protocol: ["mcp", "a2a"] } })).toEqual([
      "ContractTranslator",
      "Travel planner",
    ])
    expect(titles("北京", { facets: { price: ["free"] } })).toEqual(["北京美食推荐"])
    expect(titles("", { facets: { grade: ["R2"], certificate: ["certificate"] } })).toEqual([
      "Travel planner",
    ])
    expect(
      titles("", { facets: { country: ["CN"], streaming: ["yes"], developer: ["organisation"] } }),
    ).toEqual(["北京美食推荐"])
    const { counts, total, complete } = ask("", { count: true })
    expect([total, complete]).toEqual([4, true])
    expect(counts?.counted().find(({ facet }) => facet === "protocol")?.values).toEqual([
      { value: "a2a", count: 1 },
      { value: "acps", count: 1 },
      { value: "mcp", count: 1 },
    ])
    expect(
      ask("北京", { count: true })
        .counts?.counted()
        .find(({ facet }) => facet === "price")?.values,
    ).toEqual([{ value: "free", count: 1 }])
  })

  it("narrows by conditions on the ACS, by what is heard, and by credit", () => {
    const filter = readFilter({
      conditions: [{ field: "provider.organization", op: "contains", value: "大学" }],
    })
    expect(titles("", { filter })).toEqual(["北京美食推荐"])
    expect(titles("天气", { filter })).toEqual([])
    expect(titles("", { alive: true })).toEqual([])
    source.heardOf(weather.id, { alive: true, lastSeenAt: 1 })
    expect(titles("", { alive: true })).toEqual(["天气查询"])
    expect(titles("", { credit: 50 })).toEqual([])
  })

  it("shows nothing that may not be used, even before the index knows", async () => {
    source.stop(food.id)
    expect(titles("美食")).toEqual([])
    expect(titles("")).not.toContain("北京美食推荐")
    source.put({ ...travel, state: "disabled" }, { ...contracts, state: "retired" })
    expect(titles("")).toEqual(["天气查询"])
    await follower.caughtUp()
    expect(under.index.size).toBe(2)
    expect(ask("trips").total).toBe(0)
  })

  it("follows changes, and is the same once it was made anew", async () => {
    const renamed = { ...weather, content: { ...weather.content, title: "Forecast" } }
    source.put(renamed, { ...food, state: "disabled" }, food)
    await follower.caughtUp()
    expect(titles("forecast 天气")).toEqual(["Forecast"])
    expect(ask("天气查询").hits[0]?.reasons.map(({ field }) => field)).not.toContain("title")
    const before = ["北京", "plan", ""].map((text) => ask(text, { count: true }))
    under.reopen()
    const fresh = indexUnderTest()
    try {
      const other = followSource(fresh.index, source, (error) => errors.push(error))
      await other.caughtUp()
      await other.close()
      for (const index of [under.index, fresh.index])
        expect(
          ["北京", "plan", ""].map((text) => {
            const answer = search({ index, source }, { text, limit: 10, count: true })
            return [answer.total, answer.hits.map(({ score, registration }) => [score, registration.id])]
          }),
        ).toEqual(
          before.map(({ total, hits }) => [total, hits.map((hit) => [hit.score, hit.registration.id])]),
        )
    } finally {
      fresh.remove()
    }
  })

  it("keeps nothing in its file of what it has taken out", async () => {
    const secret = made({ title: "Xylophonquartz", description: "紫檀木琴演奏" })
    source.put(secret)
    await follower.caughtUp()
    source.put({ ...secret, state: "retired" })
    await follower.caughtUp()
    const left = Buffer.concat([readFileSync(under.file), readFileSync(`${under.file}-wal`)]).toString()
    expect(left.includes("ontractTranslator")).toBe(true)
    for (const text of ["Xylophonquartz", "xylophonquartz", "紫檀木琴演奏"])
      expect(left.includes(text)).toBe(false)
    for (const other of [food, travel, contracts, weather]) source.put({ ...other, state: "retired" })
    await follower.caughtUp()
    expect(under.index.size).toBe(0)
  })

  it("takes words as words, whatever they mean to a search engine", () => {
    for (const text of [
      '"',
      'title" OR "x',
      "NEAR(a b)",
      "words: travel*",
      "* AND -travel NOT {plan}",
      "'; DROP TABLE entry; --",
      "__k _travel",
      "\u0000\ud800",
      "(((((",
      "北".repeat(5000),
      "a ".repeat(100_000),
    ])
      expect(ask(text).hits.length, text.slice(0, 30)).toBeLessThanOrEqual(4)
    expect(titles("-travel")).toEqual(["Travel planner"])
    expect(titles("__travel")).toEqual(["Travel planner"])
    expect(under.index.size).toBe(4)
  })

  it("goes no deeper than it says", async () => {
    source.put(...Array.from({ length: 250 }, (_, n) => made({ title: `Copy ${n}` })))
    await follower.caughtUp()
    expect(ask("copy", { offset: 190, limit: 100 }).hits).toHaveLength(10)
    expect(ask("", { offset: 5000, limit: 100 }).hits).toEqual([])
    const pages = [0, 100].flatMap((offset) => ask("copy", { offset, limit: 100 }).hits)
    expect(new Set(pages.map(({ registration }) => registration.id)).size).toBe(200)
    expect(ask("copy").total).toBe(250)
  })
})
