import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createSseSplitter, readEvent, replaceData, writeEvent } from "./sse.ts"

describe("a stream of events", () => {
  it("comes apart the same way however its bytes are cut", () => {
    const text =
      'id: 1\ndata: {"a":"日本"}\n\n: alive\n\ndata: one\r\ndata: two\r\n\r\nretry: 5\r\rdata:x\n\n'
    const whole = createSseSplitter(1 << 20).push(Buffer.from(text))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7 })), (cuts) => {
        const splitter = createSseSplitter(1 << 20)
        let rest = Buffer.from(text)
        const events = []
        for (const cut of cuts) {
          events.push(...splitter.push(rest.subarray(0, cut)))
          rest = rest.subarray(cut)
        }
        events.push(...splitter.push(rest))
        expect(events.map(({ data, id }) => ({ data, id }))).toEqual(
          whole.map(({ data, id }) => ({ data, id })),
        )
      }),
    )
    expect(whole.map(({ data }) => data)).toEqual(['{"a":"日本"}', undefined, "one\ntwo", undefined, "x"])
  })

  it("fails when an event grows without end", () => {
    const splitter = createSseSplitter(1000)
    expect(() => splitter.push(Buffer.from(`data: ${"x".repeat(2000)}`))).toThrow("too large")
  })

  it("keeps an event's id when its data is replaced", () => {
    const event = readEvent('id: 7\nevent: message\ndata: {"a":1}\n\n')
    expect(replaceData(event, { b: 2 })).toBe('id: 7\nevent: message\ndata: {"b":2}\n\n')
  })

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [event] = createSseSplitter(1 << 20).push(Buffer.from(writeEvent({ text }, "9")))
        expect(JSON.parse(event?.data ?? "")).toEqual({ text })
        expect(event?.id).toBe("9")
      }),
    )
  })
})
