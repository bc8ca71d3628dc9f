import { expect, test } from "vitest"
import type { CedarValue } from "./cedar-value.ts"
import { sameValue } from "./equality.ts"
import { extensionFunctions } from "./extension-function.ts"
import { isFault } from "./outcome.ts"

function call(name: string, ...values: CedarValue[]) {
  const outcome = extensionFunctions.get(name)?.call(values)
  if (outcome === undefined) throw new Error(`no function ${name}`)
  return isFault(outcome) ? "fault" : outcome
}

function value(name: string, text: string): CedarValue {
  const made = call(name, text)
  if (made === "fault") throw new Error(`${text} is no ${name}`)
  return made
}

const accepted: Record<string, string[]> = {
  decimal: ["0.0", "-1.5", "12.3456", "922337203685477.5807", "-922337203685477.5808"],
  datetime: [
    "2024-02-29",
    "0001-01-01",
    "2024-10-15T11:35:00Z",
    "2024-10-15T11:35:00.000+0100",
    "1969-12-31T23:59:59-0100",
  ],
  duration: ["1d2h3m4s5ms", "-1h", "0ms", "5ms", "106751991167d"],
  ip: ["1.2.3.4", "10.0.0.0/8", "::", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "ffff::/16", "0.0.0.0/0"],
}

const refused: Record<string, string[]> = {
  decimal: ["1", "1.", ".5", "1.23456", "+1.0", "1.0 ", "922337203685477.5808", ""],
  datetime: [
    "2023-02-29",
    "2024-13-01",
    "2024-01-32",
    "2024-00-01",
    "24-01-01",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:00",
    "2024-01-01T00:00:00.0Z",
    "2024-01-01T00:00:60Z",
    "2024-01-01T00:00:00+2400",
    "2024-01-01Z",
  ],
  duration: ["", "-", "1", "1h1d", "1.5h", "+1h", "9223372036854775808ms", "1d ", `${"9".repeat(200)}ms`],
  ip: [
    "1.2.3",
    "01.2.3.4",
    "256.1.1.1",
    "1.2.3.4/33",
    "1.2.3.4/08",
    "1.2.3.4/",
    "::ffff:1.2.3.4",
    "1:2:3:4::5:6:7:8",
    ":::",
    "1::2::3",
    "12345::",
    "::/129",
    "1:2:3:4:5:6:7",
  ],
}

test.each(Object.entries(accepted))("%s accepts what Cedar's grammar allows", (name, texts) => {
  for (const text of texts) expect(call(name, text), text).not.toBe("fault")
})

test.each(Object.entries(refused))("%s is an error for anything else", (name, texts) => {
  for (const text of texts) expect(call(name, text), text).toBe("fault")
})

test("decimals compare by value", () => {
  expect(sameValue(value("decimal", "1.5"), value("decimal", "1.5000"))).toBe(true)
  expect(call("lessThan", value("decimal", "-1.5"), value("decimal", "1.5"))).toBe(true)
  expect(call("greaterThanOrEqual", value("decimal", "1.4"), value("decimal", "1.5"))).toBe(false)
})

test("a datetime with an offset is the same instant elsewhere", () => {
  const there = value("datetime", "2024-01-01T01:00:00+0100")
  expect(sameValue(there, value("datetime", "2024-01-01"))).toBe(true)
})

test("datetimes before 1970 have their day and time of day", () => {
  const instant = value("datetime", "1969-12-31T23:00:00Z")
  expect(sameValue(call("toDate", instant), value("datetime", "1969-12-31"))).toBe(true)
  expect(sameValue(call("toTime", instant), value("duration", "23h"))).toBe(true)
})

test("durations are cut to whole units toward zero, and offsets that overflow are errors", () => {
  expect(call("toHours", value("duration", "-90m"))).toBe(-1)
  expect(call("toDays", value("duration", "47h"))).toBe(1)
  expect(call("toMilliseconds", value("duration", "1s"))).toBe(1000)
  const far = value("duration", "9223372036854775807ms")
  expect(call("offset", value("datetime", "2024-01-01"), far)).toBe("fault")
})

test("ip ranges know their family, what they hold and what they are for", () => {
  const inside = (inner: string, outer: string) => call("isInRange", value("ip", inner), value("ip", outer))
  expect([inside("10.1.2.3", "10.0.0.0/8"), inside("11.0.0.0", "10.0.0.0/8")]).toEqual([true, false])
  expect([inside("10.0.0.0/7", "10.0.0.0/8"), inside("10.0.0.1", "::/0")]).toEqual([false, false])
  expect([call("isIpv4", value("ip", "1.1.1.1")), call("isIpv6", value("ip", "1.1.1.1"))]).toEqual([
    true,
    false,
  ])
  expect(
    ["127.0.0.1", "127.0.0.0/8", "127.0.0.0/7", "::1"].map((text) => call("isLoopback", value("ip", text))),
  ).toEqual([true, true, false, true])
  expect(["224.0.0.1", "ff02::1", "1.1.1.1"].map((text) => call("isMulticast", value("ip", text)))).toEqual([
    true,
    true,
    false,
  ])
})

test("a function given a value of another type is an error", () => {
  expect(call("decimal", 1)).toBe("fault")
  expect(call("lessThan", value("ip", "1.1.1.1"), value("decimal", "1.0"))).toBe("fault")
  expect(call("isIpv4", "1.1.1.1")).toBe("fault")
  expect(call("toDate", value("duration", "1h"))).toBe("fault")
})
