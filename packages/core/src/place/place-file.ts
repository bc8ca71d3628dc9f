import { z } from "zod"
import { Failure } from "../failure.ts"
import type { JsonValue } from "../json/json-value.ts"
import { extensionOf, PlaceFeature } from "./place-feature.ts"
import type { PlaceClass } from "./place-words.ts"
import { verticesOf } from "./zone-geometry.ts"

export const maxPlacesInFile = 1000
const maxVerticesInFile = 50_000

/** An ED-318 file: a GeoJSON FeatureCollection. Its metadata is not read. */
const PlaceFile = z.strictObject({
  type: z.literal("FeatureCollection"),
  features: z
    .array(PlaceFeature)
    .min(1, "there is no zone in this file")
    .max(maxPlacesInFile, `a file has at most ${maxPlacesInFile} zones: cut it into several`),
  metadata: z.record(z.string().max(100), z.json()).optional(),
  title: z.string().max(500).optional(),
  name: z.string().max(500).optional(),
  bbox: z.array(z.number()).max(6).optional(),
})

/**
 * Reads a file of places, the whole of it or nothing. UNTRUSTED: whoever wrote the file.
 *
 * @param asClass the class of the zones that say none
 */
export function readPlaceFile(value: JsonValue, asClass?: PlaceClass): PlaceFeature[] {
  const parsed = PlaceFile.safeParse(value)
  if (!parsed.success) throw refused(parsed.error)
  const features = parsed.data.features.map((feature) => classed(feature, asClass))
  const identifiers = new Set(features.map(({ properties }) => properties.identifier))
  if (identifiers.size < features.length)
    throw new Failure("invalid_input", "two zones of this file have one `identifier`: give each its own")
  const vertices = features.reduce((sum, { geometry }) => sum + (geometry ? verticesOf(geometry) : 0), 0)
  if (vertices > maxVerticesInFile)
    throw new Failure(
      "too_large",
      `the zones of a file have at most ${maxVerticesInFile} points together: cut it into several`,
    )
  return features
}

/** Whose ground it is must be said: neither ED-318 nor a guess of ours tells. */
function classed(feature: PlaceFeature, asClass: PlaceClass | undefined): PlaceFeature {
  const extension = extensionOf(feature)
  const known = extension.class ?? asClass
  const { properties } = feature
  if (known === undefined)
    throw new Failure(
      "invalid_input",
      `the zone \`${properties.identifier}\` does not say its class: give public, private or special along with the file, or in \`extendedProperties.hufu.class\``,
    )
  return {
    ...feature,
    properties: { ...properties, extendedProperties: { hufu: { ...extension, class: known } } },
  }
}

function refused(error: z.ZodError): Failure {
  const [first] = error.issues
  const at = first?.path.map(String).join(".").slice(0, 120) || "the file"
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : ""
  return new Failure(
    "invalid_input",
    `correct the places, none of which was taken: \`${at}\`: ${deepest(first)}${more}`,
  )
}

/** Of a choice between forms, what was wrong with the form that came nearest. */
function deepest(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== "invalid_union") return issue?.message ?? "it is no place file"
  const nearest = issue.errors.toSorted((a, b) => longest(b) - longest(a))[0]?.[0]
  return nearest === undefined ? issue.message : deepest(nearest)
}

function longest(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length))
}
