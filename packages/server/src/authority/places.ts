import { PlaceRecord } from "@hufu/core/contract/place"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { extensionOf, type PlaceFeature } from "@hufu/core/place/place-feature"
import { restrictionOf } from "@hufu/core/place/place-words"
import { verticesOf } from "@hufu/core/place/zone-geometry"
import { z } from "zod"
import type { Clock } from "../clock.ts"
import { networkOf, placeFinder, type PlaceFinder } from "../fence/place/place-finder.ts"
import type { Store } from "../store/store.ts"
import type { Declare } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

export const placeKind: RecordKind<PlaceRecord> = {
  kind: "place",
  schema: PlaceRecord,
  states: ["live"],
  state: ({ state }) => state,
  at: ({ createdAt }) => createdAt,
  sealed: { members: ["feature"], subject: ({ id }) => id, blank: undefined },
}

export interface PlacesToAdd {
  readonly features: readonly PlaceFeature[]
  readonly template: string | null
  /** The person who owns them, and who says so. */
  readonly owner: string
  readonly by: string
}

/** Places, as their owners signed for them. */
export interface PlaceAuthority {
  /** What decides, as the places stand at this moment. */
  finder(): PlaceFinder
  /** All of them, or none. */
  add(places: PlacesToAdd): Promise<PlaceRecord[]>
  /** By id or identifier, live only. */
  need(ref: string): PlaceRecord
  list(): PlaceRecord[]
  remove(place: PlaceRecord, by: string): Promise<PlaceRecord>
  /** Who checks what places say in rules of their own, and brings it into force. */
  setRules(check: (places: readonly PlaceRecord[]) => Promise<() => void>): void
}

const maxPlaces = 5000
const maxVertices = 500_000
const maxFolders = 64

export function openPlaces(store: Store, clock: Clock, declare: Declare): PlaceAuthority {
  const records = openRecords(store, placeKind)
  let finder: PlaceFinder | undefined
  let check: Parameters<PlaceAuthority["setRules"]>[0] = () => Promise.resolve(() => undefined)
  /** One after another: each is checked with all that there are. */
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  const identifierOf = ({ feature }: Pick<PlaceRecord, "feature">) => feature.properties.identifier

  function refuse(features: readonly PlaceFeature[]): void {
    const taken = new Set([...records.all()].map(identifierOf))
    const again = features.find((feature) => taken.has(identifierOf({ feature })))
    if (again)
      throw new Failure(
        "name_taken",
        `there is a place \`${identifierOf({ feature: again })}\` already, so none was added: remove it first with \`hufu place remove\``,
      )
    if (records.size + features.length > maxPlaces)
      throw new Failure("too_many", `this node holds at most ${maxPlaces} places: remove some first`)
    const all = [...[...records.all()].map(({ feature }) => feature), ...features]
    const vertices = all.reduce((sum, { geometry }) => sum + (geometry ? verticesOf(geometry) : 0), 0)
    if (vertices > maxVertices)
      throw new Failure(
        "too_many",
        `the places of this node have at most ${maxVertices} points: remove some first`,
      )
    if (all.filter((each) => extensionOf(each).logical?.kind === "folder").length > maxFolders)
      throw new Failure(
        "too_many",
        `this node holds at most ${maxFolders} folders as places: remove some first`,
      )
    for (const each of features) refuseNetwork(each)
  }

  async function add({ features, template, owner, by }: PlacesToAdd): Promise<PlaceRecord[]> {
    refuse(features)
    const added = features.map((feature): PlaceRecord => {
      const now = clock.now()
      return {
        id: newId("place", now),
        owner,
        // A file of which a zone says no class is refused when it is read.
        class: extensionOf(feature).class ?? "special",
        restriction: restrictionOf(feature.properties.type),
        template,
        state: "live",
        createdAt: now,
        feature,
      }
    })
    if (!added.some(hasRules)) return enter(added, { template, by })
    return inTurn(async () => {
      const apply = await check([...records.all(), ...added])
      try {
        return await enter(added, { template, by, apply })
      } catch (error) {
        ;(await check([...records.all()]))()
        throw error
      }
    })
  }

  async function enter(
    added: PlaceRecord[],
    {
      template,
      by,
      apply = () => undefined,
    }: Pick<PlacesToAdd, "template" | "by"> & { readonly apply?: () => void },
  ): Promise<PlaceRecord[]> {
    // A place only narrows: memory first.
    for (const place of added) records.set(place)
    finder = undefined
    apply()
    try {
      await store.commit((tx) => {
        for (const place of added) {
          records.put(tx, place)
          declare(tx, {
            fact: "place.added",
            subject: place.id,
            by,
            refs: {
              owner: place.owner,
              class: place.class,
              restriction: place.restriction,
              ...(template === null ? {} : { template }),
            },
            content: { feature: z.json().parse(place.feature) },
          })
        }
      })
    } catch (error) {
      for (const place of added) records.forget(place.id)
      finder = undefined
      throw error
    }
    return added
  }

  async function remove(place: PlaceRecord, by: string): Promise<PlaceRecord> {
    const removed: PlaceRecord = { ...place, state: "removed" }
    await store.commit((tx) => {
      records.put(tx, removed)
      declare(tx, { fact: "place.removed", subject: place.id, by, refs: { owner: place.owner } })
    })
    // It widens: memory last.
    records.forget(place.id)
    finder = undefined
    if (hasRules(place)) await inTurn(async () => (await check([...records.all()]))())
    return removed
  }

  return {
    finder: () => (finder ??= placeFinder(records.all())),
    add,
    need: (ref) => [...records.all()].find((place) => identifierOf(place) === ref) ?? records.need(ref),
    list: () => [...records.all()],
    remove,
    setRules(given) {
      check = given
    },
  }
}

function hasRules({ feature }: PlaceRecord): boolean {
  return extensionOf(feature).rules !== undefined
}

function refuseNetwork(feature: PlaceFeature): void {
  const logical = extensionOf(feature).logical
  if (logical?.kind !== "network") return
  try {
    networkOf(logical.value)
  } catch (cause) {
    throw new Failure(
      "invalid_input",
      `\`${logical.value}\` is no network: name it by its addresses, such as 10.0.0.0/8`,
      { cause },
    )
  }
}
