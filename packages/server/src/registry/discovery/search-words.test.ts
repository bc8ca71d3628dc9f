import { expect, it } from "vitest"
import { madeAgents, madeQuestions } from "../../../../../bench/discovery/made-agents.ts"
import { searchedTexts } from "./registration-words.ts"
import { isLoneHan, queryWords, stem, wordsIn } from "./search-words.ts"
import { standing } from "./standing-words.ts"

it("takes Chinese in pairs, and every character begins one", () => {
  expect(wordsIn("北京美食")).toEqual(["北京", "京美", "美食", "食"])
  expect(wordsIn("查 A股")).toEqual(["查", "a", "股"])
  expect(wordsIn("𠮷野家")).toEqual(["𠮷野", "野家", "家"])
})

it("finds words however they are spelled", () => {
  expect(wordsIn("BeijingFoodGuide")).toEqual(["beij", "food", "guid", "beijingfoodguid"])
  expect(wordsIn("ＰＤＦ")).toEqual(["pdf"])
  expect(wordsIn("text/plain, e-mail; naïve Überblick")).toEqual([
    "text",
    "plain",
    "e",
    "mail",
    "naïve",
    "überblick",
  ])
})

it("gives the forms of one word one stem, and others another", () => {
  for (const forms of [
    ["plan", "plans", "planned", "planning", "planner"],
    ["translate", "translates", "translated", "translating", "translator", "translation"],
    ["summarize", "summarizer", "summarizing"],
    ["query", "queries"],
    ["price", "prices", "pricing"],
    ["search", "searches", "searching"],
  ])
    expect(new Set(forms.map(stem)).size, forms.join(" ")).toBe(1)
  for (const others of [
    ["translate", "transport", "transfer"],
    ["price", "print", "prize"],
    ["search", "research"],
    ["ship", "shop"],
  ])
    expect(new Set(others.map(stem)).size, others.join(" ")).toBe(others.length)
})

it("leaves out of a question what only makes it one", () => {
  expect(queryWords("我需要一个可以做北京美食推荐的智能体")).toEqual(["北京", "京美", "美食", "食推", "推荐"])
  expect(queryWords("I need an agent that can translate contracts")).toEqual(["translat", "contract"])
  expect(queryWords("the agent")).toEqual(["the", "agent"])
  expect(queryWords("， 。!")).toEqual([])
  expect(queryWords("茶")).toEqual(["茶"])
  expect(queryWords("茶").map(isLoneHan)).toEqual([true])
})

it("is bounded by what it keeps, whatever is asked", () => {
  const many = Array.from({ length: 5000 }, (_, n) => `w${n}`).join(" ")
  expect(queryWords(many)).toHaveLength(32)
  expect(wordsIn("x".repeat(10_000))[0]).toHaveLength(40)
})

it("finds where words stand as the words of that text would tell", () => {
  const texts = [...madeAgents(20)].flatMap((agent) => Object.values(searchedTexts(agent)))
  texts.push("Daily trips, cities and ﬁle planners", "ＰＤＦ BeijingFoodGuide 查 A股", "")
  const questions = [...madeQuestions(40, 20), "days city filing pdf", "食 股 a", "naïve PLANS"]
  let found = 0
  for (const question of questions) {
    const words = queryWords(question)
    const wordsAt = standing(words)
    for (const text of texts) {
      const all = wordsIn(text)
      const there = words.filter((word) =>
        isLoneHan(word) ? all.some((each) => each.startsWith(word)) : all.includes(word),
      )
      expect(wordsAt(text)).toEqual(there)
      found += there.length
    }
  }
  expect(found).toBeGreaterThan(100)
})
