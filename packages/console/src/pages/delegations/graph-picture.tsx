import { delegationWords } from "@hufu/core/delegation/delegation-words"
import { useId } from "react"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { type Look, lookOrder, type TraceEdge, type TraceGraph, type TraceNode } from "./trace-graph.ts"
import { delegationPageWords } from "./words.ts"

const node = { width: 150, height: 48 }

/** How nodes are laid out: one layer beside the other, or below it where there is little width. */
const ways = {
  across: { layer: node.width + 128, place: node.height + 34 },
  down: { layer: node.height + 76, place: node.width + 16 },
} as const
type Way = keyof typeof ways
const margin = 14

/** Never by colour alone: each has a line of its own. */
export const lines: Readonly<
  Record<Look, { readonly line: string; readonly fill: string; readonly dash: string | undefined }>
> = {
  waitsPartner: { line: "stroke-ink stroke-2", fill: "fill-ink", dash: undefined },
  waitsAsker: { line: "stroke-ask stroke-2", fill: "fill-ask", dash: "8 4" },
  waitsPerson: { line: "stroke-ask stroke-3", fill: "fill-ask", dash: "2 4" },
  done: { line: "stroke-allow stroke-1", fill: "fill-allow", dash: undefined },
  broken: { line: "stroke-deny stroke-2", fill: "fill-deny", dash: "2 5" },
}

/** Who asks whom, as a picture of our own; the table beside it says the same. */
export function GraphPicture({ graph }: { readonly graph: TraceGraph }) {
  const words = useWords(delegationPageWords)
  const present = new Set(graph.edges.map(({ look }) => look))
  const count = graph.edges.reduce((sum, { of }) => sum + of.length, 0)
  const label = words.graphLabel(graph.nodes.length, count)
  return (
    <figure className="card px-3 py-3">
      <div
        className="relative overflow-x-auto max-sm:hidden"
        role="group"
        aria-label={words.graph}
        tabIndex={0}
      >
        <Drawn graph={graph} way="across" label={label} />
      </div>
      <div className="relative overflow-x-auto sm:hidden" role="group" aria-label={words.graph} tabIndex={0}>
        <Drawn graph={graph} way="down" label={label} />
      </div>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-soft">
        {lookOrder
          .filter((look) => present.has(look))
          .map((look) => (
            <span key={look} className="inline-flex items-center gap-1.5">
              <svg aria-hidden viewBox="0 0 32 8" className="h-2 w-8">
                <path
                  d="M0 4H32"
                  className={`fill-transparent ${lines[look].line}`}
                  strokeDasharray={lines[look].dash}
                />
              </svg>
              {words.looks[look]}
            </span>
          ))}
      </figcaption>
    </figure>
  )
}

interface Point {
  readonly x: number
  readonly y: number
}

function Drawn({
  graph,
  way,
  label,
}: {
  readonly graph: TraceGraph
  readonly way: Way
  readonly label: string
}) {
  const arrow = useId()
  const layers = Math.max(...graph.nodes.map(({ layer }) => layer)) + 1
  const places = Math.max(...graph.nodes.map(({ place }) => place)) + 1
  const isBack = graph.edges.some(({ from, to }) => to.layer <= from.layer)
  const long = (layers - 1) * ways[way].layer + (way === "across" ? node.width : node.height)
  const wide =
    (places - 1) * ways[way].place + (way === "across" ? node.height : node.width) + (isBack ? 44 : 0)
  const [width, height] = (way === "across" ? [long, wide] : [wide, long]).map(
    (each) => each + 2 * margin,
  ) as [number, number]
  const inLayer = new Map<number, number>()
  for (const { layer } of graph.nodes) inLayer.set(layer, (inLayer.get(layer) ?? 0) + 1)
  /** The middle of a node; layers with few nodes stand in the middle. */
  const middle = ({ layer, place }: TraceNode): Point => {
    const shift = (places - (inLayer.get(layer) ?? 1)) / 2
    const along = layer * ways[way].layer + margin
    const beside = (place + shift) * ways[way].place + margin
    return way === "across"
      ? { x: along + node.width / 2, y: beside + node.height / 2 }
      : { x: beside + node.width / 2, y: along + node.height / 2 }
  }
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      className="mx-auto block h-auto"
      style={{ width, maxWidth: "100%", minWidth: Math.round(width * 0.7) }}
    >
      <defs>
        {lookOrder.map((look) => (
          <marker
            key={look}
            id={`${arrow}${look}`}
            viewBox="0 0 8 8"
            refX="8"
            refY="4"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8Z" className={lines[look].fill} />
          </marker>
        ))}
      </defs>
      {graph.edges.map((edge) => (
        <Edge
          key={`${edge.from.id} ${edge.to.id}`}
          edge={edge}
          way={way}
          from={middle(edge.from)}
          to={middle(edge.to)}
          arrow={`url(#${arrow}${edge.look})`}
        />
      ))}
      {graph.nodes.map((each) => (
        <Node key={each.id} of={each} at={middle(each)} />
      ))}
    </svg>
  )
}

function Node({ of, at }: { readonly of: TraceNode; readonly at: Point }) {
  const words = useWords(delegationPageWords)
  const under =
    of.as !== undefined && of.as !== of.name
      ? `${words.isAgent} · ${of.as}`
      : of.kind === "agent"
        ? words.isAgent
        : of.kind === "gone"
          ? words.gone
          : words.protocols[of.kind]
  return (
    <g>
      <rect
        x={at.x - node.width / 2}
        y={at.y - node.height / 2}
        width={node.width}
        height={node.height}
        rx={of.kind === "agent" ? 24 : 6}
        className="fill-raised stroke-edge stroke-1"
      />
      <text x={at.x} y={at.y - 3} textAnchor="middle" className="fill-ink text-[13px] font-semibold">
        {fitted(of.name, 18)}
      </text>
      <text x={at.x} y={at.y + 14} textAnchor="middle" className="fill-soft text-[11px]">
        {fitted(under, 24)}
      </text>
    </g>
  )
}

function Edge({
  edge: { of, look, marks },
  way,
  from,
  to,
  arrow,
}: {
  readonly edge: TraceEdge
  readonly way: Way
  readonly from: Point
  readonly to: Point
  readonly arrow: string
}) {
  const words = useWords(delegationPageWords)
  const lang = useLanguage()
  const isBack = way === "across" ? to.x <= from.x : to.y <= from.y
  const { path, label } = isBack ? backwards(from, to, way) : forwards(from, to, way)
  const [first] = of
  const said =
    look === "broken" && first !== undefined
      ? delegationWords[lang].state[first.delegation.state]
      : look === "broken"
        ? ""
        : words.short[look]
  const text = `${said}${of.length > 1 ? ` ×${of.length}` : ""}`
  const room = textWidth(text) + (marks.length > 0 ? 20 : 0) + 12
  return (
    <g>
      <path
        d={path}
        className={`fill-transparent ${lines[look].line}`}
        strokeDasharray={lines[look].dash}
        markerEnd={arrow}
      />
      <rect x={label.x - room / 2} y={label.y - 10} width={room} height={20} rx={4} className="fill-paper" />
      {marks.length > 0 ? (
        <path
          d={`M${label.x - room / 2 + 11} ${label.y - 7}l8 14h-16Z`}
          className="fill-ask-wash stroke-ask stroke-2"
          strokeLinejoin="round"
        />
      ) : null}
      <text
        x={label.x + (marks.length > 0 ? 10 : 0)}
        y={label.y + 4}
        textAnchor="middle"
        className={`text-[12px] ${lines[look].fill}`}
      >
        {text}
      </text>
    </g>
  )
}

function forwards(from: Point, to: Point, way: Way): { readonly path: string; readonly label: Point } {
  const [a, b] =
    way === "across"
      ? [
          { x: from.x + node.width / 2, y: from.y },
          { x: to.x - node.width / 2, y: to.y },
        ]
      : [
          { x: from.x, y: from.y + node.height / 2 },
          { x: to.x, y: to.y - node.height / 2 },
        ]
  const half = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  const [c, d] =
    way === "across"
      ? [
          { x: half.x, y: a.y },
          { x: half.x, y: b.y },
        ]
      : [
          { x: a.x, y: half.y },
          { x: b.x, y: half.y },
        ]
  return {
    path: `M${a.x} ${a.y}C${c.x} ${c.y} ${d.x} ${d.y} ${b.x} ${b.y}`,
    // Nearer to its end, where the curves of one node are apart.
    label: { x: bezier(a.x, c.x, d.x, b.x), y: bezier(a.y, c.y, d.y, b.y) },
  }
}

const labelAt = 0.62

/** A place on a cubic curve. */
function bezier(a: number, b: number, c: number, d: number): number {
  const t = labelAt
  return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d
}

/** Around the nodes in between: below them, or beside. */
function backwards(from: Point, to: Point, way: Way): { readonly path: string; readonly label: Point } {
  if (way === "across") {
    const low = Math.max(from.y, to.y) + node.height / 2
    const shift = from.x === to.x ? node.width / 3 : 0
    const [a, b] = [from.x + shift, to.x - shift]
    return {
      path: `M${a} ${from.y + node.height / 2}C${a} ${low + 38} ${b} ${low + 38} ${b} ${to.y + node.height / 2}`,
      label: { x: (a + b) / 2, y: low + 28 },
    }
  }
  const right = Math.max(from.x, to.x) + node.width / 2
  const shift = from.y === to.y ? node.height / 4 : 0
  const [a, b] = [from.y + shift, to.y - shift]
  return {
    path: `M${from.x + node.width / 2} ${a}C${right + 40} ${a} ${right + 40} ${b} ${to.x + node.width / 2} ${b}`,
    label: { x: right - 6, y: (a + b) / 2 },
  }
}

/** UNTRUSTED: names that others chose, in one line and within their box. */
function fitted(text: string, most: number): string {
  const shown = visibleName(text)
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown
}

/** About; what is written in Han takes twice as much. */
function textWidth(text: string): number {
  let width = 0
  for (const letter of text) width += letter.charCodeAt(0) > 0x2e80 ? 12.5 : 6.6
  return width
}
