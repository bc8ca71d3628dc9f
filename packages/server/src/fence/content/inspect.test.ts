import { expect, test } from "vitest"
import type { Detector } from "./detector.ts"
import { detectors } from "./detectors.ts"
import { findingKinds } from "./finding-kinds.ts"
import { inspect } from "./inspect.ts"
import { personalInternational } from "./personal/personal-international.ts"
import { redact } from "./redact.ts"

test("every detector has a name of its own, and every kind a detector and names in both languages", () => {
  expect(new Set(detectors.map(({ name }) => name)).size).toBe(detectors.length)
  const found = new Set(detectors.flatMap(({ kinds }) => [...kinds]))
  expect([...found].toSorted()).toEqual(Object.keys(findingKinds).toSorted())
  for (const { en, zh } of Object.values(findingKinds)) {
    expect(en).toMatch(/^[\x20-\x7e]{3,}$/)
    expect(zh).toMatch(/\p{Script=Han}|Aadhaar|CPF|DNI/u)
  }
})

test("findings come in the order of the text, with their detector", () => {
  const text = "IP 203.0.113.9, then ann@mail.example"
  const { detections, isComplete } = inspect(text)
  expect(detections.map(({ kind, detector }) => [kind, detector])).toEqual([
    ["ip_address", "personal-international"],
    ["email_address", "personal-international"],
  ])
  expect(isComplete).toBe(true)
})

test("another detector takes the place of one, and what does not reach its point does not count", () => {
  const loud: Detector = {
    name: "personal-china",
    version: "test",
    kinds: ["cn_mobile"],
    point: 0.5,
    stepsPerUnit: 1,
    find: () => [
      { kind: "cn_mobile", start: 0, end: 1, score: 0.6 },
      { kind: "cn_mobile", start: 1, end: 2, score: 0.4 },
    ],
  }
  expect(inspect("ab", { detectors: [loud] }).detections).toEqual([
    { kind: "cn_mobile", start: 0, end: 1, score: 0.6, detector: "personal-china" },
  ])
})

test("a text that is too long, a detector that needs too much and too many findings are said", () => {
  const long = `${"a ".repeat(100)}ann@mail.example`
  expect(inspect(long, { maxLength: 100 })).toMatchObject({ detections: [], isComplete: false, stopped: [] })
  const greedy: Detector = {
    ...detectors[0],
    name: "greedy",
    version: "test",
    kinds: [],
    point: 0,
    stepsPerUnit: 1,
    find: (_, effort) => ((effort.left = -1), []),
  }
  expect(inspect("a", { detectors: [greedy] })).toMatchObject({ isComplete: false, stopped: ["greedy"] })
  const many = inspect("ann@mail.example ".repeat(20), {
    detectors: [personalInternational],
    maxDetections: 5,
  })
  expect(many.detections).toHaveLength(5)
  expect(many.stopped).toEqual(["personal-international"])
})

test("redaction takes out what was found and says what it was", () => {
  const text = "Mail ann@mail.example or 13800138000."
  const { detections } = inspect(text)
  expect(redact(text, detections, "en")).toBe(
    "Mail [redacted: e-mail address] or [redacted: Chinese mobile number].",
  )
  expect(redact(text, detections, "zh")).toBe("Mail 【已隐去：电子邮箱地址】 or 【已隐去：手机号码】.")
  expect(redact(text, [], "en")).toBe(text)
})

test("findings that overlap are taken out together", () => {
  const findings = [
    { kind: "iban", start: 2, end: 6, score: 1 },
    { kind: "payment_card", start: 4, end: 8, score: 1 },
  ] as const
  expect(redact("0123456789", findings, "en")).toBe(
    "01[redacted: bank account number (IBAN), payment card number]89",
  )
})
