import { z } from "zod"
import { describe, expect, it } from "vitest"
import { contract } from "./contract.ts"
import { openapi } from "./openapi.ts"

const document = openapi(contract, "1.2.3")
const text = JSON.stringify(document)

describe("the OpenAPI document", () => {
  it("has every operation once, with its method and path", () => {
    const paths = z
      .record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() })))
      .parse(document["paths"])
    const found = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
    )
    const expected = Object.entries(contract).map(
      ([id, { method, path }]) => `${id} ${method.toLowerCase()} ${path}`,
    )
    expect(found.sort()).toEqual(expected.sort())
  })

  it("refers only to what it holds", () => {
    const components = z.object({ schemas: z.record(z.string(), z.unknown()) }).parse(document["components"])
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      (found) => found[1] ?? "",
    )
    expect(references.length).toBeGreaterThan(50)
    expect(references.filter((name) => !Object.hasOwn(components.schemas, name))).toEqual([])
    expect(
      [...text.matchAll(/"\$ref":"([^"]+)"/g)].filter(
        (found) => !found[1]?.startsWith("#/components/schemas/"),
      ),
    ).toEqual([])
  })

  it("declares every parameter of a path, and no body where there is none", () => {
    for (const { path, method } of Object.values(contract)) {
      const item = z.looseObject({
        parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
        requestBody: z.unknown().optional(),
      })
      const found = z.record(z.string(), z.record(z.string(), item)).parse(document["paths"])[path]?.[
        method.toLowerCase()
      ]
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((each) => each[1] ?? "")
      expect(
        found?.parameters
          .filter((each) => each.in === "path")
          .map(({ name }) => name)
          .sort(),
      ).toEqual(named.toSorted((a, b) => (a < b ? -1 : 1)))
      if (method === "GET" || method === "DELETE") expect(found?.requestBody).toBeUndefined()
    }
  })

  it("says who may call what", () => {
    expect(document).toMatchObject({
      paths: {
        "/v1/person": { post: { "x-socket-only": true, security: [{ localSocket: [] }] } },
        "/v1/tasks": { post: { security: [{ session: [] }, { hook: [] }] } },
        "/v1/sessions": { post: { security: [{}] } },
      },
    })
  })
})
