import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { type GeoPoint, Position } from "@hufu/core/place/position"
import type { ToolProfile } from "@hufu/core/profile/profile"

const maxDepth = 16
const maxNodes = 1_000
const maxPoints = 64
const latitudeNames = new Set(["lat", "latitude"])
const longitudeNames = new Set(["lon", "lng", "long", "longitude"])

/** Where a call says that it acts. */
export interface CallPositions {
  readonly positions: readonly Position[]
  /** It says a position that cannot be read, or more of them than are read. */
  readonly unclear: boolean
}

/**
 * Reads the positions that a call speaks of: those of its arguments, by the roles of its profile and by the plain names of a latitude
 * and a longitude beside each other, and the one that its client says of itself.
 *
 * UNTRUSTED: the agent wrote all of it. It may only raise caution; it never shows that an agent is anywhere else.
 */
export function callPositions(
  profile: ToolProfile,
  args: JsonObject,
  said: JsonValue | undefined,
): CallPositions {
  const walk: Walk = {
    points: [],
    unclear: false,
    nodes: 0,
    roles: rolesOf(profile),
    latitudes: [],
    longitudes: [],
  }
  visit(walk, args, "", 0)
  if (walk.latitudes.length !== walk.longitudes.length) walk.unclear = true
  for (const [at, latitude] of walk.latitudes.entries()) add(walk, latitude, walk.longitudes[at])
  const own = said === undefined ? undefined : Position.safeParse(said)
  return {
    positions: [...(own?.success ? [own.data] : []), ...walk.points.map((point) => ({ point }))],
    unclear: walk.unclear || own?.success === false,
  }
}

interface Walk {
  readonly points: GeoPoint[]
  unclear: boolean
  nodes: number
  readonly roles: ReadonlyMap<string, "latitude" | "longitude">
  readonly latitudes: JsonValue[]
  readonly longitudes: JsonValue[]
}

function rolesOf({ roles }: ToolProfile): Walk["roles"] {
  return new Map(
    roles.flatMap(({ argument, role }) =>
      role === "latitude" || role === "longitude" ? [[argument, role]] : [],
    ),
  )
}

function visit(walk: Walk, value: JsonValue, pointer: string, depth: number): void {
  walk.nodes += 1
  if (walk.nodes > maxNodes || depth > maxDepth) return void (walk.unclear = true)
  const role = walk.roles.get(pointer)
  if (role !== undefined) return void (role === "latitude" ? walk.latitudes : walk.longitudes).push(value)
  if (typeof value !== "object" || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) visit(walk, item, `${pointer}/-`, depth + 1)
    return
  }
  const names = Object.keys(value)
  const latitude = names.find((name) => latitudeNames.has(name.toLowerCase()))
  const longitude = names.find((name) => longitudeNames.has(name.toLowerCase()))
  const isRole = (name: string) => walk.roles.has(`${pointer}/${escaped(name)}`)
  if (latitude !== undefined && longitude !== undefined && !isRole(latitude) && !isRole(longitude))
    add(walk, value[latitude], value[longitude])
  for (const name of names) visit(walk, value[name] ?? null, `${pointer}/${escaped(name)}`, depth + 1)
}

function add(walk: Walk, latitude: JsonValue | undefined, longitude: JsonValue | undefined): void {
  const [north, east] = [degrees(latitude), degrees(longitude)]
  if (north === undefined || east === undefined || Math.abs(north) > 90 || Math.abs(east) > 180)
    return void (walk.unclear = true)
  if (walk.points.length >= maxPoints) return void (walk.unclear = true)
  walk.points.push({ latitude: north, longitude: east, accuracy: 0 })
}

function degrees(value: JsonValue | undefined): number | undefined {
  if (typeof value === "number") return value
  return typeof value === "string" && /^-?\d{1,3}(?:\.\d{1,15})?$/.test(value.trim())
    ? Number(value)
    : undefined
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1")
}
