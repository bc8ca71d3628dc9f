import { describe, expect, it } from "vitest"
import { MandateDraft } from "@hufu/core/mandate/mandate"
import { unknownProfile } from "../fence/profile/unknown-profile.ts"
import { standingGrant, type StandingOf } from "./standing-grant.ts"

const of = (args: StandingOf["arguments"]) =>
  standingGrant({
    server: "notes",
    tool: "write",
    effect: "write",
    arguments: args,
    profile: unknownProfile("write"),
    task: null,
    until: 10,
    words: "",
  })

describe("what approving for longer adds", () => {
  it("is the same tool with the same arguments and no other", () => {
    const draft = of({ path: "/a", mode: 1 })
    expect(draft?.grants[0]).toMatchObject({
      closed: true,
      tools: ["notes/write"],
      limits: [
        { argument: "/path", kind: "equal", value: "/a" },
        { argument: "/mode", kind: "equal", value: 1 },
      ],
    })
  })

  it.each<[string, StandingOf["arguments"]]>([
    ["a list", { to: ["a"] }],
    ["an object", { to: { a: 1 } }],
    ["a name that no pointer can say", { "": 1 }],
    ["a name that stands for every element", { "-": 1 }],
    ["half of a surrogate pair", { text: "\ud800" }],
    ["half of a surrogate pair in a name", { "\ud800": 1 }],
    ["a very long name", { ["x".repeat(300)]: 1 }],
    ["a very long text", { text: "x".repeat(2000) }],
    [
      "more arguments than a grant has limits",
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`a${i}`, i])),
    ],
  ])("is nothing where %s cannot be put into a mandate exactly", (_what, args) => {
    const draft = of(args)
    expect(draft === undefined || MandateDraft.safeParse(draft).success).toBe(true)
    if (draft) expect(draft.grants[0]?.closed).toBe(true)
  })

  it("is nothing, never an error, for whatever an agent sends", () => {
    for (const args of [
      { "a\u0000b": "c\u0000" },
      { "~1/": "x" },
      { "\u202e": "\u202e" },
      { __proto__x: "y" },
    ])
      expect(() => of(args)).not.toThrow()
  })
})
