import type { OracleHours, OraclePosition, OracleQuestion, OracleZone, Pair } from "./place-oracle.ts"

type Random = () => number
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
const some = <T>(random: Random, from: readonly T[], share: number): T[] =>
  from.filter(() => random() < share)

/** Around a town, beside the 180th meridian on either side, in the far north, and south of the equator. */
const regions: readonly Pair[] = [
  [116.4, 39.9],
  [179.6, 51],
  [-179.6, 51],
  [25, 78],
  [-58.4, -34.6],
]
export const startAt = Date.parse("2026-03-02T00:00:00Z")
const spanMs = 21 * 86_400_000
const effects = ["read", "write", "send", "publish", "control", "decide"]
const tools = ["drone/fly", "drone/land", "car/steer", "mail/send"]
const owners = ["usr_ann00000", "usr_bob00000", "usr_eve00000"]
const tenants = ["acme", "umbrella"]
const devices = ["phone", "drone-1"]
const networks = ["10.1.0.0/16", "10.1.2.0/24", "192.168.0.0/28"]
const folders = ["/srv/ward", "/srv/ward/beds", "/home/ann"]
const zones = [0, 480, -210, 345]

export function generateZones(random: Random, count: number): OracleZone[] {
  return Array.from({ length: count }, (_, at) => generateZone(random, at))
}

function generateZone(random: Random, at: number): OracleZone {
  const shape = generateShape(random)
  const isLogical = "value" in shape
  const layered = !isLogical && random() < 0.3
  const lower = Math.round(random() * 200)
  return {
    id: `plc_${String(at).padStart(8, "0")}`,
    owner: pick(random, owners),
    class: pick(random, ["public", "public", "private", "special"]),
    type: pick(random, ["NO_RESTRICTION", "CONDITIONAL", "REQ_AUTHORIZATION", "USPACE", "PROHIBITED"]),
    effects: [...new Set(["control", ...some(random, effects, 0.2)])].filter(() => random() < 0.8),
    ...(random() < 0.4 ? { tools: [pick(random, tools), ...(random() < 0.3 ? ["car/*"] : [])] } : {}),
    ...(random() < 0.3 ? { maxAgeSeconds: pick(random, [5, 60, 600]) } : {}),
    shape,
    ...(layered
      ? {
          layer: {
            ...(random() < 0.7 ? { lower } : {}),
            ...(random() < 0.7 ? { upper: lower + Math.round(random() * 300) } : {}),
            above: pick(random, ["AGL", "AMSL"]),
            uom: pick(random, ["m", "ft"] as const),
          },
        }
      : {}),
    hours: random() < 0.5 ? [] : [generateHours(random), ...(random() < 0.2 ? [generateHours(random)] : [])],
  }
}

function generateShape(random: Random): OracleZone["shape"] {
  const kind = random()
  if (kind < 0.04) return { kind: "tenant", value: pick(random, tenants) }
  if (kind < 0.08) return { kind: "device", value: pick(random, devices) }
  if (kind < 0.12) return { kind: "network", value: pick(random, networks) }
  if (kind < 0.16) return { kind: "folder", value: pick(random, folders) }
  const [longitude, latitude] = pick(random, regions)
  const centre: Pair = [longitude + (random() - 0.5) * 0.3, latitude + (random() - 0.5) * 0.3]
  if (kind < 0.4) return { kind: "circle", centre, radius: 200 + random() * 3000 }
  const first = generatePolygon(random, centre)
  const far: Pair = [centre[0], centre[1] + 0.3]
  return { kind: "polygons", polygons: kind < 0.55 ? [first, generatePolygon(random, far)] : [first] }
}

/** A star around a centre, so that its sides never cross; sometimes with a hole that lies within it. */
function generatePolygon(random: Random, [longitude, latitude]: Pair): Pair[][] {
  const corners = 3 + Math.floor(random() * 12)
  const [least, most] = [0.02, 0.09]
  const ring = (near: number, far: number): Pair[] => {
    const points = Array.from({ length: corners }, (_, at): Pair => {
      const angle = (2 * Math.PI * (at + 0.8 * random())) / corners
      const away = near + random() * (far - near)
      return [longitude + away * Math.cos(angle), latitude + away * Math.sin(angle)]
    })
    return [...points, points[0] as Pair]
  }
  // With fewer corners a side may come nearer to the centre than its ends.
  return [ring(least, most), ...(corners >= 8 && random() < 0.5 ? [ring(0.002, 0.008)] : [])]
}

function generateHours(random: Random): OracleHours {
  const from = startAt + Math.floor(random() * spanMs)
  const dated = random()
  const weekly = {
    days: some(random, [0, 1, 2, 3, 4, 5, 6], 0.5),
    start: pick(random, [0, 30, 480, 1320, 1439]),
    end: pick(random, [0, 60, 480, 1020, 1439]),
    zone: pick(random, zones),
  }
  return {
    ...(dated < 0.5 ? { from } : {}),
    ...(dated < 0.3 ? { to: from + Math.floor(random() * 7 * 86_400_000) } : {}),
    ...(random() < 0.8 && weekly.days.length > 0 ? { weekly: [weekly] } : {}),
  }
}

export function generateQuestion(random: Random, of: readonly OracleZone[]): OracleQuestion {
  const [server = "", tool = ""] = pick(random, tools).split("/")
  // Often on the minute, where hours begin and end.
  const now =
    random() < 0.5
      ? startAt + Math.floor(random() * spanMs)
      : startAt + Math.floor((random() * spanMs) / 1_800_000) * 1_800_000
  const sources = [
    ...(random() < 0.6 ? (["device"] as const) : []),
    ...(random() < 0.6 ? (["session"] as const) : []),
    ...(random() < 0.25 ? (["call"] as const) : []),
  ]
  // Mostly somebody says all there is to say, so that what is unknown does not hide everything else.
  const share = random() < 0.7 ? 1 : 0.6
  return {
    effect: random() < 0.6 ? "control" : pick(random, [...effects, "pay"]),
    server,
    tool,
    now,
    positions: sources.map((source) => generatePosition(random, of, { source, now, share })),
    paths: random() < 0.3 ? [pick(random, [...folders, "/srv", "/srv/warden", "/home/ann/a/b", "/tmp"])] : [],
    pathsUnclear: random() < 0.04,
  }
}

function generatePosition(
  random: Random,
  of: readonly OracleZone[],
  { source, now, share }: { source: OraclePosition["source"]; now: number; share: number },
): OraclePosition {
  const at = source === "call" ? now : now - Math.floor(random() * (random() < 0.7 ? 4_000 : 900_000))
  return {
    source,
    at,
    until:
      source === "device" ? at + 300_000 : source === "call" ? now : at + Math.floor(random() * 1_800_000),
    ...(random() < share ? { point: generatePoint(random, of) } : {}),
    ...(random() < share ? { tenant: pick(random, [...tenants, "elsewhere"]) } : {}),
    ...(random() < share
      ? { network: pick(random, ["10.1.2.7", "10.1.9.9", "192.168.0.3", "192.168.0.99", "fd00::1"]) }
      : {}),
    ...(random() < share ? { device: pick(random, [...devices, "other"]) } : {}),
  }
}

function generatePoint(random: Random, of: readonly OracleZone[]): NonNullable<OraclePosition["point"]> {
  const { shape } = pick(random, of)
  const anchor =
    shape.kind === "circle"
      ? shape.centre
      : shape.kind === "polygons"
        ? pick(random, shape.polygons.flat(2))
        : pick(random, regions)
  // At a corner exactly, close to one, or anywhere about.
  const spread = pick(random, [0, 0.01, 0.05, 0.2, 3])
  const longitude = anchor[0] + (random() - 0.5) * spread
  const latitude = anchor[1] + (random() - 0.5) * spread
  return {
    latitude,
    longitude: longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude,
    accuracy: random() < 0.6 ? 0 : pick(random, [10, 400, 5000, 60_000]) * random(),
    ...(random() < 0.5
      ? {
          altitude: {
            metres: Math.round(random() * 500),
            above: pick(random, ["AGL", "AMSL"]),
            accuracy: random() < 0.5 ? 0 : Math.round(random() * 60),
          },
        }
      : {}),
  }
}
