import { assert, property } from "fast-check"
import { describe, expect, it } from "vitest"
import { arbitraryRegistration } from "./registration.arbitrary.ts"
import {
  maxRegistrationBytes,
  maxSkills,
  RegistrationContent,
  RegistrationName,
} from "./registration-content.ts"
import { Registration } from "./registration.ts"

const least = {
  name: "com.example/planner",
  title: "Planner",
  description: "Plans journeys.",
  version: "1.0.0",
  developer: { kind: "person", name: "Ann" },
}
const skill = { id: "plan", name: "Plan", description: "Plans." }

const refuses = (more: object) => !RegistrationContent.safeParse({ ...least, ...more }).success

describe("a registration", () => {
  it("needs a name, a title, a description, a version and a developer; the rest has its default", () => {
    const content = RegistrationContent.parse(least)
    expect(content.skills).toEqual([])
    expect(content.capabilities).toEqual({
      streaming: false,
      notifications: false,
      extendedCard: false,
      messageQueues: [],
      extensions: [],
    })
    expect(content.conduct).toEqual({ auto: [], ask: [], "user-only": [], never: [] })
    for (const member of Object.keys(least)) {
      const { [member as keyof typeof least]: _, ...rest } = least
      expect(RegistrationContent.safeParse(rest).success, member).toBe(false)
    }
  })

  it("comes back from its JSON", () => {
    assert(
      property(arbitraryRegistration, (registration) => {
        expect(Registration.parse(JSON.parse(JSON.stringify(registration)))).toEqual(registration)
      }),
      { numRuns: 100, seed: 6 },
    )
  })

  it.each(["com.example/planner", "com.example-geo.eu/route.planner_2", "io.github.ann/x", "ann/x", "1a/2"])(
    "may be called %s",
    (name) => {
      expect(RegistrationName.safeParse(name).success).toBe(true)
    },
  )

  it.each([
    "planner",
    "com.example/Planner",
    "com.example/pl\u0430nner",
    "com..example/planner",
    "-com/planner",
    "com.example/planner/2",
    "com.example/.hidden",
    "com.example/planner-",
    "com.example/ planner",
    `${"a".repeat(200)}/x`,
  ])("may not be called %j", (name) => {
    expect(RegistrationName.safeParse(name).success).toBe(false)
  })

  it.each([
    ["an unknown member", { owner: "me" }],
    ["hidden characters", { title: "Plan\u202ener" }],
    ["a title of two lines", { title: "Plan\nner" }],
    ["a title of spaces", { title: "   " }],
    ["half of a surrogate pair", { description: "\ud800" }],
    ["a range of versions", { version: "^1.2.0" }],
    ["a version with an x", { version: "1.x" }],
    ["a script for an address", { icon: "javascript:alert(1)" }],
    ["data for an address", { icon: "data:image/svg+xml,<svg/>" }],
    ["an address with a password", { website: "https://a:b@example.com/" }],
    ["an address with a backslash", { website: "https://example.com\\@evil.example/" }],
    ["an address with a line break", { website: "https://exa\nmple.com/" }],
    ["an address that does not end", { website: `https://example.com/${"a".repeat(2000)}` }],
    [
      "a file for an interface",
      { interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "file:///etc/passwd" }] },
    ],
    [
      "a queue spoken to over the web",
      { interfaces: [{ protocol: "acps", binding: "amqp", url: "https://a.example/" }] },
    ],
    ["MCP over a queue", { interfaces: [{ protocol: "mcp", binding: "amqp", url: "amqps://a.example/" }] }],
    [
      "a security scheme that nobody defined",
      {
        interfaces: [
          { protocol: "a2a", binding: "jsonrpc", url: "https://a.example/", security: [{ mtls: [] }] },
        ],
      },
    ],
    ["an e-mail address that is none", { contact: { email: "ann" } }],
    ["a media type that is none", { inputModes: ["text"] }],
    ["the same media type twice", { inputModes: ["text/plain", "text/plain"] }],
    ["an effect that is decided twice", { conduct: { auto: ["pay"], never: ["pay"] } }],
    ["a price without a currency", { price: { model: "per-call", amount: "1" } }],
    ["two skills of one id", { skills: [skill, skill] }],
    [
      "too many skills",
      { skills: Array.from({ length: maxSkills + 1 }, (_, at) => ({ ...skill, id: `s${at}` })) },
    ],
    [
      "a private key",
      { keys: [{ id: "k", jwk: { kty: "OKP", crv: "Ed25519", x: "A".repeat(43), d: "A".repeat(43) } }] },
    ],
    ["a weak key", { keys: [{ id: "k", jwk: { kty: "RSA", n: "x".repeat(171), e: "AQAB" } }] }],
    [
      "more than its size",
      {
        skills: Array.from({ length: maxSkills }, (_, at) => ({
          ...skill,
          id: `s${at}`,
          description: "字".repeat(400),
        })),
      },
    ],
  ])("refuses %s", (_, more) => {
    expect(refuses(more)).toBe(true)
  })

  it("takes the greatest number of skills that fit", () => {
    const skills = Array.from({ length: maxSkills }, (_, at) => ({
      ...skill,
      id: `s${at}`,
      description: "x".repeat(600),
    }))
    expect(JSON.stringify(skills).length).toBeLessThan(maxRegistrationBytes)
    expect(refuses({ skills })).toBe(false)
  })
})
