import type { GeoPoint } from "@hufu/core/place/position"
import { type Bounds, boundsAround, boundsOf, type ZoneGeometry } from "@hufu/core/place/zone-geometry"
import { zoneTouches } from "./zone-touches.ts"

/** Cells of a tenth of a degree. */
const perDegree = 10
/** A zone over more cells than this is looked at for every point. */
const mostCells = 256

interface Indexed<T> {
  readonly item: T
  readonly zone: ZoneGeometry
  readonly bounds: Bounds
}

/** Zones by where they are, so that a decision looks at those near its point alone. */
export interface ZoneIndex<T> {
  /** Every item whose zone somebody may be in who is at this point, within its accuracy. */
  touching(point: GeoPoint): T[]
}

export function indexZones<T>(
  zones: Iterable<{ readonly item: T; readonly zone: ZoneGeometry }>,
): ZoneIndex<T> {
  const cells = new Map<string, Indexed<T>[]>()
  const wide: Indexed<T>[] = []
  const all: Indexed<T>[] = []
  for (const { item, zone } of zones) {
    const indexed = { item, zone, bounds: boundsOf(zone) }
    all.push(indexed)
    const names = cellsOf(indexed.bounds)
    if (names === undefined) wide.push(indexed)
    else
      for (const name of names) {
        const known = cells.get(name)
        if (known) known.push(indexed)
        else cells.set(name, [indexed])
      }
  }

  function near(bounds: Bounds): Iterable<Indexed<T>> {
    const crosses = bounds[0] <= -180 || bounds[2] >= 180
    const names = crosses ? undefined : cellsOf(bounds)
    if (names === undefined) return all
    return new Set([...wide, ...names.flatMap((name) => cells.get(name) ?? [])])
  }

  return {
    touching(point) {
      const bounds = boundsAround([point.longitude, point.latitude], point.accuracy)
      const found: T[] = []
      for (const { item, zone, bounds: of } of near(bounds))
        if (mayMeet(bounds, of) && zoneTouches(zone, point)) found.push(item)
      return found
    },
  }
}

/** Along the meridian alone near its 180th, where east is west. */
function mayMeet(one: Bounds, other: Bounds): boolean {
  if (one[1] > other[3] || other[1] > one[3]) return false
  if (one[0] <= -180 || one[2] >= 180) return true
  return one[0] <= other[2] && other[0] <= one[2]
}

/** The names of the cells that a box lies over; undefined where they are too many. */
function cellsOf([west, south, east, north]: Bounds): string[] | undefined {
  const [left, right] = [Math.floor(west * perDegree), Math.floor(east * perDegree)]
  const [low, high] = [Math.floor(south * perDegree), Math.floor(north * perDegree)]
  if ((right - left + 1) * (high - low + 1) > mostCells) return undefined
  const names: string[] = []
  for (let x = left; x <= right; x++) for (let y = low; y <= high; y++) names.push(`${x}/${y}`)
  return names
}
