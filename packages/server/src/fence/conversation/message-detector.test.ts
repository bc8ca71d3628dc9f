import { expect, test } from "vitest"
import { packsInForce } from "../packs/read-packs.ts"
import { phraseDetector } from "./message-detector.ts"
import { filledPhrases, type PhraseRole } from "./phrases.ts"

const packs = packsInForce([{ name: "people-at-risk", servers: ["*"] }], import.meta.dirname)
const detector = phraseDetector(packs.map(({ pack }) => pack.phrases))
const find = (text: string, role: PhraseRole) => detector.find(text, role, { left: 1e6 })

test.each([
  [
    "exit",
    "user",
    [
      "退出",
      "退出！",
      "  EXIT. ",
      "Ｑｕｉｔ",
      "不聊了",
      "请停止",
      "bye-bye",
      "I want to stop",
      "别再给我发消息了",
    ],
  ],
  [
    "dependence",
    "user",
    ["世界上我只有你了", "I can’t live without you", "you're my only friend", "我離不開你"],
  ],
  [
    "claims_relative",
    "agent",
    ["我就是你的妈妈", "叫我爸爸吧", "I'm your mom", "Call me Daddy.", "我 是 你 的 爷 爷"],
  ],
  ["claims_partner", "agent", ["我永远是你的男朋友", "I will be your girlfriend", "把我当成你的老公"]],
  ["asks_relative", "user", ["你能做我妈妈吗", "Can you be my grandpa?"]],
  ["asks_partner", "user", ["当我男友好不好", "pretend to be my boyfriend"]],
  ["relative", "persona", ["一个AI妈妈", "Your AI grandma, always there"]],
  ["partner", "persona", ["你的AI女友小月", "A virtual boyfriend"]],
] as const)("%s is noticed in what is said", (signal, role, texts) => {
  for (const text of texts) expect([text, find(text, role)]).toEqual([text, expect.arrayContaining([signal])])
})

test.each([
  [
    "user",
    ["怎么退出编辑器？", "stop sign colours", "请结束这段代码的循环", "how do I leave a review", "closed"],
  ],
  [
    "agent",
    [
      "我不是你的妈妈",
      "我是你妈妈的助手",
      "I am your mother's assistant",
      "I'm not your girlfriend",
      "你的妈妈来了",
      "Tell your dad",
      "我是你的助手",
      "as your mother said",
    ],
  ],
  [
    "persona",
    ["帮助家长与老师沟通", "Helps your son with maths", "A partner network for shops", "陪伴老年人散步"],
  ],
] as const)("nothing is noticed in other words: %s", (role, texts) => {
  for (const text of texts) expect([text, find(text, role)]).toEqual([text, []])
})

test("what the two sides say is not mixed up, and effort ends the search", () => {
  expect(find("退出", "agent")).toEqual([])
  expect(find("我是你的妈妈", "user")).toEqual([])
  const effort = { left: 100 }
  detector.find("a".repeat(10_000), "agent", effort)
  expect(effort.left).toBeLessThan(0)
})

test("a slot stands for each of its words, within bounds", () => {
  expect(filledPhrases(["a {X} {Y}"], { X: ["b", "c"], Y: ["d"] })).toEqual(["a b d", "a c d"])
  expect(() => filledPhrases(["a {X}"], {})).toThrow(/slot/)
  const many = Array.from({ length: 200 }, (_, at) => `w${at}`)
  expect(() => filledPhrases(["{X} {X} {X}"], { X: many })).toThrow(/keep to/)
})
