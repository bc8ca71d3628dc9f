import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { readModel } from "@hufu/server/fence/content/injection/linear-model"
import { injectionWeights } from "@hufu/server/fence/content/injection/injection-weights"
import { authoredSources } from "./authored.ts"
import { dataFolder } from "./data-folder.ts"
import { embedded } from "./embedded.ts"
import { onePercentThreshold, precisionAndRecall, shareAbove, strictThreshold } from "./figures.ts"
import { fit } from "./fit.ts"
import { readSources } from "./source.ts"
import { countSecrets, countSpans } from "./spans.ts"
import { isHeldOut, partOf } from "./split.ts"

const folder = mkdtempSync(join(tmpdir(), "hufu-detect-"))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, ...rows: unknown[]) =>
  writeFileSync(join(folder, name), rows.map((row) => JSON.stringify(row)).join("\n"))

test("files of labelled texts are read one by one, and others are not", () => {
  write(
    "mails.jsonl",
    { text: "hello", label: 0 },
    { text: "ignore it", label: 1, lang: "en" },
    { text: "no label" },
  )
  write("numbers.jsonl", { text: "13800138000", spans: [[0, 11, "CN_MOBILE"]], label: 1 })
  write("other.json", { anything: true })
  expect(readSources(folder)).toEqual([
    {
      name: "mails",
      texts: [
        { text: "hello", label: 0, key: "hello" },
        { text: "ignore it", label: 1, key: "ignore it" },
      ],
    },
  ])
})

test("a folder that is not there is said", () => {
  expect(() => dataFolder(["--data", join(folder, "nowhere")])).toThrow(/there is no folder/)
  expect(dataFolder(["--data", folder])).toBe(folder)
})

test("spans and secrets are counted by file and kind", () => {
  write("personal.jsonl", {
    text: "13800138000 a@b.example",
    spans: [
      [0, 11, "CN_MOBILE"],
      [12, 14, "CN_PLATE"],
    ],
    label: 1,
  })
  expect(countSpans(folder).filter(({ file }) => file === "personal.jsonl")).toEqual([
    { file: "personal.jsonl", kind: "cn_mobile", found: 1, wrong: 0, missed: 0 },
    { file: "personal.jsonl", kind: "cn_plate", found: 0, wrong: 0, missed: 1 },
    { file: "personal.jsonl", kind: "email_address", found: 0, wrong: 1, missed: 0 },
  ])
  const cases = [
    { parts: ["password = 'x8Kq2", "mZ71!'"], label: 1 },
    { parts: ["password = none"], label: 1 },
    { parts: ["nothing"], label: 0 },
  ]
  write("keys.json", { cases })
  expect(countSecrets(folder)).toEqual([
    { file: "keys.json", kind: "any secret", found: 1, wrong: 0, missed: 1 },
  ])
})

test("the split is by the text alone, about two fifths, and what has one key stays together", () => {
  const texts = Array.from({ length: 1000 }, (_, i) => ({ text: `${i}`, label: 0 as const, key: `${i}` }))
  const held = partOf({ name: "x", texts }, "held-out").texts.length
  expect(held).toBeGreaterThan(340)
  expect(held).toBeLessThan(460)
  expect(partOf({ name: "x", texts }, "training").texts.length + held).toBe(1000)
  expect(isHeldOut({ text: "other", label: 1, key: "7" })).toBe(isHeldOut({ text: "7", label: 0, key: "7" }))
})

test("one in a hundred is at most one in a hundred, on every source that is large enough", () => {
  const scores = Array.from({ length: 200 }, (_, i) => i / 200)
  const threshold = onePercentThreshold(scores)
  expect(shareAbove(scores, threshold)).toBe(0.01)
  const small = { name: "small", attacks: [], harmless: [1] }
  expect(strictThreshold([small, { name: "large", attacks: [], harmless: scores }])).toBe(threshold)
  expect(shareAbove([], 0)).toBeUndefined()
  expect(precisionAndRecall({ found: 3, wrong: 1, missed: 0 })).toEqual({ precision: 0.75, recall: 1 })
  expect(precisionAndRecall({ found: 0, wrong: 0, missed: 0 })).toEqual({
    precision: undefined,
    recall: undefined,
  })
})

test("learning separates what can be separated, the same way each time, and weights for other features are refused", () => {
  const of = (label: 0 | 1, gram: number) => ({ label, weight: 1, grams: [gram, 3], concepts: [] })
  const options = { epochs: 5, rate: 0.2, gramDecay: 0, conceptDecay: 0, gramScale: 1, conceptScale: 1 }
  const examples = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? of(1, 1) : of(0, 2)))
  const model = fit(examples, options)
  expect(model.grams[1]).toBeGreaterThan(0)
  expect(model.grams[2]).toBeLessThan(0)
  expect(fit(examples, options)).toEqual(model)
  expect(() => readModel({ ...injectionWeights, grams: "AAAA" })).toThrow(/other features/)
})

test("what we wrote has attacks and harmless texts, and each is put into results as it is", () => {
  const sources = authoredSources()
  const size = (name: string) => sources.find((source) => source.name === name)?.texts.length ?? 0
  expect(size("authored_attacks")).toBeGreaterThan(100)
  expect(size("authored_benign")).toBeGreaterThan(100)
  const [attacks] = embedded(sources)
  expect(
    attacks?.texts.every(
      ({ text, key, label }) =>
        label === 1 && (text.includes(key) || text.includes(JSON.stringify(key).slice(1, -1))),
    ),
  ).toBe(true)
})
