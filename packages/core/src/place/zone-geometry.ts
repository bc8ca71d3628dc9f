import { z } from "zod"

export const earthRadius = 6_371_008.8
const maxVertices = 2_000
const metresPerDegree = (Math.PI / 180) * earthRadius

const Longitude = z.number().min(-180).max(180)
const Latitude = z.number().min(-90).max(90)
/** Longitude and latitude. An altitude beside them is not read: the layer says how high a zone reaches. */
const Coordinates = z
  .array(z.number())
  .min(2)
  .max(3)
  .transform(([longitude = 0, latitude = 0]): [number, number] => [longitude, latitude])
  .refine(
    ([longitude, latitude]) => Longitude.safeParse(longitude).success && Latitude.safeParse(latitude).success,
    "give longitude (-180 to 180) and latitude (-90 to 90), in this order",
  )
export type Coordinates = z.infer<typeof Coordinates>

const Ring = z
  .array(Coordinates)
  .min(4, "a ring has at least four points, the last of which is the first")
  .max(maxVertices)
  .refine((ring) => isSame(ring[0], ring.at(-1)), "close the ring: its last point is its first")
  .refine(
    (ring) => everySegment(ring, ([a], [b]) => Math.abs(a - b) <= 180),
    "a zone across the 180th meridian is not supported: cut it into one on either side",
  )
  .refine((ring) => !crossesItself(ring), "the ring crosses itself: give its points in their order")

const References = z.enum(["AGL", "AMSL", "WGS84"])
const Altitude = z.number().min(-20_000).max(1_000_000)
/** How high a zone reaches. What is left out has no bound. */
export const ZoneLayer = z
  .strictObject({
    upper: Altitude.optional(),
    upperReference: References.optional(),
    lower: Altitude.optional(),
    lowerReference: References.optional(),
    uom: z.enum(["m", "ft"]).default("m"),
  })
  .refine(
    ({ upper, upperReference, lower, lowerReference }) =>
      (upper === undefined || upperReference !== undefined) &&
      (lower === undefined || lowerReference !== undefined),
    "say by `upperReference` and `lowerReference` above what the altitudes are (AGL, AMSL or WGS84)",
  )
export type ZoneLayer = z.infer<typeof ZoneLayer>

const layer = { layer: ZoneLayer.optional() }
const Rings = z.array(Ring).min(1).max(64)

const Shape = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("Polygon"), coordinates: Rings, ...layer }),
  z.strictObject({ type: z.literal("MultiPolygon"), coordinates: z.array(Rings).min(1).max(64), ...layer }),
  /** ED-318: a circle, its radius in metres. */
  z.strictObject({
    type: z.literal("Point"),
    coordinates: Coordinates,
    extent: z.strictObject({ subType: z.literal("Circle"), radius: z.number().positive().max(1_000_000) }),
    ...layer,
  }),
])
export type ZoneGeometry = z.infer<typeof Shape>

export const ZoneGeometry = Shape.refine(
  (zone) => verticesOf(zone) <= maxVertices,
  `a zone has at most ${maxVertices} points`,
).refine((zone) => {
  const [west, south, east, north] = boundsOf(zone)
  return west >= -180 && east <= 180 && south >= -90 && north <= 90
}, "a circle across the 180th meridian or a pole is not supported: draw a polygon on either side")

/** West, south, east, north. */
export type Bounds = readonly [number, number, number, number]

export function ringsOf(zone: ZoneGeometry): readonly (readonly Coordinates[])[] {
  if (zone.type === "Point") return []
  return zone.type === "Polygon" ? zone.coordinates : zone.coordinates.flat()
}

export function verticesOf(zone: ZoneGeometry): number {
  return zone.type === "Point" ? 1 : ringsOf(zone).reduce((sum, ring) => sum + ring.length, 0)
}

export function boundsOf(zone: ZoneGeometry): Bounds {
  if (zone.type === "Point") return boundsAround(zone.coordinates, zone.extent.radius)
  let [west, south, east, north] = [180, 90, -180, -90]
  for (const ring of ringsOf(zone))
    for (const [longitude, latitude] of ring) {
      west = Math.min(west, longitude)
      east = Math.max(east, longitude)
      south = Math.min(south, latitude)
      north = Math.max(north, latitude)
    }
  return [west, south, east, north]
}

/** A box that holds every point within so many metres; never too small. */
export function boundsAround([longitude, latitude]: Coordinates, metres: number): Bounds {
  const up = (metres / metresPerDegree) * 1.01
  const farthest = Math.min(90, Math.abs(latitude) + up)
  const across = farthest >= 89.9 ? 360 : up / Math.cos((farthest * Math.PI) / 180)
  return [longitude - across, latitude - up, longitude + across, latitude + up]
}

function isSame(one: Coordinates | undefined, other: Coordinates | undefined): boolean {
  return one?.[0] === other?.[0] && one?.[1] === other?.[1]
}

function everySegment(
  ring: readonly Coordinates[],
  holds: (a: Coordinates, b: Coordinates) => boolean,
): boolean {
  return ring.every((to, at) => {
    const from = ring[at - 1]
    return from === undefined || holds(from, to)
  })
}

/** Whether two sides properly cross; sides that only touch are no harm. */
function crossesItself(ring: readonly Coordinates[]): boolean {
  const sides = ring.slice(1).map((to, at) => [ring[at] ?? to, to] as const)
  return sides.some(([a, b], at) => sides.slice(at + 2).some(([c, d]) => doCross(a, b, c, d)))
}

function doCross(a: Coordinates, b: Coordinates, c: Coordinates, d: Coordinates): boolean {
  if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0])) return false
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
}

function side(a: Coordinates, b: Coordinates, p: Coordinates): number {
  return Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]))
}
