import { BlockList, isIP } from "node:net"
import { canonicalAddress } from "@hufu/core/identity/ip-address"
import type { KnownPosition, PlaceRecord, PlaceSaid } from "@hufu/core/contract/place"
import { toolsInclude } from "@hufu/core/mandate/tool-pattern"
import { extensionOf, type PlaceFeature, type ZoneTexts } from "@hufu/core/place/place-feature"
import {
  graver,
  type PlaceClass,
  placeClasses,
  positionSources,
  type Restriction,
  restrictions,
} from "@hufu/core/place/place-words"
import type { GeoPoint, Position } from "@hufu/core/place/position"
import { holdsAt } from "@hufu/core/place/zone-hours"
import { type Effect, effects } from "@hufu/core/words"
import { isConsequential } from "../profile/effect-caution.ts"
import type { PlaceFacts } from "../rules/schema.ts"
import type { CallPositions } from "./call-position.ts"
import { folderHolds, type PathReading } from "./folder-holds.ts"
import { indexZones, type ZoneIndex } from "./zone-index.ts"

/** What is asked of the places: one action, and what is known of where it happens. */
export interface PlaceQuestion {
  readonly effect: Effect
  readonly server: string
  readonly tool: string
  readonly now: number
  /** What a person or a device said of where the agent is. */
  readonly known: () => readonly KnownPosition[]
  /** What the call itself says; read only where a place has a say. */
  readonly call: () => CallPositions
  readonly paths: PathReading
}

/** What the places say of one action. */
export interface PlaceFinding {
  readonly facts: PlaceFacts
  readonly said: readonly PlaceSaid[]
}

/** The places in force, arranged so that one that has no say costs a decision nothing. */
export interface PlaceFinder {
  /** Nothing where no place speaks of such an action. */
  find(question: PlaceQuestion): PlaceFinding | undefined
  /** Whether a place may have a say in such an action. */
  speaksOf(effect: Effect, server: string, tool: string): boolean
  /** Every place in which somebody is who is at these positions, whatever its hours and its actions. */
  at(positions: readonly Position[]): readonly PlaceRecord[]
}

/** A rule can compare with this many at most; where more places meet, the action is denied. */
const mostIds = 1_000
const mostSaid = 8
const longestSaid = 500

/** Of which effects a place speaks, by its own words or by its kind. */
export function effectsOf(feature: PlaceFeature): readonly Effect[] {
  const own = extensionOf(feature).effects
  if (own !== undefined) return own
  return feature.geometry === null ? effects.filter(isConsequential) : ["control"]
}

interface Known {
  readonly record: PlaceRecord
  readonly effects: readonly Effect[]
  readonly maxAgeMs: number
  readonly network: BlockList | undefined
}

interface Spoken {
  readonly all: readonly Known[]
  readonly zones: ZoneIndex<Known>
  readonly logical: readonly Known[]
}

export function placeFinder(places: Iterable<PlaceRecord>): PlaceFinder {
  const known = [...places].map(knownOf)
  const byEffect = new Map<Effect, Spoken>()
  for (const effect of effects) {
    const speaking = known.filter((place) => place.effects.includes(effect))
    if (speaking.length > 0) byEffect.set(effect, spokenBy(speaking))
  }
  let everywhere: Spoken | undefined

  function find(question: PlaceQuestion): PlaceFinding | undefined {
    const { effect, server, tool, now } = question
    const spoken = byEffect.get(effect)
    if (spoken === undefined) return undefined
    const hasSay = ({ record }: Known) =>
      toolsInclude(extensionOf(record.feature).tools, server, tool) &&
      holdsAt(record.feature.properties.limitedApplicability ?? [], now)
    if (!speaksOf(effect, server, tool)) return undefined
    const trusted = question.known().filter(({ at, until }) => at <= now && now <= until)
    const call = question.call()
    const isIn = new Set<Known>()
    const add = (place: Known) => void (hasSay(place) && isIn.add(place))
    for (const each of trusted)
      for (const place of meeting(spoken, each.position)) if (now - each.at <= place.maxAgeMs) add(place)
    for (const position of call.positions) for (const place of meeting(spoken, position)) add(place)
    for (const place of spoken.logical) if (holdsPath(place, question.paths)) add(place)
    const untold = spoken.all.filter(
      (place) => isUnknown(place, { now, trusted, call, paths: question.paths }) && hasSay(place),
    )
    return findingOf([...isIn], untold, trustOf(trusted, call))
  }

  function speaksOf(effect: Effect, server: string, tool: string): boolean {
    const all = byEffect.get(effect)?.all ?? []
    return all.some(({ record }) => toolsInclude(extensionOf(record.feature).tools, server, tool))
  }

  return {
    find,
    speaksOf,
    at(positions) {
      everywhere ??= spokenBy(known)
      const spoken = everywhere
      return [...new Set(positions.flatMap((position) => meeting(spoken, position)))].map(
        ({ record }) => record,
      )
    },
  }
}

function knownOf(record: PlaceRecord): Known {
  const { maxAgeSeconds, logical } = extensionOf(record.feature)
  return {
    record,
    effects: effectsOf(record.feature),
    maxAgeMs: maxAgeSeconds === undefined ? Number.POSITIVE_INFINITY : maxAgeSeconds * 1000,
    network: logical?.kind === "network" ? networkOf(logical.value) : undefined,
  }
}

/** Throws where the text names no network. */
export function networkOf(cidr: string): BlockList {
  const list = new BlockList()
  const [address = "", bits = ""] = cidr.split("/")
  list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4")
  return list
}

function spokenBy(all: readonly Known[]): Spoken {
  const zones = all.flatMap((item) => {
    const zone = item.record.feature.geometry
    return zone === null ? [] : [{ item, zone }]
  })
  return {
    all,
    zones: indexZones(zones),
    logical: all.filter(({ record }) => record.feature.geometry === null),
  }
}

function meeting({ zones, logical }: Spoken, position: Position): Known[] {
  const point: GeoPoint | undefined = position.point
  return [
    ...(point === undefined ? [] : zones.touching(point)),
    ...logical.filter((place) => holdsPosition(place, position)),
  ]
}

function holdsPosition({ record, network }: Known, position: Position): boolean {
  const logical = extensionOf(record.feature).logical
  if (logical === undefined || logical.kind === "folder") return false
  if (logical.kind === "network")
    return position.network !== undefined && isInNetwork(network, position.network)
  return position[logical.kind] === logical.value
}

function isInNetwork(network: BlockList | undefined, address: string): boolean {
  const plain = canonicalAddress(address)
  return network?.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4") ?? false
}

function holdsPath({ record }: Known, paths: PathReading): boolean {
  const logical = extensionOf(record.feature).logical
  return logical?.kind === "folder" && folderHolds(logical.value, paths)
}

interface Sources {
  readonly now: number
  readonly trusted: readonly KnownPosition[]
  readonly call: CallPositions
  readonly paths: PathReading
}

/** Whether nobody who is trusted says whether the agent is in such a place, recently enough for it. */
function isUnknown({ record, maxAgeMs }: Known, { now, trusted, call, paths }: Sources): boolean {
  const { geometry } = record.feature
  const says = (part: keyof Position) =>
    trusted.some(({ at, position }) => position[part] !== undefined && now - at <= maxAgeMs)
  if (geometry !== null) return call.unclear || !says("point")
  const kind = extensionOf(record.feature).logical?.kind
  return kind === "folder" ? paths.isUnclear : kind === undefined || !says(kind)
}

function trustOf(trusted: readonly KnownPosition[], call: CallPositions): PlaceFacts["trust"] {
  const sources = trusted.map(({ source }) => source)
  const scale = ["none", ...positionSources] as const
  return sources.reduce<PlaceFacts["trust"]>(
    (best, source) => graver(scale, best, source),
    call.positions.length > 0 ? "call" : "none",
  )
}

function findingOf(
  isIn: readonly Known[],
  untold: readonly Known[],
  trust: PlaceFacts["trust"],
): PlaceFinding {
  const gravest = isIn.reduce<Restriction>(
    (worst, { record }) => graver(restrictions, worst, record.restriction),
    "none",
  )
  // Where nobody can tell, public ground that restricts nothing needs no care.
  const careful = untold.filter(
    ({ record }) =>
      record.class !== "public" ||
      record.restriction !== "none" ||
      extensionOf(record.feature).rules !== undefined,
  )
  const scale = ["none", ...placeClasses] as const
  const unknown = careful.reduce<PlaceFacts["unknown"]>(
    (worst, { record }) => graver(scale, worst, record.class),
    "none",
  )
  const distinct = (read: (record: PlaceRecord) => string) =>
    [...new Set(isIn.map(({ record }) => read(record)))].sort()
  return {
    facts: {
      restriction: isIn.length > mostIds ? "prohibited" : gravest,
      unknown,
      // A class is one of its scale.
      classes: distinct((record) => record.class) as PlaceClass[],
      owners: distinct((record) => record.owner),
      ids: distinct((record) => record.id).slice(0, mostIds),
      trust,
    },
    said: saidOf(isIn, careful),
  }
}

/** What the owners say, those first who forbid most. */
function saidOf(isIn: readonly Known[], careful: readonly Known[]): PlaceSaid[] {
  const said = [
    ...isIn.map(({ record }) => ({ record, unknown: false })),
    ...careful.filter((place) => !isIn.includes(place)).map(({ record }) => ({ record, unknown: true })),
  ]
  return said
    .filter(({ record, unknown }) => unknown || record.restriction !== "none")
    .toSorted(
      (a, b) => restrictions.indexOf(b.record.restriction) - restrictions.indexOf(a.record.restriction),
    )
    .slice(0, mostSaid)
    .map(({ record, unknown }) => {
      const { name, message, restrictionConditions } = record.feature.properties
      return {
        place: record.id,
        restriction: record.restriction,
        unknown,
        name: inBoth(name),
        says: inBoth(message ?? restrictionConditions),
      }
    })
}

function inBoth(texts: ZoneTexts | undefined): PlaceSaid["name"] {
  const pick = (language: string) =>
    (texts?.find(({ lang }) => lang?.toLowerCase().startsWith(language)) ?? texts?.[0])?.text ?? ""
  return { en: pick("en").slice(0, longestSaid), zh: pick("zh").slice(0, longestSaid) }
}
