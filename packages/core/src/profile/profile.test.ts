import { describe, expect, it } from "vitest"
import { ToolProfile, isVouchedFor, possibleEffects, profileStanding } from "./profile.ts"

const profile: ToolProfile = {
  tool: "edit_file",
  definition: "0".repeat(64),
  effect: "write",
  variants: [{ argument: "/dryRun", equal: true, effect: "read" }],
  roles: [{ argument: "/path", role: "path", reach: "item" }],
  reversible: "no",
  sensitivity: "private",
  openWorld: false,
  source: "reviewed",
  confirmed: false,
}

describe("a tool profile", () => {
  it("is accepted as it is written", () => {
    expect(ToolProfile.parse(profile)).toEqual(profile)
  })

  it.each([
    ["an unknown effect", { effect: "destroy" }],
    ["an unknown member", { trusted: true }],
    ["a pointer without a slash", { roles: [{ argument: "path", role: "path" }] }],
    ["a pointer to everything", { roles: [{ argument: "", role: "path" }] }],
    ["too many roles", { roles: Array.from({ length: 65 }, () => profile.roles[0]) }],
    ["a digest in capitals", { definition: "A".repeat(64) }],
    ["variants on a guess", { source: "automatic" }],
  ])("is refused with %s", (_what, change) => {
    expect(ToolProfile.safeParse({ ...profile, ...change }).success).toBe(false)
  })

  it("is vouched for by reviewers or by the user, never by itself", () => {
    const { variants: _variants, ...guess } = { ...profile, source: "automatic" as const }
    expect(isVouchedFor(profile)).toBe(true)
    expect(isVouchedFor(guess)).toBe(false)
    expect(isVouchedFor({ ...guess, confirmed: true })).toBe(true)
  })

  it("counts as reviewed unless it gives out secrets", () => {
    expect(profileStanding(profile)).toEqual({ reviewed: true, confirmed: false })
    expect(profileStanding({ ...profile, sensitivity: "secret" })).toEqual({
      reviewed: false,
      confirmed: false,
    })
  })

  it("lists every effect that a call could have", () => {
    const fetches = { ...profile, roles: [{ argument: "/url", role: "url" as const }] }
    expect([...possibleEffects(profile)].sort()).toEqual(["read", "write"])
    expect([...possibleEffects(fetches)].sort()).toEqual(["read", "send", "write"])
    expect([...possibleEffects({ ...profile, effect: "read", variants: [], roles: [] })]).toEqual(["read"])
    const { variants: _variants, ...guess } = { ...profile, source: "automatic" as const, roles: [] }
    expect([...possibleEffects({ ...guess, effect: "read" })].sort()).toEqual(["read", "send"])
    expect([...possibleEffects({ ...guess, effect: "delete" })]).toEqual(["delete"])
  })
})
