import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeHeaderValue, encodeHeaderValue, headerProblem, mirrorHeaders } from "./header-agreement.ts"
import { headerPaths } from "./param-headers.ts"
import type { RpcRequest } from "./upstream/link.ts"

const paths = headerPaths({
  name: "query",
  inputSchema: {
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      page: { type: "object", properties: { size: { type: "integer", "x-mcp-header": "Page-Size" } } },
    },
  },
})

function call(args: Record<string, string | number | boolean | null | object>): RpcRequest {
  // JSON by construction.
  const params = { name: "query", arguments: args } as RpcRequest["params"]
  return { jsonrpc: "2.0", id: 1, method: "tools/call", ...(params === undefined ? {} : { params }) }
}

const check = (request: RpcRequest, headers: Record<string, string>, known = true) =>
  headerProblem(request, { "mcp-protocol-version": "2026-07-28", ...headers }, known ? paths : undefined)

const basic = { "mcp-method": "tools/call", "mcp-name": "query" }

describe("header values", () => {
  it("carry any text there and back", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        (text) => decodeHeaderValue(encodeHeaderValue(text)) === text,
      ),
    )
  })

  it("are refused when they are not well encoded", () => {
    for (const value of [
      "=?base64?%?=",
      "=?base64?QQ?=",
      "=?base64?/w==?=",
      "=?base64?QR==?=",
      "caf\u00e9",
      "a\u0000b",
    ]) {
      expect(decodeHeaderValue(value)).toBeUndefined()
    }
  })
})

describe("a request and its headers", () => {
  it("agree when Hufu itself writes the headers", () => {
    const request = call({ region: "海边", page: { size: 42 } })
    expect(check(request, mirrorHeaders(request, paths))).toBeUndefined()
  })

  it("agree on numbers by value", () => {
    expect(check(call({ page: { size: 42 } }), { ...basic, "mcp-param-page-size": "42.0" })).toBeUndefined()
  })

  it("disagree when a value stands elsewhere than the definition says", () => {
    const request = call({ region: "eu", note: "us" })
    expect(check(request, { ...basic, "mcp-param-region": "us" })?.code).toBe(-32020)
    expect(check(request, { ...basic, "mcp-param-region": "us" }, false)).toBeUndefined()
    expect(check(request, { ...basic, "mcp-param-region": "asia" }, false)?.code).toBe(-32020)
  })

  it("disagree when the body says what the headers leave out, but not for null", () => {
    expect(check(call({ region: "eu" }), basic)?.code).toBe(-32020)
    expect(check(call({ region: null }), basic)).toBeUndefined()
  })

  it("need the method and the name", () => {
    expect(check(call({}), { "mcp-name": "query" })?.code).toBe(-32020)
    expect(check(call({}), { "mcp-method": "tools/call" })?.code).toBe(-32020)
    expect(check(call({}), { ...basic, "mcp-method": "Tools/Call" })?.code).toBe(-32020)
  })
})
