/**
 * What places say, worked out the slow way and apart from the product: every zone for every question, points by winding number,
 * distances by search, hours by walking from day to day. It shares no code with what it checks but the names of effects.
 */
export interface OracleZone {
  readonly id: string
  readonly owner: string
  readonly class: "public" | "private" | "special"
  readonly type: "NO_RESTRICTION" | "CONDITIONAL" | "REQ_AUTHORIZATION" | "USPACE" | "PROHIBITED"
  readonly effects: readonly string[]
  /** `server/tool` or `server/*`. */
  readonly tools?: readonly string[]
  readonly maxAgeSeconds?: number
  readonly shape:
    | { readonly kind: "polygons"; readonly polygons: readonly (readonly (readonly Pair[])[])[] }
    | { readonly kind: "circle"; readonly centre: Pair; readonly radius: number }
    | { readonly kind: "tenant" | "network" | "device" | "folder"; readonly value: string }
  readonly layer?: { lower?: number; upper?: number; above: string; uom: "m" | "ft" }
  readonly hours: readonly OracleHours[]
}

export type Pair = readonly [number, number]

export interface OracleHours {
  readonly from?: number
  readonly to?: number
  readonly weekly?: readonly {
    readonly days: readonly number[]
    /** Minutes since midnight, there. */
    readonly start: number
    readonly end: number
    /** Minutes east of Greenwich. */
    readonly zone: number
  }[]
}

export interface OraclePosition {
  readonly source: "call" | "session" | "device"
  readonly at: number
  readonly until: number
  readonly point?: {
    readonly latitude: number
    readonly longitude: number
    readonly accuracy: number
    readonly altitude?: { readonly metres: number; readonly above: string; readonly accuracy: number }
  }
  readonly tenant?: string
  readonly network?: string
  readonly device?: string
}

export interface OracleQuestion {
  readonly effect: string
  readonly server: string
  readonly tool: string
  readonly now: number
  readonly positions: readonly OraclePosition[]
  readonly paths: readonly string[]
  readonly pathsUnclear: boolean
}

export interface OracleAnswer {
  readonly verdict: "allow" | "ask" | "deny"
  readonly ids: readonly string[]
  readonly owners: readonly string[]
  readonly classes: readonly string[]
}

/** Undefined where no zone speaks of such an action. */
export function askOracle(zones: readonly OracleZone[], question: OracleQuestion): OracleAnswer | undefined {
  const { effect, server, tool, now } = question
  const speaking = zones.filter(
    (zone) =>
      zone.effects.includes(effect) &&
      (zone.tools === undefined ||
        zone.tools.includes(`${server}/${tool}`) ||
        zone.tools.includes(`${server}/*`)),
  )
  if (speaking.length === 0) return undefined
  const inForce = speaking.filter(
    (zone) => zone.hours.length === 0 || zone.hours.some((each) => isOpen(each, now)),
  )
  const fresh = (zone: OracleZone, position: OraclePosition) =>
    position.source === "call" ||
    (now >= position.at &&
      now <= position.until &&
      (zone.maxAgeSeconds === undefined || (now - position.at) / 1000 <= zone.maxAgeSeconds))
  const inside = inForce.filter((zone) =>
    zone.shape.kind === "folder"
      ? question.paths.some((path) => isUnder(path, folderOf(zone)) || isUnder(folderOf(zone), path))
      : question.positions.some((position) => fresh(zone, position) && isAt(zone, position)),
  )
  const untold = inForce.filter((zone) => {
    const { kind } = zone.shape
    if (kind === "folder") return question.pathsUnclear
    const part = kind === "polygons" || kind === "circle" ? "point" : kind
    return !question.positions.some(
      (position) => position.source !== "call" && fresh(zone, position) && position[part] !== undefined,
    )
  })
  const denies =
    inside.some(({ type }) => type === "PROHIBITED") || untold.some((zone) => zone.class === "special")
  const asks =
    inside.some(({ type }) => type !== "NO_RESTRICTION") ||
    untold.some((zone) => zone.class === "private" || zone.type !== "NO_RESTRICTION")
  return {
    verdict: denies ? "deny" : asks ? "ask" : "allow",
    ids: inside.map(({ id }) => id).toSorted(),
    owners: [...new Set(inside.map(({ owner }) => owner))].toSorted(),
    classes: [...new Set(inside.map((zone) => zone.class))].toSorted(),
  }
}

function folderOf({ shape }: OracleZone): string {
  return "value" in shape ? shape.value : ""
}

function isUnder(path: string, folder: string): boolean {
  const [inner, outer] = [path, folder].map((each) => each.split("/").filter((part) => part !== ""))
  return outer !== undefined && inner !== undefined && outer.every((part, at) => inner[at] === part)
}

function isAt(zone: OracleZone, position: OraclePosition): boolean {
  const { shape, layer } = zone
  if (shape.kind === "tenant" || shape.kind === "device") return position[shape.kind] === shape.value
  if (shape.kind === "network")
    return position.network !== undefined && inNetwork(position.network, shape.value)
  const { point } = position
  if (point === undefined || "value" in shape) return false
  if (layer && point.altitude && point.altitude.above === layer.above) {
    const foot = layer.uom === "ft" ? 0.3048 : 1
    const { metres, accuracy } = point.altitude
    if (layer.lower !== undefined && metres + accuracy < layer.lower * foot) return false
    if (layer.upper !== undefined && metres - accuracy > layer.upper * foot) return false
  }
  if (shape.kind === "circle")
    return overTheEarth([point.longitude, point.latitude], shape.centre) <= shape.radius + point.accuracy
  return shape.polygons.some((rings) => polygonTouches(rings, point))
}

const earth = 6_371_008.8

/** By the angle between two directions from the centre of the earth. */
function overTheEarth(one: Pair, other: Pair): number {
  const direction = ([longitude, latitude]: Pair) => {
    const [east, north] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180]
    return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)] as const
  }
  const [a, b] = [direction(one), direction(other)]
  return 2 * earth * Math.asin(Math.min(1, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 2))
}

function polygonTouches(
  rings: readonly (readonly Pair[])[],
  point: NonNullable<OraclePosition["point"]>,
): boolean {
  const [outer = [], ...holes] = rings
  return (Math.abs(point.longitude) > 150 ? [-360, 0, 360] : [0]).some((turn) => {
    const at: Pair = [point.longitude + turn, point.latitude]
    if (winding(outer, at) !== 0 && holes.every((hole) => winding(hole, at) === 0)) return true
    if (point.accuracy === 0) return rings.some((ring) => isOnRing(ring, at))
    return rings.some((ring) => ringDistance(ring, at) <= point.accuracy)
  })
}

/** How often a ring goes around a point. */
function winding(ring: readonly Pair[], [x, y]: Pair): number {
  let turns = 0
  for (let at = 0; at + 1 < ring.length; at++) {
    const [[fromX, fromY], [toX, toY]] = [ring[at] as Pair, ring[at + 1] as Pair]
    const left = (toX - fromX) * (y - fromY) - (x - fromX) * (toY - fromY)
    if (fromY <= y && toY > y && left > 0) turns += 1
    if (fromY > y && toY <= y && left < 0) turns -= 1
  }
  return turns
}

function isOnRing(ring: readonly Pair[], [x, y]: Pair): boolean {
  return ring.some(([toX, toY], at) => {
    const [fromX, fromY] = ring[at - 1] ?? [toX, toY]
    const isLevel = (toX - fromX) * (y - fromY) === (x - fromX) * (toY - fromY)
    const isBetween =
      x >= Math.min(fromX, toX) &&
      x <= Math.max(fromX, toX) &&
      y >= Math.min(fromY, toY) &&
      y <= Math.max(fromY, toY)
    return isLevel && isBetween
  })
}

/** By thirds: along a side the distance falls, then rises. */
function ringDistance(ring: readonly Pair[], from: Pair): number {
  const metres = (earth * Math.PI) / 180
  const across = metres * Math.cos((from[1] * Math.PI) / 180)
  let least = Number.POSITIVE_INFINITY
  for (let at = 0; at + 1 < ring.length; at++) {
    const [a, b] = [ring[at] as Pair, ring[at + 1] as Pair]
    const away = (t: number) => {
      const [x, y] = [a[0] + t * (b[0] - a[0]) - from[0], a[1] + t * (b[1] - a[1]) - from[1]]
      return Math.sqrt((x * across) ** 2 + (y * metres) ** 2)
    }
    let [low, high] = [0, 1]
    for (let step = 0; step < 45; step++) {
      const [one, two] = [low + (high - low) / 3, high - (high - low) / 3]
      if (away(one) < away(two)) high = two
      else low = one
    }
    least = Math.min(least, away(low), away(0), away(1))
  }
  return least
}

/** Walks the days around a moment and looks whether it lies in what begins on one of them. */
function isOpen({ from, to, weekly }: OracleHours, now: number): boolean {
  if (from !== undefined && now < from) return false
  if (to !== undefined && now > to) return false
  if (weekly === undefined) return true
  return weekly.some(({ days, start, end, zone }) => {
    for (let step = -2; step <= 2; step++) {
      const day = new Date(now + step * 86_400_000)
      const midnight = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate())
      if (!days.includes(new Date(midnight).getUTCDay())) continue
      const opens = midnight + (start - zone) * 60_000
      const closes = midnight + (end - zone + (end > start ? 0 : 1440)) * 60_000
      if (now >= opens && now <= closes) return true
    }
    return false
  })
}

function inNetwork(address: string, network: string): boolean {
  const [base = "", bits = "0"] = network.split("/")
  const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(bits))
  return !address.includes(":") && Math.floor(number(address) / size) === Math.floor(number(base) / size)
}
