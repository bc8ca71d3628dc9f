import { PlaceRecord } from "@hufu/core/contract/place"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { expect, test } from "vitest"
import { harmlessFacts } from "../rules/harmless-facts.ts"
import { loadRules } from "../rules/load.ts"
import { platformRules } from "../rules/platform-rules.ts"
import type { PlaceFacts } from "../rules/schema.ts"
import { placeRules, placeRulesAtStart } from "./place-rules.ts"

function placeWith(rules: string | undefined): PlaceRecord {
  const hufu = { class: "public", effects: ["write"], ...(rules === undefined ? {} : { rules }) }
  return PlaceRecord.parse({
    id: newId("place", 1),
    owner: newId("person", 1),
    class: "public",
    restriction: "none",
    template: null,
    state: "live",
    createdAt: 1,
    feature: {
      type: "Feature",
      geometry: { type: "Point", coordinates: [13, 10], extent: { subType: "Circle", radius: 5 } },
      properties: { identifier: "library", type: "NO_RESTRICTION", extendedProperties: { hufu } },
    },
  })
}

/** What is decided of an action that is harmless but for where it happens. */
function verdictIn(ids: readonly string[], sources: ReturnType<typeof placeRules>) {
  const place: PlaceFacts = {
    restriction: "none",
    unknown: "none",
    classes: ["public"],
    owners: [],
    ids: [...ids],
    trust: "session",
  }
  return loadRules([platformRules(), ...sources]).decide(harmlessFacts("write", { place }))
}

test("a rule that matches everything, or fails, does so in its own place and nowhere else", () => {
  const all = placeWith(
    `@id("place/all") @ask("here?") @ask_zh("此处？") forbid (principal, action, resource);`,
  )
  const failing = placeWith(`@id("place/fails") @why("no") @why_zh("否")
forbid (principal, action, resource) when { context.time.epoch * 9007199254740991 > 0 };`)
  const odd = placeWith(`// forbid (
@id("place/odd") @why("forbid ( \\" ) when") @why_zh("否") // )
forbid (principal, action, resource == Hufu::Tool::"a) when { true };") // )
unless { resource.name == ")" };`)
  const other = placeWith(undefined)
  const sources = placeRules([all, failing, odd, other])
  expect(sources.map(({ layer }) => layer)).toEqual(["place", "place", "place"])
  expect(verdictIn([other.id], sources)).toMatchObject({ verdict: "allow" })
  expect(verdictIn([all.id], sources)).toMatchObject({ verdict: "ask", rules: ["place/all"] })
  expect(verdictIn([failing.id], sources).verdict).toBe("deny")
  expect(verdictIn([other.id, all.id], sources).verdict).toBe("ask")
  // The same place gives the same source, so that it is checked once.
  expect(placeRules([all])[0]).toBe(sources[0])
})

test("where a place's rules are not valid any more at a start, nothing happens in it, and everything elsewhere", async () => {
  const [broken, other] = [placeWith(`@id("place/x") forbid nonsense;`), placeWith(undefined)]
  const warned: string[] = []
  const sources = await placeRulesAtStart(
    [broken, other],
    async (placed) => {
      loadRules([platformRules(), ...placed])
      return [...placed]
    },
    ({ message }) => void warned.push(message),
  )
  expect(warned).toEqual([expect.stringMatching(/^place `library`:1: /)])
  expect(verdictIn([broken.id], sources)).toMatchObject({ verdict: "deny", rules: [`place/${broken.id}`] })
  expect(verdictIn([other.id], sources).verdict).toBe("allow")
  const refused = placeRulesAtStart(
    [],
    () => Promise.reject(new Failure("store_full", "no room")),
    () => {},
  )
  await expect(refused).rejects.toMatchObject({ code: "store_full" })
})
