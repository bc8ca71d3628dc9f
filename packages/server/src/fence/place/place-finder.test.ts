import type { KnownPosition, PlaceRecord } from "@hufu/core/contract/place"
import type { JsonValue } from "@hufu/core/json/json-value"
import { readPlaceFile } from "@hufu/core/place/place-file"
import { extensionOf } from "@hufu/core/place/place-feature"
import { restrictionOf } from "@hufu/core/place/place-words"
import { Position } from "@hufu/core/place/position"
import { Effect } from "@hufu/core/words"
import { describe, expect, test } from "vitest"
import { seeded } from "../../../../../e2e/seeded.ts"
import { isLongRun } from "../../../../../e2e/long-run.ts"
import { harmlessFacts } from "../rules/harmless-facts.ts"
import { loadRules } from "../rules/load.ts"
import { platformRules } from "../rules/platform-rules.ts"
import { placeFinder, type PlaceFinding } from "./place-finder.ts"
import { generateQuestion, generateZones } from "./testing/generate-places.ts"
import {
  askOracle,
  type OraclePosition,
  type OracleQuestion,
  type OracleZone,
} from "./testing/place-oracle.ts"

const rules = loadRules([platformRules()])
const count = isLongRun ? 100_000 : 700

describe("200 generated zones with overlaps, holes, heights, hours and owners", () => {
  test.each([1, 7, 2026])("say what an oracle says that looks at all of them (seed %i)", (seed) => {
    const numbers = seeded(seed)
    const random = () => numbers.next()
    const zones = generateZones(random, 200)
    const finder = placeFinder(recordsOf(zones))
    const verdicts = { allow: 0, ask: 0, deny: 0, silent: 0 }
    let overlapping = 0
    for (let at = 0; at < count; at++) {
      const question = generateQuestion(random, zones)
      const wanted = askOracle(zones, question)
      const found = finder.find(asAsked(question))
      const said = found && answerOf(question.effect, found)
      if (JSON.stringify(said) !== JSON.stringify(wanted))
        expect({ question, said }).toEqual({ question, said: wanted })
      verdicts[wanted?.verdict ?? "silent"] += 1
      if ((wanted?.ids.length ?? 0) > 1) overlapping += 1
    }
    // A test in which one answer never comes would compare nothing.
    expect(Math.min(...Object.values(verdicts), overlapping)).toBeGreaterThan(count / 100)
  })
})

function answerOf(effect: string, { facts }: PlaceFinding) {
  const { verdict } = rules.decide(harmlessFacts(Effect.parse(effect), { place: facts }))
  return { verdict, ids: facts.ids, owners: facts.owners, classes: facts.classes }
}

function asAsked({ positions, paths, pathsUnclear, effect, ...rest }: OracleQuestion) {
  const known = positions.flatMap((position): KnownPosition[] =>
    position.source === "call"
      ? []
      : [{ ...position, source: position.source, device: null, position: positionOf(position) }],
  )
  const called = positions.filter(({ source }) => source === "call").map(positionOf)
  return {
    ...rest,
    effect: Effect.parse(effect),
    known: () => known,
    call: () => ({ positions: called, unclear: false }),
    paths: {
      places: paths,
      isUnclear: pathsUnclear,
      rules: { platform: "linux" as const, home: "/home/ann" },
    },
  }
}

/** What says nothing at all says no position. */
function positionOf({ point, tenant, network, device }: OraclePosition): Position {
  return Position.safeParse({ point, tenant, network, device }).data ?? {}
}

function recordsOf(zones: readonly OracleZone[]): PlaceRecord[] {
  const features = readPlaceFile({ type: "FeatureCollection", features: zones.map(featureOf) })
  return features.map((feature, at) => {
    const { id, owner } = zones[at] as OracleZone
    return {
      id,
      owner,
      class: extensionOf(feature).class ?? "special",
      restriction: restrictionOf(feature.properties.type),
      template: null,
      state: "live",
      createdAt: 0,
      feature,
    }
  })
}

function featureOf(zone: OracleZone): JsonValue {
  const { shape, layer, hours } = zone
  const heights = layer && {
    layer: {
      ...(layer.lower === undefined ? {} : { lower: layer.lower, lowerReference: layer.above }),
      ...(layer.upper === undefined ? {} : { upper: layer.upper, upperReference: layer.above }),
      uom: layer.uom,
    },
  }
  const hufu = {
    class: zone.class,
    effects: zone.effects.length > 0 ? zone.effects : ["execute"],
    ...(zone.tools ? { tools: zone.tools } : {}),
    ...(zone.maxAgeSeconds ? { maxAgeSeconds: zone.maxAgeSeconds } : {}),
    ...("value" in shape ? { logical: { kind: shape.kind, value: shape.value } } : {}),
  }
  const feature = {
    type: "Feature",
    geometry: "value" in shape ? null : { ...geometryOf(shape), ...heights },
    properties: {
      identifier: zone.id,
      type: zone.type,
      extendedProperties: { hufu },
      ...(hours.length > 0 ? { limitedApplicability: hours.map(applicabilityOf) } : {}),
    },
  }
  return JSON.parse(JSON.stringify(feature)) as JsonValue
}

function geometryOf(shape: Exclude<OracleZone["shape"], { value: string }>) {
  if (shape.kind === "circle")
    return { type: "Point", coordinates: shape.centre, extent: { subType: "Circle", radius: shape.radius } }
  const [first] = shape.polygons
  return shape.polygons.length === 1
    ? { type: "Polygon", coordinates: first }
    : { type: "MultiPolygon", coordinates: shape.polygons }
}

const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

function applicabilityOf({ from, to, weekly }: OracleZone["hours"][number]) {
  const two = (number: number) => String(Math.floor(number)).padStart(2, "0")
  const clock = (minutes: number, zone: number) => {
    const away = Math.abs(zone)
    const offset = zone === 0 ? "Z" : `${zone < 0 ? "-" : "+"}${two(away / 60)}:${two(away % 60)}`
    return `${two(minutes / 60)}:${two(minutes % 60)}:00${offset}`
  }
  return {
    ...(from === undefined ? {} : { startDateTime: new Date(from).toISOString() }),
    ...(to === undefined ? {} : { endDateTime: new Date(to).toISOString() }),
    ...(weekly === undefined
      ? {}
      : {
          schedule: weekly.map((each) => ({
            day: each.days.map((day) => days[day]),
            startTime: clock(each.start, each.zone),
            endTime: clock(each.end, each.zone),
          })),
        }),
  }
}
