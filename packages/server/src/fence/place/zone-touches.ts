import { booleanPointInPolygon } from "@turf/boolean-point-in-polygon"
import type { GeoPoint } from "@hufu/core/place/position"
import {
  type Coordinates,
  earthRadius,
  ringsOf,
  type ZoneGeometry,
  type ZoneLayer,
} from "@hufu/core/place/zone-geometry"

const radians = Math.PI / 180
const metresPerDegree = radians * earthRadius
const metresPerFoot = 0.3048

/**
 * Whether somebody may be in a zone who is no farther from a point than its accuracy says. What is not known counts as inside: a
 * height that nobody gave, or one above another ground than the layer's. The boundary is inside.
 *
 * Distances to a polygon are those of a plane that touches the earth at the point's latitude; those to the middle of a circle go
 * along the earth.
 */
export function zoneTouches(zone: ZoneGeometry, point: GeoPoint): boolean {
  if (!isInLayer(zone.layer, point.altitude)) return false
  if (zone.type === "Point") {
    const from: Coordinates = [point.longitude, point.latitude]
    return alongEarth(from, zone.coordinates) <= zone.extent.radius + point.accuracy
  }
  return turnsOf(point).some((longitude) => touchesPolygon(zone, { ...point, longitude }))
}

function touchesPolygon(zone: Exclude<ZoneGeometry, { type: "Point" }>, point: GeoPoint): boolean {
  const { longitude, latitude, accuracy } = point
  // Rings are pairs of numbers, which turf does not change.
  if (booleanPointInPolygon([longitude, latitude], zone as Parameters<typeof booleanPointInPolygon>[1]))
    return true
  return accuracy > 0 && ringsOf(zone).some((ring) => nearest(ring, point) <= accuracy)
}

/** Near the 180th meridian a point is on its other side as well. */
function turnsOf({ longitude, latitude, accuracy }: GeoPoint): number[] {
  if (Math.abs(longitude) < 180 && accuracy === 0) return [longitude]
  const scale = Math.max(Math.cos(latitude * radians), 1e-9)
  const reach = accuracy / metresPerDegree / scale
  return [
    longitude,
    ...(longitude + reach >= 180 ? [longitude - 360] : []),
    ...(longitude - reach <= -180 ? [longitude + 360] : []),
  ]
}

/** How far a ring is from a point, in metres. */
function nearest(ring: readonly Coordinates[], { longitude, latitude }: GeoPoint): number {
  const across = metresPerDegree * Math.cos(latitude * radians)
  const place = ([east, north]: Coordinates) =>
    [(east - longitude) * across, (north - latitude) * metresPerDegree] as const
  let least = Number.POSITIVE_INFINITY
  let [fromX, fromY] = place(ring[0] ?? [0, 0])
  for (const vertex of ring) {
    const [x, y] = place(vertex)
    least = Math.min(least, toSide(fromX, fromY, x, y))
    fromX = x
    fromY = y
  }
  return least
}

/** From the origin to the side between two points. */
function toSide(fromX: number, fromY: number, x: number, y: number): number {
  const [sideX, sideY] = [x - fromX, y - fromY]
  const length = sideX * sideX + sideY * sideY
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(fromX * sideX + fromY * sideY) / length))
  return Math.hypot(fromX + along * sideX, fromY + along * sideY)
}

/** Along a great circle, in metres (haversine). */
function alongEarth([fromEast, fromNorth]: Coordinates, [east, north]: Coordinates): number {
  const up = Math.sin(((north - fromNorth) * radians) / 2) ** 2
  const across = Math.sin(((east - fromEast) * radians) / 2) ** 2
  const chord = up + Math.cos(fromNorth * radians) * Math.cos(north * radians) * across
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)))
}

function isInLayer(layer: ZoneLayer | undefined, altitude: GeoPoint["altitude"]): boolean {
  if (layer === undefined || altitude === undefined) return true
  const metres = (height: number) => (layer.uom === "ft" ? height * metresPerFoot : height)
  const { lower, upper } = layer
  const isBelow =
    lower !== undefined &&
    layer.lowerReference === altitude.above &&
    altitude.metres + altitude.accuracy < metres(lower)
  const isAbove =
    upper !== undefined &&
    layer.upperReference === altitude.above &&
    altitude.metres - altitude.accuracy > metres(upper)
  return !isBelow && !isAbove
}
