import type { ShownProtection } from "@hufu/core/contract/protection"
import { findPacks } from "@hufu/server/fence/packs/read-packs"
import { shownPacks } from "@hufu/server/fence/packs/shown-packs"
import { expect, test } from "vitest"
import { packLines, protectionLines } from "./protection-lines.ts"

const nowhere = import.meta.dirname
const ann: ShownProtection = {
  id: "prt_0123456789",
  name: "ann",
  born: null,
  band: "12-to-16",
  basis: "verified",
  how: "",
  zone: "Asia/Shanghai",
  guardian: "her\nmother",
  consent: true,
  nights: false,
  agents: [],
  state: "live",
  createdAt: 0,
  changedAt: 0,
  group: "minor",
  age: 12,
  use: { todaySeconds: 3_720, nowSeconds: 0, days: 1, spentToday: {}, spentMonth: { CNY: 5_000 } },
}

test("nobody is described: it says where to begin", () => {
  expect(protectionLines({ items: [] }, "zh").join()).toContain("hufu protection set")
})

test("a person is told on one line, whatever was written of them", () => {
  const lines = protectionLines({ items: [ann] }, "en")
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(
    /^ann +12 to 16 +verified +her\\nmother +yes +1 h 2 min +50\.00 CNY +Asia\/Shanghai +all others +prt_0123456789$/,
  )
  expect(protectionLines({ items: [{ ...ann, band: null, age: null }] }, "zh")[1]).toMatch(/^ann +未知 +her/)
})

test("every figure is told with its mark and its source, in both languages", () => {
  const items = shownPacks([], nowhere)
  expect(items).toHaveLength(findPacks(nowhere).length)
  const figures = items.flatMap((pack) => pack.figures)
  for (const [language, marks] of [
    ["en", { verified: "verified", unverified: "UNVERIFIED" }],
    ["zh", { verified: "已核实", unverified: "未核实" }],
  ] as const) {
    const lines = packLines({ items }, language)
    for (const { name, mark, source } of figures) {
      const line = lines.find((each) => each.trim().startsWith(`${name} `))
      expect(line).toContain(` ${marks[mark === "verified" ? "verified" : "unverified"]} `)
      expect(line?.endsWith(source[language])).toBe(true)
    }
  }
  expect(packLines({ items }, "en").join("\n")).toMatch(/night_from +22:00 +verified/)
  expect(packLines({ items }, "zh").join("\n")).toMatch(/once_younger +50\.00 CNY +未核实/)
})
