import type { DelegationRecord, TracedDelegation } from "@hufu/core/contract/delegation"
import type { DelegationState } from "@hufu/core/delegation/delegation-state"

/** How a delegation is drawn: who waits, or how it ended. The first is what a person looks at first. */
export const lookOrder = ["waitsPerson", "waitsAsker", "waitsPartner", "broken", "done"] as const
export type Look = (typeof lookOrder)[number]

const looks: Readonly<Record<DelegationState, Look>> = {
  submitted: "waitsPartner",
  working: "waitsPartner",
  "input-required": "waitsAsker",
  delivered: "waitsAsker",
  "auth-required": "waitsPerson",
  completed: "done",
  failed: "broken",
  canceled: "broken",
  rejected: "broken",
}
export const lookOf = (state: DelegationState): Look => looks[state]
export const isOpen = (state: DelegationState) => looks[state] !== "done" && looks[state] !== "broken"

/** Whoever asks or is asked. */
export interface TraceNode {
  readonly id: string
  readonly name: string
  /** Under which name it is asked, where an agent of this node answers there. */
  readonly as: string | undefined
  readonly kind: "agent" | "a2a" | "aip" | "mcp" | "gone"
  /** How many orders it is away from who asked first. */
  readonly layer: number
  /** Its place in that layer. */
  readonly place: number
}

/** All that one asks of another. */
export interface TraceEdge {
  readonly from: TraceNode
  readonly to: TraceNode
  readonly of: readonly TracedDelegation[]
  readonly look: Look
  readonly marks: readonly Mark[]
}

export interface TraceGraph {
  readonly nodes: readonly TraceNode[]
  readonly edges: readonly TraceEdge[]
}

export type Mark = "circle" | "deep" | "fanOut" | "claim" | "deadEnd"

const marksOfRules: Readonly<Record<string, Mark>> = {
  "platform/circle": "circle",
  "platform/deep-chain": "deep",
  "platform/fan-out": "fanOut",
  "platform/claim-asks": "claim",
  "platform/claim-lost": "claim",
}

/** What the node noticed of a delegation where it stands now, and whether nothing comes of it any more for who still waits. */
export function marksOf(item: TracedDelegation, items: readonly TracedDelegation[]): Mark[] {
  const { state } = item.delegation
  const said = item.events.findLast(({ reasons }) => reasons.length > 0)
  const isRuled = state === "auth-required" || state === "rejected"
  const ruled = isRuled ? (said?.reasons ?? []).flatMap(({ rule }) => marksOfRules[rule] ?? []) : []
  const above = items.find(({ delegation }) => delegation.id === item.above)
  const isDeadEnd =
    (state === "failed" || state === "rejected") && above !== undefined && isOpen(above.delegation.state)
  // What was done because of it and came up against what another agent does.
  const isContested = item.actions.some(({ rules }) => rules.some((rule) => marksOfRules[rule] === "claim"))
  const claim = isOpen(state) && isContested ? (["claim"] as const) : []
  return [...new Set<Mark>([...ruled, ...claim, ...(isDeadEnd ? ["deadEnd" as const] : [])])]
}

/** The graph of a trace: agents of this node are one with the partner as which they are asked. */
export function traceGraph(items: readonly TracedDelegation[]): TraceGraph {
  const answering = answeringAgents(items)
  const drafts = new Map<string, Omit<TraceNode, "place" | "layer">>()
  const layers = new Map<string, number>()
  const pairs = new Map<
    string,
    { readonly from: string; readonly to: string; readonly of: TracedDelegation[] }
  >()
  const put = (node: Omit<TraceNode, "place" | "layer">, layer: number) => {
    const known = drafts.get(node.id)
    drafts.set(node.id, known === undefined ? node : { ...known, as: known.as ?? node.as })
    if (!layers.has(node.id)) layers.set(node.id, layer)
    return node.id
  }
  for (const item of items) {
    const from = put(askerOf(item.delegation), 0)
    const to = put(askedOf(item.delegation, answering), (layers.get(from) ?? 0) + 1)
    const key = `${from} ${to}`
    const pair = pairs.get(key) ?? { from, to, of: [] }
    pair.of.push(item)
    pairs.set(key, pair)
  }
  const taken = new Map<number, number>()
  const nodes = new Map<string, TraceNode>()
  for (const [id, draft] of drafts) {
    const layer = layers.get(id) ?? 0
    const place = taken.get(layer) ?? 0
    taken.set(layer, place + 1)
    nodes.set(id, { ...draft, layer, place })
  }
  return {
    nodes: [...nodes.values()],
    edges: [...pairs.values()].flatMap(({ from, to, of }) => {
      const [start, end] = [nodes.get(from), nodes.get(to)]
      if (start === undefined || end === undefined) return []
      const present = new Set(of.map(({ delegation }) => lookOf(delegation.state)))
      const look = lookOrder.find((each) => present.has(each)) ?? "done"
      return [
        { from: start, to: end, of, look, marks: [...new Set(of.flatMap((each) => marksOf(each, items)))] },
      ]
    }),
  }
}

/** Who answers where, as far as it has asked somebody else because of it. */
function answeringAgents(items: readonly TracedDelegation[]): ReadonlyMap<string, DelegationRecord> {
  const byId = new Map(items.map((item) => [item.delegation.id, item.delegation]))
  return new Map(
    items.flatMap(({ above, delegation }) => {
      const asked = above === null ? undefined : byId.get(above)
      return asked === undefined ? [] : [[asked.server, delegation] as const]
    }),
  )
}

function askerOf({ agent, agentName }: DelegationRecord) {
  return { id: agent, name: agentName, as: undefined, kind: "agent" as const }
}

function askedOf({ server, protocol }: DelegationRecord, answering: ReadonlyMap<string, DelegationRecord>) {
  const by = answering.get(server)
  if (by !== undefined) return { ...askerOf(by), as: server }
  return { id: `server ${server}`, name: server, as: undefined, kind: protocol ?? ("gone" as const) }
}
