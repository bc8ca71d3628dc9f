import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { definitionDigest, readDefinition } from "@hufu/core/profile/definition"
import { ToolProfile } from "@hufu/core/profile/profile"
import { profileAutomatically } from "./automatic.ts"
import { moreCautious } from "./effect-caution.ts"

interface Draft {
  readonly name: string
  readonly description?: string
  readonly annotations?: object
  readonly properties?: object
}

function profile({ name, properties = {}, ...rest }: Draft): ToolProfile {
  const definition = readDefinition({ name, ...rest, inputSchema: { type: "object", properties } })
  return profileAutomatically(definition, definitionDigest(definition))
}

const text = { type: "string" }

describe("an automatic profile", () => {
  it("is valid, unconfirmed and says where it comes from", () => {
    const found = profile({ name: "read_file", properties: { path: text } })
    expect(ToolProfile.parse(found)).toEqual(found)
    expect(found).toMatchObject({ effect: "read", source: "automatic", confirmed: false, openWorld: true })
    expect(found.roles).toEqual([{ argument: "/path", role: "path" }])
  })

  it("executes when the name says nothing, whatever the description says", () => {
    expect(
      profile({ name: "frobnicate", description: "Reads the weather.", annotations: { readOnlyHint: true } })
        .effect,
    ).toBe("execute")
  })

  it("is not lowered by a tool that calls itself read-only", () => {
    expect(
      profile({ name: "delete_all", annotations: { readOnlyHint: true, destructiveHint: false } }).effect,
    ).toBe("delete")
  })

  it("is raised by what the description or an annotation admits", () => {
    expect(profile({ name: "get_user", description: "Gets a user and emails them." }).effect).toBe("send")
    expect(profile({ name: "get_user", annotations: { readOnlyHint: false } }).effect).toBe("write")
    expect(profile({ name: "get_user", annotations: { destructiveHint: true } }).effect).toBe("delete")
    expect(
      profile({ name: "get_user", annotations: { destructiveHint: true, readOnlyHint: true } }).effect,
    ).toBe("delete")
  })

  it.each([
    ["a url", { url: text }],
    ["an address by its format", { where: { type: "string", format: "uri" } }],
    ["a host", { hostname: text }],
    ["a recipient", { recipient: text }],
    ["an email address", { user_email: text }],
    [
      "a url deep inside",
      {
        options: {
          type: "object",
          properties: { list: { type: "array", items: { type: "object", properties: { href: text } } } },
        },
      },
    ],
    ["a url behind a reference", { where: { anyOf: [{ type: "null" }, { type: "string", format: "uri" }] } }],
  ])("a read with %s sends", (_what, properties) => {
    expect(profile({ name: "get_page", properties }).effect).toBe("send")
  })

  it("a read that takes a command executes, and one that stores its result writes", () => {
    expect(profile({ name: "get_output", properties: { command: text } }).effect).toBe("execute")
    expect(profile({ name: "query_database", properties: { sql: text } }).effect).toBe("execute")
    expect(profile({ name: "get_report", properties: { output_path: text } }).effect).toBe("write")
  })

  it("an action to choose is as grave as its gravest choice", () => {
    const action = { type: "string", enum: ["list", "get", "delete"] }
    expect(profile({ name: "get_items", properties: { action } }).effect).toBe("delete")
    expect(profile({ name: "get_items", properties: { action: text } }).effect).toBe("write")
  })

  it("money to an account is a payment", () => {
    const properties = { amount: { type: "number" }, to_account_number: text }
    const found = profile({ name: "update_balance", properties })
    expect(found.effect).toBe("pay")
    expect(found.roles).toEqual([
      { argument: "/amount", role: "amount" },
      { argument: "/to_account_number", role: "account", direction: "to" },
    ])
  })

  it("what gives out secrets sends them", () => {
    expect(profile({ name: "get-env", annotations: { readOnlyHint: true } })).toMatchObject({
      effect: "send",
      sensitivity: "secret",
    })
    expect(profile({ name: "get_config", description: "返回数据库口令" }).sensitivity).toBe("secret")
    expect(profile({ name: "get_config" }).sensitivity).toBe("private")
  })

  it("executes when the schema cannot be read to the end", () => {
    const deep = Array.from({ length: 10 }).reduce<object>(
      (inner) => ({ type: "object", properties: { a: inner } }),
      text,
    )
    expect(profile({ name: "get_x", properties: { deep } }).effect).toBe("execute")
    expect(profile({ name: "get_x", properties: { a: { $ref: "https://example.com/schema" } } }).effect).toBe(
      "execute",
    )
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`a${at}`, text]))
    const found = profile({ name: "get_x", properties: many })
    expect(found.effect).toBe("execute")
    expect(found.roles).toHaveLength(64)
  })

  it("follows a reference inside the schema, and ends on one that goes in circles", () => {
    const definition = readDefinition({
      name: "get_x",
      inputSchema: {
        properties: { a: { $ref: "#/$defs/where" }, b: { $ref: "#/$defs/loop" } },
        $defs: { where: { type: "string", format: "uri" }, loop: { $ref: "#/$defs/loop" } },
      },
    })
    const found = profileAutomatically(definition, definitionDigest(definition))
    expect(found.roles).toContainEqual({ argument: "/a", role: "url" })
    expect(found.effect).toBe("execute")
  })

  it("no annotation and no description lowers it", () => {
    const hint = fc.option(fc.boolean(), { nil: undefined })
    const names = fc.constantFrom(
      "get_x",
      "delete_x",
      "send_x",
      "pay_x",
      "frob",
      "calculate_x",
      "update_x",
      "run_x",
    )
    const descriptions = fc.constantFrom(
      "",
      "Reads only.",
      "Returns a list.",
      "Does not delete anything.",
      "只读取数据",
      "Deletes all.",
      "Calculates.",
    )
    fc.assert(
      fc.property(
        names,
        descriptions,
        fc.record({ readOnlyHint: hint, destructiveHint: hint, openWorldHint: hint, idempotentHint: hint }),
        (name, description, hints) => {
          const annotations = Object.fromEntries(
            Object.entries(hints).filter(([, value]) => value !== undefined),
          )
          const bare = profile({ name }).effect
          const dressed = profile({ name, description, annotations })
          expect(moreCautious(dressed.effect, bare)).toBe(dressed.effect)
          expect(dressed.openWorld).toBe(true)
        },
      ),
    )
  })
})
