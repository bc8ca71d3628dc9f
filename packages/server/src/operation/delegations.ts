import type { Input, Output } from "@hufu/core/contract/contract"
import type {
  BudgetSpent,
  DelegationEvent,
  DelegationRecord,
  DelegationShown,
  DelegationTrace,
  ShownPart,
} from "@hufu/core/contract/delegation"
import type { ActionRecord } from "@hufu/core/contract/records"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import type { Said } from "@hufu/core/delegation/happening"
import type { Part } from "@hufu/core/delegation/part"
import { isFailure } from "@hufu/core/failure"
import {
  delegationRows,
  type DelegationRow,
  type StoredEntry,
} from "../gateway/delegation/delegation-rows.ts"
import { noDelegation } from "../gateway/delegation/delegation-words.ts"
import { foldDelegation, newDelegation } from "../gateway/delegation/fold-delegation.ts"
import { isPartner } from "../gateway/server-directory.ts"
import type { OperationParts } from "./parts.ts"

/** Delegations as people read them, from the tables alone: nothing is driven by looking. */
export interface Delegations {
  /** @param asked agents by id */
  list(asked: Input<"delegation.list">): Output<"delegation.list">
  /** Throws Failure("not_found"). */
  record(id: string): DelegationRecord
  show(id: string): DelegationShown
  trace(id: string): DelegationTrace
  /** One and what is open of all that was asked because of it, each after the one that it stands on. */
  under(id: string): DelegationRecord[]
}

/** How many rows one page looks through: what matches little must not read all of them. */
const mostLookedAt = 5000
const chunk = 200
const mostEvents = 500
const mostTextInPart = 4000
const mostTextInAll = 256 * 1024

const mostInTrace = 200
const mostEventsInTrace = 60
const mostActionsInTrace = 20

type Parts = Pick<OperationParts, "store" | "agents" | "servers" | "actions" | "mandates" | "budgets">

export function readDelegations(parts: Parts): Delegations {
  const { store, agents, servers, actions } = parts
  const rows = delegationRows(store)

  function recordOf({
    id,
    agent,
    server,
    task,
    state,
    createdAt,
    changedAt,
    facts,
  }: DelegationRow): DelegationRecord {
    const registered = servers.find(server)
    return {
      id,
      agent,
      agentName: agents.records.get(agent)?.name ?? "unknown",
      server,
      protocol:
        registered === undefined ? null : isPartner(registered) ? protocolOf(registered.transport) : "mcp",
      task,
      state,
      door: facts.caller.door,
      context: facts.context,
      name: facts.name,
      createdAt,
      changedAt,
      hold: isEnd(state) ? null : (facts.pending?.hold ?? null),
      ended: facts.ended ?? null,
    }
  }

  function list({ agent, partner, state, root, text, before, limit }: Input<"delegation.list">) {
    const top = root === undefined ? undefined : need(root)
    const isOne = state !== undefined && state !== "open" && state !== "ended"
    const items: DelegationRecord[] = []
    let from: string | undefined = before
    for (let looked = 0; looked < mostLookedAt; looked += chunk) {
      const found = rows.page({
        agent,
        server: partner,
        state: isOne ? state : undefined,
        isEnded: state === undefined || isOne ? undefined : state === "ended",
        // One that needed no verdict stands alone.
        ...(top === undefined ? {} : top.root === undefined ? { id: top.id } : { root: top.root }),
        before: from,
        limit: chunk,
      })
      for (const row of found.rows) {
        const shown = recordOf(row)
        if (text !== undefined && !textOf(shown).includes(text.toLowerCase())) continue
        items.push(shown)
        if (items.length >= limit) return { items, next: row.id }
      }
      if (found.last === undefined) return { items, next: null }
      from = found.last
    }
    return { items, next: from ?? null }
  }

  function need(id: string): DelegationRow {
    const row = rows.find(id)
    if (row === undefined) throw noDelegation(id)
    return row
  }

  /** The newest events of a delegation, as they are read here. */
  function newest(
    row: DelegationRow,
    most: number,
  ): { readonly entries: StoredEntry[]; readonly earlier: number } {
    const earlier = Math.max(0, row.seq - most)
    return { entries: rows.entries(row, earlier, most), earlier }
  }

  function membersOf(row: DelegationRow): DelegationRow[] {
    return row.root === undefined ? [row] : rows.ofTrace(row.root, mostInTrace + 1)
  }

  /** What was done under orders and is no order itself. */
  function doneUnder(under: readonly string[], orders: ReadonlyMap<string, string>): ActionRecord[] {
    return under
      .flatMap((order) =>
        store.query<{ action: string }>(
          "SELECT action FROM action_under WHERE under = ? ORDER BY action LIMIT ?",
          [order, mostActionsInTrace + orders.size],
        ),
      )
      .filter(({ action }) => !orders.has(action))
      .slice(0, mostActionsInTrace)
      .flatMap(({ action }) => known(action))
      .filter(({ tool }) => !tool.startsWith("delegation/"))
  }

  function known(action: string): ActionRecord[] {
    try {
      return [actions.need(action)]
    } catch (error) {
      if (isFailure(error, "not_found")) return []
      throw error
    }
  }

  function trace(id: string): DelegationTrace {
    const members = membersOf(need(id)).map((row) => ({
      row,
      entries: newest(row, mostEventsInTrace).entries,
    }))
    /** Whose order an action was. */
    const orders = new Map(
      members.flatMap(({ row, entries }) =>
        ordersOf(row, entries).map((action) => [action, row.id] as const),
      ),
    )
    return {
      items: members.slice(0, mostInTrace).map(({ row, entries }) => ({
        delegation: { ...recordOf(row), hold: isEnd(row.state) ? null : holdOf(entries.at(-1)) },
        above: (row.under === undefined ? undefined : orders.get(row.under)) ?? null,
        events: entries.map((each) => {
          const { parts: _parts, product: _product, ...event } = eventOf(each, { left: 0 })
          return event
        }),
        budgets: budgetsOf(parts, latestOrder(row, entries)),
        actions: doneUnder(ordersOf(row, entries), orders),
      })),
      isCut: members.length > mostInTrace,
    }
  }

  function under(id: string): DelegationRecord[] {
    const { items } = trace(id)
    const found = new Set([id])
    const records: DelegationRecord[] = []
    // Whatever stands on another one is younger.
    for (const { delegation, above } of items) {
      if (above !== null && found.has(above)) found.add(delegation.id)
      if (found.has(delegation.id) && (delegation.id === id || !isEnd(delegation.state)))
        records.push(delegation)
    }
    return records.length > 0 ? records : [recordOf(need(id))]
  }

  return {
    list,
    trace,
    under,
    record: (id) => recordOf(need(id)),
    show(id) {
      const row = need(id)
      const { entries, earlier } = newest(row, mostEvents)
      const room = { left: mostTextInAll }
      const { products } = entries.reduce(foldDelegation, newDelegation(row))
      const waitsFor = entries.at(-1)
      return {
        delegation: { ...recordOf(row), hold: isEnd(row.state) ? null : holdOf(waitsFor) },
        events: entries.map((each) => eventOf(each, room)),
        earlier,
        products: products.map(({ name, parts, id: own }) => ({
          name: (name ?? own).slice(0, 200),
          parts: shownParts(parts, room),
        })),
      }
    },
  }
}

/** What was spent of the mandate that covers an order. */
function budgetsOf({ actions, mandates, budgets }: Parts, action: string | undefined): BudgetSpent[] {
  const covering = action === undefined ? undefined : actions.intent(action)?.mandate
  const mandate = covering ? mandates.recall(covering)?.mandate : undefined
  if (mandate === undefined) return []
  return [...mandate.grants.keys(), -1].flatMap((grant) => {
    const budget = grant < 0 ? mandate.budget : mandate.grants[grant]?.budget
    if (budget === undefined) return []
    const { count, amount } = budgets.spent(mandate.id, grant)
    return [
      {
        mandate: mandate.id,
        grant,
        currency: budget.amount?.currency ?? null,
        most: { count: budget.count ?? null, amount: budget.amount?.max ?? null },
        spent: { count, amount },
      },
    ]
  })
}

function protocolOf(transport: string): "a2a" | "aip" | "mcp" {
  return transport === "a2a" || transport === "aip" ? transport : "mcp"
}

/** The actions that its orders were. */
function ordersOf(row: DelegationRow, entries: readonly StoredEntry[]): string[] {
  const asked = entries.flatMap(({ entry }) => (entry.kind === "asked" && entry.action ? [entry.action] : []))
  return [...new Set([...asked, ...(row.action === undefined ? [] : [row.action])])]
}

/** The action of the latest order. */
function latestOrder(row: DelegationRow, entries: readonly StoredEntry[]): string | undefined {
  if (row.action !== undefined) return row.action
  const order = entries.findLast(({ entry }) => entry.kind === "asked" && entry.action !== undefined)
  return order?.entry.action
}

function holdOf(entry: StoredEntry | undefined): string | null {
  return entry?.entry.kind === "happened" ? (entry.entry.ruled?.hold?.id ?? null) : null
}

/** Ids and names; never what was said, which is not for searching. */
function textOf({ id, agent, agentName, server, task, context, name }: DelegationRecord): string {
  return [id, agent, agentName, server, task, context, name].join("\n").toLowerCase()
}

/** How much more text is shown. */
interface Room {
  left: number
}

function eventOf({ seq, at, entry }: StoredEntry, room: Room): DelegationEvent {
  const nothing = { order: null, state: null, parts: [], product: null, reasons: [], code: null, hold: null }
  const common = { ...nothing, seq, at, action: entry.action ?? null }
  if (entry.kind === "asked")
    return { ...common, kind: "order", order: entry.order, parts: saidParts(entry.said, room) }
  const { happening, ruled } = entry
  if (happening.kind === "reply") return { ...common, kind: "reply", parts: saidParts(happening.said, room) }
  if (happening.kind === "product") {
    const { name, id } = happening.product
    return { ...common, kind: "product", product: (name ?? id).slice(0, 200) }
  }
  const reasons = ruled?.reasons ?? []
  return {
    ...common,
    kind: "state",
    state: happening.state,
    // Where there are reasons, they are what was said.
    parts: reasons.length > 0 ? [] : saidParts(happening.said, room),
    reasons,
    code: ruled?.code ?? null,
    hold: ruled?.hold?.id ?? null,
  }
}

function saidParts(said: Said | undefined, room: Room): ShownPart[] {
  return said === undefined ? [] : shownParts(said.parts, room)
}

const mostParts = 64

function shownParts(parts: readonly Part[], room: Room): ShownPart[] {
  return parts.slice(0, mostParts).map((part) => {
    const whole = contentOf(part)
    const text = whole.slice(0, Math.max(0, Math.min(mostTextInPart, room.left)))
    room.left -= text.length
    const language = part.metadata?.["language"]
    return {
      kind: part.kind,
      text,
      isCut: text.length < whole.length,
      name: part.name?.slice(0, 200) ?? null,
      mediaType: part.mediaType ?? null,
      language: typeof language === "string" ? language.slice(0, 16) : null,
    }
  })
}

function contentOf(part: Part): string {
  if (part.kind === "text") return part.text
  // Bytes are not for reading.
  return part.kind === "file" ? (part.url ?? "") : JSON.stringify(part.data)
}
