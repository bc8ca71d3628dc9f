import * as core from "@modelcontextprotocol/core"
import * as first from "@modelcontextprotocol/sdk/types.js"
import type { JsonObject } from "@hufu/core/json/json-value"
import { describe, expect, it } from "vitest"
import { methodTable, rowOf, treatmentOf, treatmentOfRequest } from "./method-table.ts"

/** The method that a schema of the SDK is for, if it is a message's. */
function methodOf(schema: unknown): string | undefined {
  // The SDK's schemas are zod's: those of messages have a shape with a literal method.
  const shape = (schema as { shape?: Record<string, { value?: unknown; def?: { values?: unknown[] } }> })
    .shape
  const literal = shape?.["method"]
  const value = literal?.def?.values?.[0] ?? literal?.value
  return typeof value === "string" ? value : undefined
}

const inSpec = [...Object.entries(core), ...Object.entries(first)].flatMap(([name, schema]) => {
  const method = methodOf(schema)
  return method === undefined || !/(?:Request|Notification)Schema$/.test(name) ? [] : [method]
})

describe("the method table", () => {
  it("finds the methods of both eras in the SDK's schemas", () => {
    expect(new Set(inSpec).size).toBeGreaterThan(30)
    for (const one of ["initialize", "server/discover", "subscriptions/listen", "tasks/result"]) {
      expect(inSpec).toContain(one)
    }
  })

  it.each([...new Set(inSpec)])("has a row for %s", (method) => {
    const kind = method.startsWith("notifications/") ? "notification" : "request"
    expect(rowOf("client", kind, method) ?? rowOf("server", kind, method)).toBeDefined()
  })

  it("has one row for each method, sender and kind", () => {
    const keys = methodTable.map(({ from, kind, method }) => `${from} ${kind} ${method}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it("refuses what it has no row for, and what an era does not define", () => {
    expect(treatmentOf("client", "request", "tools/erase", "modern")).toBe("refused")
    expect(treatmentOf("client", "request", "initialize", "modern")).toBe("refused")
    expect(treatmentOf("client", "request", "server/discover", "legacy")).toBe("refused")
    expect(treatmentOf("server", "request", "tools/call", "legacy")).toBe("refused")
    expect(treatmentOf("client", "request", "__proto__", "legacy")).toBe("refused")
  })

  it("governs everything that has an effect or shows content", () => {
    for (const method of ["tools/call", "resources/read", "prompts/get", "completion/complete"]) {
      expect(treatmentOf("client", "request", method, "modern")).toBe("governed")
      expect(treatmentOf("client", "request", method, "legacy")).toBe("governed")
    }
    for (const method of ["sampling/createMessage", "elicitation/create", "roots/list"]) {
      expect(treatmentOf("server", "request", method, "legacy")).toBe("governed")
    }
  })

  it("governs listening for anything but the news that a list changed", () => {
    const listen = (notifications: JsonObject | undefined) =>
      treatmentOfRequest(
        {
          jsonrpc: "2.0",
          id: 1,
          method: "subscriptions/listen",
          params: notifications === undefined ? {} : { notifications },
        },
        "modern",
      )
    expect(listen({ toolsListChanged: true, promptsListChanged: true })).toBe("relayed")
    expect(listen({ toolsListChanged: true, resourceSubscriptions: ["file:///a"] })).toBe("governed")
    expect(listen({ taskIds: ["1"] })).toBe("governed")
    expect(listen(undefined)).toBe("governed")
  })
})
