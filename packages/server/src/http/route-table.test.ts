import { contract } from "@hufu/core/contract/contract"
import { describe, expect, it } from "vitest"
import { findRoute, routes } from "./route-table.ts"

const values = ["ann", "a:b", "a b", "ü", "a/b", "%", "agt_0123456789", "..", "a:suspend"]

describe("the route table", () => {
  it("has a route for every row of the contract", () => {
    expect(routes.map(({ id }) => id).sort()).toEqual(Object.keys(contract).sort())
  })

  it("finds every row with whatever stands in its parameters", () => {
    for (const [id, { method, path }] of Object.entries(contract))
      for (const value of values) {
        const names = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "")
        const filled = path.replaceAll(/\{\w+\}/g, encodeURIComponent(value).replaceAll(".", "%2E"))
        const found = findRoute(method, filled)
        expect(found).toMatchObject({
          route: { id },
          parameters: Object.fromEntries(names.map((name) => [name, value])),
        })
      }
  })

  it("gives no two rows the same method and shape of path", () => {
    const shapes = Object.values(contract).map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`,
    )
    expect(new Set(shapes).size).toBe(shapes.length)
  })

  it("takes the verb where there is one", () => {
    expect(findRoute("POST", "/v1/agents/ann:suspend")).toMatchObject({
      route: { id: "agent.suspend" },
      parameters: { agent: "ann" },
    })
    expect(findRoute("GET", "/v1/agents/ann")).toMatchObject({ route: { id: "agent.show" } })
    expect(findRoute("POST", "/v1/servers:command")).toMatchObject({ route: { id: "server.command" } })
  })

  it("says what else the path would take, and refuses parameters that are too long or not encoded", () => {
    expect(findRoute("PUT", "/v1/agents")).toEqual({ allowed: ["POST", "GET"] })
    expect(findRoute("GET", `/v1/agents/${"a".repeat(401)}`)).toEqual({ allowed: [] })
    expect(findRoute("GET", "/v1/agents/%ff")).toEqual({ allowed: [] })
  })
})
