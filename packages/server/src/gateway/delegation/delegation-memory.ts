import { isEnd } from "@hufu/core/delegation/delegation-state"
import type { Happening } from "@hufu/core/delegation/happening"
import { newId } from "@hufu/core/id"
import type { Clock } from "../../clock.ts"
import type { Store } from "../../store/store.ts"
import type { Caller, Door } from "../governor.ts"
import {
  type DelegationRow,
  delegationRows,
  type DelegationRows,
  type Entry,
  type Facts,
} from "./delegation-rows.ts"
import type { Delegation, Event, Ruled } from "./delegations.ts"
import { foldDelegation, newDelegation } from "./fold-delegation.ts"
import type { SendNotice } from "./send-notices.ts"

/** A delegation that is open, or was looked at lately. */
export interface Live {
  row: DelegationRow
  view: Delegation
  caller: Caller
  /** The last events, for whoever follows, each with its weight. */
  recent: { readonly event: Event; readonly weight: number }[]
  recentBytes: number
  bytes: number
  /** Whoever waits for what happens next. */
  readonly waiting: Set<() => void>
  /** Writes and changes come one after another. */
  turn: Promise<unknown>
  /** Ends what is under way with the partner. */
  stop: AbortController
  /** How much of it is under way: orders, those that are held, a partner that is followed. */
  busy: number
  unregister: () => void
}

/** Delegations as they stand, by the names that their asking agents gave them. */
export interface DelegationMemory {
  readonly rows: DelegationRows
  find(agent: string, server: string, name: string): Live | undefined
  /** Those that were open when the node ended; they are remembered from then on. */
  resume(): readonly Live[]
  /** A new one, which is not remembered yet. */
  begin(row: DelegationRow, caller: Caller): Live
  remember(live: Live): Live
  all(): IterableIterator<Live>
  /** Orders under one name come one after another, also before there is a delegation of that name. */
  inTurn<T>(agent: string, server: string, name: string, work: () => Promise<T>): Promise<T>
  /** Writes entries and changed facts in one commit, and shows them after it. */
  record(live: Live, entries: readonly Entry[], facts?: Partial<Facts>, trace?: Trace): Promise<void>
  /** What happened after a number, as far as it is written. */
  eventsAfter(live: Live, after: number): readonly Event[]
  /** Resolves when something happens after what was seen, or when the signal fires. */
  changed(live: Live, lastSeq: number, signal: AbortSignal): Promise<void>
}

/** How a delegation stands among others, by the actions of orders. */
export type Trace = Pick<DelegationRow, "action" | "under" | "root" | "above">

export interface MemoryParts {
  readonly store: Store
  readonly clock: Clock
  readonly notices: Pick<SendNotice, "send">
  readonly onEnded: (live: Live) => void
  /** Told once a change is durable. */
  readonly onChanged: (live: Live) => void
}

const mostInMemory = 2000
/** For each delegation: whoever is further behind reads what is written. A thousand streams at once take no more with every event. */
const recentBytes = 4 * 1024

export function openDelegationMemory({
  store,
  clock,
  notices,
  onEnded,
  onChanged,
}: MemoryParts): DelegationMemory {
  const rows = delegationRows(store)
  /** Those that are open, and the last of the others; the least used goes first. */
  const memory = new Map<string, Live>()
  const names = new Map<string, Promise<unknown>>()

  const keyOf = (agent: string, server: string, name: string) => `${agent}\n${server}\n${name}`

  function find(agent: string, server: string, name: string): Live | undefined {
    const key = keyOf(agent, server, name)
    const known = memory.get(key)
    if (known) {
      memory.delete(key)
      memory.set(key, known)
      return known
    }
    const row = rows.named(agent, server, name)
    return row && remember(load(row))
  }

  function load(row: DelegationRow): Live {
    let view = newDelegation(row)
    let bytes = 0
    for (const each of rows.entries(row, 0)) {
      view = foldDelegation(view, each)
      bytes += weightOf(each.entry)
    }
    return liveOf({ ...row }, view, callerOf(row, clock.now()), bytes)
  }

  function remember(live: Live): Live {
    memory.set(keyOf(live.row.agent, live.row.server, live.row.facts.name), live)
    if (memory.size > mostInMemory)
      for (const [key, each] of memory) {
        if (memory.size <= mostInMemory) break
        if (isEnd(each.view.state) && each.waiting.size === 0 && each.busy === 0) memory.delete(key)
      }
    return live
  }

  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = names.get(key) ?? Promise.resolve()
    const mine = before.then(work)
    const settled = mine.catch(() => undefined)
    names.set(key, settled)
    void settled.then(() => names.get(key) === settled && names.delete(key))
    return mine
  }

  function record(
    live: Live,
    entries: readonly Entry[],
    facts: Partial<Facts> = {},
    trace: Trace = {},
  ): Promise<void> {
    const mine = live.turn.then(() => write(live, entries, facts, trace))
    live.turn = mine.catch(() => undefined)
    return mine
  }

  async function write(
    live: Live,
    entries: readonly Entry[],
    facts: Partial<Facts>,
    trace: Trace,
  ): Promise<void> {
    const at = clock.now()
    // INVARIANT: nothing happens after an end, also where two ends were on their way at once.
    const wasOver = isEnd(live.view.state)
    const kept = wasOver ? entries.filter(({ kind }) => kind === "asked") : entries
    const stored = kept.map((entry, i) => ({
      seq: live.view.lastSeq + 1 + i,
      at,
      entry,
      text: JSON.stringify(entry),
    }))
    let view = live.view
    for (const each of stored) view = foldDelegation(view, each)
    const row: DelegationRow = {
      ...live.row,
      ...trace,
      state: view.state,
      changedAt: at,
      seq: view.lastSeq,
      facts: Object.keys(facts).length === 0 ? live.row.facts : { ...live.row.facts, ...facts },
    }
    // What had ended before was not ended by this.
    if (wasOver && facts.ended !== undefined) row.facts.ended = live.row.facts.ended
    const before = live.view.lastSeq === 0 ? undefined : live.row
    const isEnding = isEnd(view.state) && !wasOver
    const { ended: why } = row.facts
    await store.commit((tx) => {
      rows.put(tx, row, stored, before)
      // The principal is told: whoever follows hears of it, and the ledger keeps it.
      if (isEnding && why !== undefined)
        tx.append({
          kind: "statement",
          fact: "delegation.failed",
          subject: row.id,
          by: "node",
          refs: { agent: row.agent, reason: why },
        })
    })
    live.row = row
    live.view = view
    for (const { seq, entry, text } of stored) {
      live.bytes += text.length
      if (entry.kind === "happened") keepRecent(live, { seq, at, happening: entry.happening }, text.length)
    }
    if (isEnding) ended(live)
    onChanged(live)
    for (const wake of live.waiting) wake()
    for (const { seq, entry } of stored)
      if (entry.kind === "happened") notify(live, { seq, at, happening: entry.happening })
  }

  function keepRecent(live: Live, event: Event, weight: number): void {
    live.recent.push({ event, weight })
    live.recentBytes += weight
    while (live.recentBytes > recentBytes && live.recent.length > 1)
      live.recentBytes -= live.recent.shift()?.weight ?? 0
  }

  function ended(live: Live): void {
    live.unregister()
    live.unregister = () => {}
    onEnded(live)
  }

  function notify(live: Live, event: Event): void {
    for (const notice of live.row.facts.notices) {
      const { states } = notice
      const isWanted =
        states.length === 0 || (event.happening.kind === "state" && states.includes(event.happening.state))
      if (isWanted) notices.send(notice, live.view, event)
    }
  }

  function eventsAfter(live: Live, after: number): readonly Event[] {
    const [first] = live.recent
    if (first !== undefined && first.event.seq <= after + 1)
      return live.recent.flatMap(({ event }) => (event.seq > after ? [event] : []))
    if (after >= live.view.lastSeq) return []
    return rows
      .entries(live.row, after)
      .flatMap(({ seq, at, entry }) =>
        entry.kind === "happened" ? [{ seq, at, happening: entry.happening }] : [],
      )
  }

  function changed(live: Live, lastSeq: number, signal: AbortSignal): Promise<void> {
    if (live.view.lastSeq !== lastSeq) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        live.waiting.delete(done)
        signal.removeEventListener("abort", done)
        resolve()
      }
      live.waiting.add(done)
      signal.addEventListener("abort", done, { once: true })
    })
  }

  return {
    rows,
    find,
    resume: () => rows.live().map((row) => remember(load(row))),
    begin: (row, caller) => liveOf(row, newDelegation(row), caller),
    remember,
    all: () => memory.values(),
    inTurn: (agent, server, name, work) => inTurn(keyOf(agent, server, name), work),
    record,
    eventsAfter,
    changed,
  }
}

function liveOf(row: DelegationRow, view: Delegation, caller: Caller, bytes = 0): Live {
  return {
    row,
    view,
    caller,
    recent: [],
    recentBytes: 0,
    bytes,
    waiting: new Set(),
    turn: Promise.resolve(),
    stop: new AbortController(),
    busy: 0,
    unregister: () => {},
  }
}

/** What is written of something that happened. */
export function happened(happening: Happening, ruled?: Ruled, action?: string): Entry {
  return {
    kind: "happened",
    happening,
    ...(ruled === undefined ? {} : { ruled: storedRuled(ruled) }),
    ...(action === undefined ? {} : { action }),
  }
}

function callerOf({ agent, facts }: DelegationRow, now: number): Caller {
  const { version, principal, credential, door } = facts.caller
  return { agent, version, principal, credential, door: door as Door, connection: newId("connection", now) }
}

function storedRuled({ reasons, hold, code }: Ruled) {
  return {
    reasons: reasons.slice(0, 16).map(({ rule, en, zh }) => ({ rule, en, zh })),
    ...(hold === undefined ? {} : { hold }),
    ...(code === undefined ? {} : { code }),
  }
}

/** How much of what a delegation may hold it takes. */
export function weightOf(entry: Entry): number {
  return JSON.stringify(entry).length
}
