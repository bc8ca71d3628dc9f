import { expect, test } from "vitest"
import { placeTemplates } from "@hufu/server/fence/place/place-templates"
import { placeLines, templateLines } from "./place-lines.ts"

test("there is no place: it says where to begin", () => {
  expect(placeLines({ items: [] }, "zh").join()).toContain("hufu place templates")
})

test("a place is told on one line, whatever its owner wrote, with the figures that nobody verified", () => {
  const properties = {
    identifier: "gate",
    type: "PROHIBITED" as const,
    name: [{ text: "a\nb" }],
    extendedProperties: { hufu: { unverified: ["07:30"] } },
  }
  const lines = placeLines(
    {
      items: [
        {
          id: "plc_0123456789",
          owner: "usr_0123456789",
          class: "special",
          restriction: "prohibited",
          template: null,
          state: "live",
          createdAt: 0,
          feature: { type: "Feature", geometry: null, properties },
          effects: ["control"],
          holdsNow: true,
        },
      ],
    },
    "en",
  )
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(
    /^gate +special +prohibited +control +in force +unverified figures +plc_0123456789$/,
  )
})

test("every template has its sentence in both languages", () => {
  const items = [...placeTemplates()]
  expect(templateLines({ items }, "en")).toHaveLength(items.length + 1)
  expect(templateLines({ items }, "zh").join("\n")).toMatch(/school +特殊 +学校/)
})
