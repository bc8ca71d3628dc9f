import type { ShownPlace } from "@hufu/core/contract/place"
import { useWords } from "../../words/use-words.ts"
import { placeWords } from "./words.ts"

const mostShown = 300
const [width, height] = [720, 360]
const margin = 12
const metresPerDegree = 111_195

/** Never by colour alone: the more a zone restricts, the fuller its line. */
const looks: Readonly<Record<ShownPlace["restriction"], { line: string; dash: string | undefined }>> = {
  none: { line: "fill-allow-wash stroke-allow stroke-1", dash: "1 4" },
  conditional: { line: "fill-ask-wash stroke-ask stroke-1", dash: "2 3" },
  authorization: { line: "fill-ask-wash stroke-ask stroke-2", dash: "7 4" },
  prohibited: { line: "fill-deny-wash stroke-deny stroke-3", dash: undefined },
}

/** The zones from above, as they lie to each other; drawn from the numbers alone, without a map. */
export function ZonePicture({ places }: { readonly places: readonly ShownPlace[] }) {
  const words = useWords(placeWords)
  const zones = places.flatMap(outlineOf)
  const shown = zones.slice(0, mostShown)
  if (shown.length === 0) return null
  const paths = placed(shown)
  const kinds = [...new Set(shown.map(({ restriction }) => restriction))]
  return (
    <figure className="card mb-3 px-4 py-3">
      <svg
        role="img"
        aria-label={words.picture(shown.length)}
        viewBox={`0 0 ${width} ${height}`}
        className="block h-auto max-h-96 w-full rounded bg-sunk"
      >
        {shown.map((zone, at) => (
          <path
            key={zone.key}
            d={paths[at]}
            fillRule="evenodd"
            fillOpacity={0.6}
            className={looks[zone.restriction].line}
            strokeDasharray={looks[zone.restriction].dash}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-soft">
        {kinds.map((kind) => (
          <span key={kind} className="inline-flex items-center gap-1.5">
            <svg aria-hidden viewBox="0 0 32 12" className="h-3 w-8">
              <rect
                x="2"
                y="2"
                width="28"
                height="8"
                className={looks[kind].line}
                strokeDasharray={looks[kind].dash}
              />
            </svg>
            {words.restrictions[kind]}
          </span>
        ))}
        {zones.length > shown.length ? <span>{words.pictureOnly(shown.length)}</span> : null}
      </figcaption>
    </figure>
  )
}

type Point = readonly [longitude: number, latitude: number]

interface Outline {
  readonly key: string
  readonly restriction: ShownPlace["restriction"]
  readonly rings: readonly (readonly Point[])[]
}

function outlineOf({ id, restriction, feature: { geometry } }: ShownPlace): Outline[] {
  if (geometry === null) return []
  if (geometry.type === "Polygon") return [{ key: id, restriction, rings: geometry.coordinates }]
  if (geometry.type === "MultiPolygon") return [{ key: id, restriction, rings: geometry.coordinates.flat() }]
  return [{ key: id, restriction, rings: [circle(geometry.coordinates, geometry.extent.radius)] }]
}

function circle([longitude, latitude]: Point, radius: number): Point[] {
  const up = radius / metresPerDegree
  const across = up / Math.max(Math.cos((latitude * Math.PI) / 180), 0.01)
  return Array.from({ length: 48 }, (_, at): Point => {
    const angle = (at * Math.PI) / 24
    return [longitude + across * Math.cos(angle), latitude + up * Math.sin(angle)]
  })
}

/** Fits all of them into the picture, a degree east as long as it is at their latitude. */
function placed(zones: readonly Outline[]): string[] {
  let [west, south, east, north] = [180, 90, -180, -90]
  for (const { rings } of zones)
    for (const ring of rings)
      for (const [longitude, latitude] of ring) {
        west = Math.min(west, longitude)
        east = Math.max(east, longitude)
        south = Math.min(south, latitude)
        north = Math.max(north, latitude)
      }
  const narrow = Math.max(Math.cos((((south + north) / 2) * Math.PI) / 180), 0.05)
  const scale = Math.min(
    (width - 2 * margin) / Math.max((east - west) * narrow, 1e-6),
    (height - 2 * margin) / Math.max(north - south, 1e-6),
  )
  const left = (width - (east - west) * narrow * scale) / 2
  const top = (height - (north - south) * scale) / 2
  const at = ([longitude, latitude]: Point) =>
    `${(left + (longitude - west) * narrow * scale).toFixed(1)} ${(top + (north - latitude) * scale).toFixed(1)}`
  return zones.map(({ rings }) => rings.map((ring) => `M${ring.map(at).join("L")}Z`).join(""))
}
