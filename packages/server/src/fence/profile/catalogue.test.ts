import { describe, expect, it } from "vitest"
import { isFailure } from "@hufu/core/failure"
import { type ToolDefinition, definitionDigest, readDefinition } from "@hufu/core/profile/definition"
import type { ToolProfile } from "@hufu/core/profile/profile"
import { type Pin, type PinStore, confirmProfile, observeDefinition, resolveProfile } from "./catalogue.ts"
import type { ReviewedProfiles } from "./reviewed-profiles.ts"

const define = (description: string) =>
  readDefinition({ name: "get_note", description, inputSchema: { type: "object" } })
const first = define("Gets a note.")
const second = define("Gets a note and mails it.")

function pins(): PinStore & { readonly kept: Map<string, Pin> } {
  const kept = new Map<string, Pin>()
  return {
    kept,
    get: (server, tool) => kept.get(`${server}/${tool}`),
    set: (server, tool, pin) => void kept.set(`${server}/${tool}`, pin),
  }
}

function reviews(definition: ToolDefinition): ReviewedProfiles {
  const digest = definitionDigest(definition)
  const profile: ToolProfile = {
    tool: "get_note",
    definition: digest,
    effect: "read",
    roles: [],
    reversible: "yes",
    sensitivity: "own",
    openWorld: false,
    source: "reviewed",
    confirmed: false,
  }
  return {
    size: 1,
    find: (wanted) =>
      wanted.package === "@scope/notes" && wanted.definition === digest ? profile : undefined,
  }
}

describe("the profile that holds for a definition", () => {
  it("is a guess for a tool that nobody knows", () => {
    expect(resolveProfile({ definition: first })).toMatchObject({
      profile: { source: "automatic", effect: "read" },
      changed: false,
    })
  })

  it("is the reviewed one for the package that was reviewed, and for no other", () => {
    const reviewed = reviews(first)
    expect(resolveProfile({ definition: first, reviewed, package: "@scope/notes" }).profile.source).toBe(
      "reviewed",
    )
    expect(resolveProfile({ definition: first, reviewed, package: "@evil/notes" }).profile.source).toBe(
      "automatic",
    )
    expect(resolveProfile({ definition: first, reviewed }).profile.source).toBe("automatic")
    expect(resolveProfile({ definition: second, reviewed, package: "@scope/notes" }).profile.source).toBe(
      "automatic",
    )
  })

  it("is the one that the user confirmed, before a reviewed one", () => {
    const store = pins()
    const own = confirmProfile(store, "notes", {
      definition: first,
      seen: definitionDigest(first),
      profile: { effect: "write", roles: [], reversible: "no", sensitivity: "own", openWorld: false },
    })
    expect(own).toMatchObject({ source: "user", confirmed: true, effect: "write", tool: "get_note" })
    const pinned = store.get("notes", "get_note")
    expect(
      resolveProfile({
        definition: first,
        reviewed: reviews(first),
        package: "@scope/notes",
        ...(pinned ? { pinned } : {}),
      }).profile,
    ).toEqual(own)
  })
})

describe("a definition that changes", () => {
  it("asks with the difference, until a person confirms it again", () => {
    const store = pins()
    expect(observeDefinition(store, "notes", { definition: first }).changed).toBe(false)
    const seen = observeDefinition(store, "notes", { definition: second })
    expect(seen.changed).toBe(true)
    expect(seen.profile.effect).toBe("send")
    expect(seen.difference?.filter((segment) => segment.kind !== "same")).toEqual([
      { kind: "added", text: " and mails it" },
    ])
    expect(observeDefinition(store, "notes", { definition: second }).changed).toBe(true)
    confirmProfile(store, "notes", { definition: second, seen: definitionDigest(second) })
    expect(observeDefinition(store, "notes", { definition: second })).toMatchObject({
      changed: false,
      profile: { confirmed: true },
    })
    expect(observeDefinition(store, "notes", { definition: first }).changed).toBe(true)
  })

  it("asks also when the new definition is one that we reviewed", () => {
    const store = pins()
    observeDefinition(store, "notes", { definition: second })
    const now = observeDefinition(store, "notes", {
      definition: first,
      reviewed: reviews(first),
      package: "@scope/notes",
    })
    expect(now).toMatchObject({ changed: true, profile: { source: "reviewed" } })
  })

  it("is another tool's affair on another server", () => {
    const store = pins()
    observeDefinition(store, "notes", { definition: first })
    expect(observeDefinition(store, "other", { definition: second }).changed).toBe(false)
  })
})

describe("a confirmation", () => {
  const refusal = (run: () => unknown) => {
    try {
      run()
    } catch (error) {
      return isFailure(error, "invalid_input") ? error.message : String(error)
    }
    return undefined
  }

  it("is refused when the definition is not the one that was seen", () => {
    const store = pins()
    expect(
      refusal(() => confirmProfile(store, "notes", { definition: second, seen: definitionDigest(first) })),
    ).toContain("has changed since")
    expect(store.kept.size).toBe(0)
  })

  it("is refused when the profile is not valid, and says where", () => {
    const profile = { effect: "destroy", roles: [], reversible: "no", sensitivity: "own", openWorld: false }
    expect(
      refusal(() =>
        confirmProfile(pins(), "notes", { definition: first, seen: definitionDigest(first), profile }),
      ),
    ).toContain("`effect`")
  })

  it("cannot name another tool or definition", () => {
    const profile = {
      tool: "other",
      definition: "0".repeat(64),
      source: "reviewed",
      effect: "read",
      roles: [],
      reversible: "yes",
      sensitivity: "own",
      openWorld: false,
    }
    const own = confirmProfile(pins(), "notes", { definition: first, seen: definitionDigest(first), profile })
    expect(own).toMatchObject({ tool: "get_note", definition: definitionDigest(first), source: "user" })
  })
})
