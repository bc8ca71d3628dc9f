import { hash, randomUUID } from "node:crypto"
import { fits, isEnd, isRest, mayBecome } from "@hufu/core/delegation/delegation-state"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import { Failure, isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { Clock } from "../../clock.ts"
import type { InterconnectSettings } from "../../config/interconnect-settings.ts"
import type { Store } from "../../store/store.ts"
import type { Attempt, Caller, Door, Governor, Held, Permit, Refused, Ruling } from "../governor.ts"
import { type Ticket, ticketOf } from "../ticket.ts"
import {
  type DelegationRow,
  delegationRows,
  type Entry,
  type Facts,
  type Ordered,
  type StoredEntry,
} from "./delegation-rows.ts"
import type {
  Ask,
  Delegation,
  DelegationRef,
  Delegations,
  Event,
  NewNotice,
  Notice,
  Ruled,
} from "./delegations.ts"
import { foldDelegation, newDelegation } from "./fold-delegation.ts"
import { attemptOf, contentOf, isWhole, sizeOf, withContent, withEdited } from "./order-attempt.ts"
import type { FromPartner, Partner, PartnerOrder, PartnerView } from "./partner.ts"
import { openQuotas } from "./quotas.ts"
import type { SendNotice } from "./send-notices.ts"

/** A partner as the delegations drive it. */
export interface Driven {
  readonly partner: Partner
  /** What an order attempts, where it is more than a message: the call of a tool. */
  readonly attempt?: (caller: Caller, ask: Ask) => Attempt | undefined
  /** What is known of an order before anything is decided: nothing leaves, and this is what comes of it. */
  readonly answer?: (ask: Ask) => Promise<Happening | undefined>
  /** Whether what it says has passed the pipeline already, as the result of its action. */
  readonly isInspected: boolean
}

export interface DelegationParts {
  readonly store: Store
  readonly clock: Clock
  readonly governor: Pick<Governor, "admit" | "awaitHold" | "standing" | "onStop">
  readonly settings: InterconnectSettings
  /** By the name of its server, as this agent reaches it; undefined where there is none. */
  readonly partner: (server: string, caller: Caller) => Driven | undefined
  /** The agent's identity code, where it has one here. */
  readonly aicOf: (agent: string) => string | undefined
  /** Hufu's task that an agent acts for. */
  readonly taskOf: (agent: string, principal: string) => Promise<string>
  readonly notices: SendNotice
  readonly onError: (error: unknown, doing: string) => void
}

/** A delegation that is open, or was looked at lately. */
interface Live {
  row: DelegationRow
  view: Delegation
  caller: Caller
  /** The last events, for whoever follows. */
  recent: Event[]
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

const mostInMemory = 2000
const recentBytes = 256 * 1024
const mostSeen = 1000
const mostNotices = 16
const mostEarly = 256
const sweepMs = 1000
const hourMs = 3_600_000
const dayMs = 86_400_000
const longestRetryMs = 30_000

/**
 * Opens what agents ask of each other, and goes on with what was open.
 *
 * INVARIANT: a message leaves only after its verdict and durable intent; what is shown of a delegation is durable first; an order that may
 * have reached a partner is never given again.
 */
export function openDelegations(parts: DelegationParts): Delegations & { close(): Promise<void> } {
  const { store, clock, governor, settings } = parts
  const rows = delegationRows(store)
  const quotas = openQuotas(clock, settings)
  /** Those that are open, and the last of the others; the least used goes first. */
  const memory = new Map<string, Live>()
  const names = new Map<string, Promise<unknown>>()
  const driving = new Set<Promise<void>>()
  let closed = false

  // Names and memory

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

  function remember(live: Live): Live {
    memory.set(keyOf(live.row.agent, live.row.server, live.row.facts.name), live)
    if (memory.size > mostInMemory)
      for (const [key, each] of memory) {
        if (memory.size <= mostInMemory) break
        if (isEnd(each.view.state) && each.waiting.size === 0 && each.busy === 0) memory.delete(key)
      }
    return live
  }

  /** Orders under one name come one after another, also before there is a delegation of that name. */
  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = names.get(key) ?? Promise.resolve()
    const mine = before.then(work)
    const settled = mine.catch(() => undefined)
    names.set(key, settled)
    void settled.then(() => names.get(key) === settled && names.delete(key))
    return mine
  }

  // What is written

  /** Writes entries and changed facts in one commit, and shows them after it. */
  function record(live: Live, entries: readonly Entry[], facts: Partial<Facts> = {}): Promise<void> {
    const mine = live.turn.then(() => write(live, entries, facts))
    live.turn = mine.catch(() => undefined)
    return mine
  }

  async function write(live: Live, entries: readonly Entry[], facts: Partial<Facts>): Promise<void> {
    const at = clock.now()
    const stored: StoredEntry[] = entries.map((entry, i) => ({ seq: live.view.lastSeq + 1 + i, at, entry }))
    let view = live.view
    for (const each of stored) view = foldDelegation(view, each)
    const row: DelegationRow = {
      ...live.row,
      state: view.state,
      changedAt: at,
      seq: view.lastSeq,
      facts: { ...live.row.facts, ...facts },
    }
    await store.commit((tx) => rows.put(tx, row, stored))
    const isEnding = isEnd(view.state) && !isEnd(live.view.state)
    live.row = row
    live.view = view
    for (const { seq, entry } of stored) {
      const weight = weightOf(entry)
      live.bytes += weight
      if (entry.kind === "happened") keepRecent(live, { seq, at, happening: entry.happening }, weight)
    }
    if (isEnding) ended(live)
    for (const wake of live.waiting) wake()
    for (const { seq, entry } of stored)
      if (entry.kind === "happened") notify(live, { seq, at, happening: entry.happening })
  }

  function keepRecent(live: Live, event: Event, weight: number): void {
    live.recent.push(event)
    live.recentBytes += weight
    while (live.recentBytes > recentBytes && live.recent.length > 1) {
      const gone = live.recent.shift()
      live.recentBytes -= gone === undefined ? 0 : weightOf({ kind: "happened", happening: gone.happening })
    }
  }

  function ended(live: Live): void {
    live.unregister()
    live.unregister = () => {}
    quotas.end(live.row.agent, live.row.server)
  }

  function notify(live: Live, event: Event): void {
    for (const notice of live.row.facts.notices) {
      const { states } = notice
      const isWanted =
        states.length === 0 || (event.happening.kind === "state" && states.includes(event.happening.state))
      if (isWanted) parts.notices.send(notice, live.view, event)
    }
  }

  function happened(happening: Happening, ruled?: Ruled): Entry {
    return { kind: "happened", happening, ...(ruled === undefined ? {} : { ruled: storedRuled(ruled) }) }
  }

  // Orders

  async function ask(caller: Caller, server: string, asked: Ask): Promise<Delegation> {
    governor.standing(caller)
    const driven = parts.partner(server, caller)
    if (driven === undefined) throw noPartner(server)
    checkAsk(asked, settings.messageBytes)
    const name = asked.task ?? randomUUID()
    const key = keyOf(caller.agent, server, name)
    return inTurn(key, async () => {
      const known = find(caller.agent, server, name)
      if (known) return goOn(known, caller, asked, driven)
      if (asked.order !== "start")
        throw new Failure(
          "not_found",
          "there is no such task of this agent with this partner: start it first",
        )
      return begin(caller, server, { ...asked, task: name }, driven)
    })
  }

  async function begin(caller: Caller, server: string, asked: Ask, driven: Driven): Promise<Delegation> {
    const name = asked.task ?? ""
    quotas.message(caller.agent, server)
    quotas.begin(caller.agent, server)
    let isKept = false
    try {
      const now = clock.now()
      const facts: Facts = {
        context: asked.context,
        name,
        confirms: asked.confirms,
        caller: {
          version: caller.version,
          principal: caller.principal,
          credential: caller.credential,
          door: caller.door,
        },
        notices: [],
        ...(asked.limits === undefined ? {} : { limits: asked.limits }),
        seen: asked.said === undefined ? [] : [[asked.said.id, digestOf(asked.said)]],
      }
      const row: DelegationRow = {
        id: newId("delegation", now),
        agent: caller.agent,
        server,
        task: await parts.taskOf(caller.agent, caller.principal),
        state: "submitted",
        createdAt: now,
        changedAt: now,
        seq: 0,
        facts,
      }
      const live = liveOf(row, newDelegation(row), caller)
      facts.notices.push(...rows.earlyNotices(caller.agent, server, name))
      if (asked.notice) {
        const to = { caller, server, name, known: facts.notices }
        facts.notices.push(storedNotice(await allowedNotice(to, asked.notice)))
      }
      await give(live, caller, asked, driven)
      isKept = true
      return live.view
    } finally {
      if (!isKept) quotas.end(caller.agent, server)
    }
  }

  /** A further order for one that is there; what does not fit, and what came before, changes nothing. */
  async function goOn(live: Live, caller: Caller, asked: Ask, driven: Driven): Promise<Delegation> {
    const { said, order } = asked
    if (said !== undefined) {
      const digest = digestOf(said)
      const known = live.row.facts.seen.find(([id]) => id === said.id)
      if (known !== undefined && known[1] !== digest)
        throw new Failure(
          "invalid_input",
          "a message of this id came before and said something else: give each message an id of its own",
        )
      if (known !== undefined) return live.view
    }
    if (!fits(order, live.view.state, asked.anyTime)) return live.view
    // What a person has not decided yet is given up with the delegation, and with nothing else.
    if (live.row.facts.pending?.hold !== undefined && order !== "cancel") return live.view
    quotas.message(caller.agent, live.row.server)
    live.caller = caller
    if (asked.notice)
      await setNotice(caller, { server: live.row.server, task: live.row.facts.name }, asked.notice)
    await give(live, caller, asked, driven)
    return live.view
  }

  /** Gives an order to the pipeline, and to the partner where the verdict lets it go. */
  async function give(live: Live, caller: Caller, asked: Ask, driven: Driven): Promise<void> {
    const { order, said, parameters } = asked
    const ordered: Ordered = {
      order,
      ...(said === undefined ? {} : { said }),
      ...(parameters === undefined ? {} : { parameters }),
    }
    const seen = said === undefined ? live.row.facts.seen : seenWith(live.row.facts.seen, said)
    const answer = order === "start" || order === "continue" ? await driven.answer?.(asked) : undefined
    if (answer !== undefined) {
      await record(live, [{ kind: "asked", ...ordered }, happened(answer)], { seen })
      adopt(live, caller)
      return
    }
    const attempt =
      driven.attempt?.(caller, asked) ?? attemptOf(caller, live.row.server, asked, live.row.facts.name)
    const ruling = await governor.admit(attempt)
    await apply(live, { ordered, attempt, driven, ruling, before: live.view.state, seen, isNew: true })
    adopt(live, caller)
  }

  /** From its first entry on it is found by its name, and stopped with its agent. */
  function adopt(live: Live, caller: Caller): void {
    remember(live)
    if (isEnd(live.view.state)) return
    live.unregister()
    const connected = { ...caller, connection: newId("connection", clock.now()) }
    live.unregister = governor.onStop(connected, (reason) => void stopped(live, reason))
  }

  interface Given {
    readonly ordered: Ordered
    readonly attempt: Attempt
    readonly driven: Driven
    readonly ruling: Ruling
    readonly before: Delegation["state"]
    readonly seen?: Facts["seen"]
    /** Whether the order has not been written down yet. */
    readonly isNew: boolean
  }

  async function apply(live: Live, given: Given): Promise<void> {
    const { ordered, attempt, driven, ruling, before, seen = live.row.facts.seen } = given
    const asked: Entry[] = given.isNew ? [{ kind: "asked", ...ordered }] : []
    if (ruling.kind === "refused") {
      const state = ordered.order === "start" ? "rejected" : before
      const said = { id: randomUUID(), parts: sentencesOf(ruling.reasons) }
      await record(live, [...asked, happened({ kind: "state", state, said }, ruledOf(ruling))], {
        seen,
        pending: undefined,
      })
      return
    }
    if (ruling.kind === "held") {
      const said = { id: randomUUID(), parts: sentencesOf(ruling.reasons) }
      await record(
        live,
        [...asked, happened({ kind: "state", state: "auth-required", said }, ruledOf(ruling))],
        {
          seen,
          pending: { ...ordered, hold: ruling.hold, before },
        },
      )
      drive(live, () => awaitPerson(live, { ...given, isNew: false }, ruling.hold))
      return
    }
    const ticket = ticketOf(ruling)
    const going = edited(ordered, ruling) ?? ordered
    const state = ordered.order === "start" ? "submitted" : "working"
    try {
      const entries =
        ordered.order === "cancel" || ordered.order === "complete"
          ? asked
          : [...asked, happened({ kind: "state", state })]
      await record(live, entries, { seen, pending: { ...going, before } })
    } catch (error) {
      ticket.settle({ outcome: "failed", reason: "not_written" })
      throw error
    }
    live.stop.abort(new Error(replaced))
    live.stop = new AbortController()
    const { stop } = live
    drive(live, () => perform(live, { ordered: going, attempt, driven, ticket, permit: ruling, stop }))
  }

  /** The message as a person approved it, where they changed it. */
  function edited(ordered: Ordered, { edited: arguments_ }: Permit): Ordered | undefined {
    if (arguments_ === undefined || ordered.said === undefined) return undefined
    const said = withEdited(ordered.said, arguments_)
    return said === undefined ? undefined : { ...ordered, said }
  }

  function drive(live: Live, work: () => Promise<void>): void {
    live.busy++
    const mine = work()
      .catch(async (error: unknown) => {
        parts.onError(error, `go on with the delegation ${live.row.id}`)
        await fail(live, error).catch((again: unknown) =>
          parts.onError(again, `write down how the delegation ${live.row.id} ended`),
        )
      })
      .finally(() => {
        driving.delete(mine)
        live.busy--
      })
    driving.add(mine)
  }

  async function awaitPerson(live: Live, given: Given, hold: string): Promise<void> {
    const { signal } = live.stop
    const state = await governor.awaitHold(live.caller, hold, signal)
    if (signal.aborted || closed || isEnd(live.view.state)) return
    if (state === "waiting") return
    await inTurn(keyOf(live.row.agent, live.row.server, live.row.facts.name), async () => {
      if (live.view.state !== "auth-required" || live.row.facts.pending?.hold !== hold) return
      const ruling = await governor.admit({ ...given.attempt, caller: live.caller, hold })
      await apply(live, { ...given, ruling })
    })
  }

  // The partner

  interface Going {
    readonly ordered: Ordered
    readonly attempt: Attempt
    readonly driven: Driven
    readonly ticket: Ticket
    readonly permit: Permit
    readonly stop: AbortController
  }

  /** What the asking agent ends on its own side, because the partner's protocol has no such step, or its own side ended before. */
  async function endHere(live: Live, { ordered, ticket }: Going): Promise<void> {
    if (!ticket.leave()) return fail(live, stoppedFailure())
    ticket.settle({ outcome: "done", result: {} })
    const state = ordered.order === "cancel" ? "canceled" : "completed"
    return record(live, [happened({ kind: "state", state })], { pending: undefined })
  }

  async function perform(live: Live, going: Going): Promise<void> {
    const { ordered, driven, ticket, permit, stop } = going
    const { order } = ordered
    const isOver = !driven.partner.confirms && live.view.state === "delivered"
    if (isOver && (order === "complete" || order === "cancel")) return endHere(live, going)
    const signal = AbortSignal.any([stop.signal, permit.signal])
    let isAnswered = false
    try {
      for await (const from of driven.partner.order(orderOf(live, going), ticket, signal)) {
        isAnswered ||= from.happening.kind === "state"
        if (!(await isHeard(live, driven, from))) return ticket.settle({ outcome: "done", result: {} })
      }
    } catch (error) {
      if (isReplaced(stop)) return ticket.settle({ outcome: "unknown", reason: "cancelled" })
      const mayHaveLeft = !isFailure(error, "upstream_unavailable")
      ticket.settle({
        outcome: mayHaveLeft ? "unknown" : "failed",
        reason: permit.signal.aborted ? "stopped" : mayHaveLeft ? "connection_lost" : "upstream_error",
      })
      if (stop.signal.aborted || closed) return
      if (!mayHaveLeft || !canFollow(live, driven)) return fail(live, error)
      return follow(live, driven, stop)
    }
    // A permit that could not leave any more has settled itself.
    if (ticket.settled && !driven.isInspected) return fail(live, stoppedFailure())
    ticket.settle({ outcome: "done", result: {} })
    // A partner that says nothing of it has taken it; one that says otherwise is believed.
    if (
      !isAnswered &&
      !isEnd(live.view.state) &&
      (ordered.order === "cancel" || ordered.order === "complete")
    )
      return record(
        live,
        [happened({ kind: "state", state: ordered.order === "cancel" ? "canceled" : "completed" })],
        { pending: undefined },
      )
    if (live.row.facts.pending !== undefined) await record(live, [], { pending: undefined })
    return follow(live, driven, stop)
  }

  function orderOf(live: Live, { ordered, permit }: Going): PartnerOrder {
    return {
      ...ordered,
      view: viewOf(live),
      sender: senderOf(live),
      authority: {
        principal: live.caller.principal,
        task: live.row.task,
        mandate: undefined,
        action: permit.action,
      },
    }
  }

  function viewOf({ row, view }: Live): PartnerView {
    const { facts } = row
    return {
      delegation: row.id,
      context: facts.context,
      task: facts.name,
      partnerContext: facts.partnerContext,
      partnerTask: facts.partnerTask,
      state: view.state,
    }
  }

  function senderOf({ row }: Live): PartnerOrder["sender"] {
    return { agent: row.agent, aic: parts.aicOf(row.agent) }
  }

  /** Whether the partner can be asked how it stands: it knows the delegation by a name that Hufu knows too. */
  function canFollow({ row }: Live, { partner }: Driven): boolean {
    return partner.protocol === "aip" || (partner.protocol === "a2a" && row.facts.partnerTask !== undefined)
  }

  /** Hears what a partner says until the delegation rests, also over connections that break. */
  async function follow(live: Live, driven: Driven, stop: AbortController): Promise<void> {
    const { signal } = stop
    let lostSince: number | undefined
    for (let attempt = 0; !isRest(live.view.state) && !signal.aborted; attempt++) {
      if (!canFollow(live, driven)) return fail(live, lostFailure())
      try {
        const { partnerSeq } = live.row.facts
        const view = viewOf(live)
        const said =
          attempt === 0 || attempt % 2 === 1
            ? driven.partner.follow(view, senderOf(live), partnerSeq, signal)
            : driven.partner.look(view, senderOf(live), signal)
        for await (const from of said) {
          lostSince = undefined
          if (!(await isHeard(live, driven, from))) return undefined
        }
      } catch (error) {
        if (signal.aborted || closed) return
        if (
          isFailure(error, "not_found") ||
          isFailure(error, "invalid_input") ||
          isFailure(error, "forbidden")
        )
          return fail(live, error)
        lostSince ??= clock.monotonic()
        if (clock.monotonic() - lostSince > settings.lostSeconds * 1000) return fail(live, lostFailure())
      }
      if (!isRest(live.view.state))
        await pause(Math.min(longestRetryMs, 200 * 2 ** Math.min(attempt, 8)), signal)
    }
  }

  /** Whether there is more to hear; what may not be shown ends the delegation. */
  async function isHeard(live: Live, driven: Driven, from: FromPartner): Promise<boolean> {
    try {
      await receive(live, driven, from)
    } catch (error) {
      if (closed || live.stop.signal.aborted) throw error
      await fail(live, error)
      await cancelPartner(live, driven)
    }
    return !isEnd(live.view.state)
  }

  /** What a partner said: first the verdict, then it is written, then it is shown. */
  async function receive(live: Live, driven: Driven, from: FromPartner): Promise<void> {
    const names = namesOf(live, from)
    if (from.happening.kind === "state" && !mayBecome(live.view.state, from.happening.state)) return
    const happening = asAsked(live, driven, from.happening)
    const weight = weightOf({ kind: "happened", happening })
    const { productBytes = settings.productBytes } = live.row.facts.limits ?? {}
    const most = Math.min(productBytes, settings.productBytes)
    const isTooMuch = happening.kind !== "state" && live.bytes + weight > most
    if (isTooMuch || live.bytes + weight > settings.productBytes || live.view.lastSeq >= settings.events) {
      throw new Failure(
        "too_large",
        "the partner said more than one delegation may hold, so it was canceled: ask for less of it, or raise `interconnect.productBytes`",
      )
    }
    const shown = driven.isInspected ? happening : await inspected(live, driven, happening)
    if (shown === undefined) return
    await record(live, [happened(shown)], names)
    const isDelivered = shown.kind === "state" && shown.state === "delivered"
    if (isDelivered && !live.row.facts.confirms && driven.partner.confirms) await take(live, driven)
  }

  /** INVARIANT: a partner speaks of the task that it was given, and of nobody else's. */
  function namesOf(live: Live, { partnerTask, partnerContext, seq }: FromPartner): Partial<Facts> {
    const { facts } = live.row
    const names: Partial<Facts> = {}
    if (partnerTask !== undefined && partnerTask !== facts.partnerTask) {
      const owner = rows.ofPartner(live.row.server, partnerTask)
      const isSame = owner === undefined || owner === live.row.id
      const mayRename = facts.partnerTask === undefined || live.view.state === "delivered"
      if (!isSame || !mayRename)
        throw new Failure(
          "invalid_input",
          "the partner answered with a task that is another delegation's: it was not shown",
        )
      names.partnerTask = partnerTask
    }
    if (partnerContext !== undefined && partnerContext !== facts.partnerContext)
      names.partnerContext = partnerContext
    if (seq !== undefined) names.partnerSeq = seq
    return names
  }

  /** Where one side's protocol has the asking agent take what was delivered and the other's has not. */
  function asAsked({ row }: Live, { partner }: Driven, happening: Happening): Happening {
    if (happening.kind !== "state" || happening.state !== "completed") return happening
    return row.facts.confirms && !partner.confirms ? { ...happening, state: "delivered" } : happening
  }

  async function inspected(live: Live, driven: Driven, happening: Happening): Promise<Happening | undefined> {
    const content = contentOf(happening)
    if (content === undefined) return happening
    const attempt: Attempt = {
      caller: live.caller,
      server: live.row.server,
      tool: "delegation/answer",
      arguments: {
        from: live.row.server,
        context: live.row.facts.context,
        task: live.row.facts.name,
        kind: happening.kind,
        digest: hash("sha256", canonicalize(content)),
      },
      answers: true,
    }
    const ruling = await decided(live, attempt)
    if (ruling.kind === "refused") {
      await cancelPartner(live, driven)
      const said = { id: randomUUID(), parts: sentencesOf(ruling.reasons) }
      await record(live, [happened({ kind: "state", state: "failed", said }, ruledOf(ruling))], {
        pending: undefined,
      })
      return undefined
    }
    const ticket = ticketOf(ruling)
    if (!ticket.leave()) throw stoppedFailure()
    const left = ruling.redact === undefined ? content : ruling.redact(content)
    const shown = left === undefined ? undefined : left === content ? happening : withContent(happening, left)
    ticket.settle({ outcome: "done", result: left ?? {} })
    if (shown !== undefined) return shown
    throw new Failure(
      "too_large",
      "a rule has parts of what the partner said taken out, and it is too large to be looked through: ask for less of it",
    )
  }

  /** The verdict on what a partner said; a person may have to give it first. */
  async function decided(live: Live, attempt: Attempt): Promise<Permit | Refused> {
    let ruling = await governor.admit(attempt)
    while (ruling.kind === "held") {
      const said = { id: randomUUID(), parts: sentencesOf(ruling.reasons) }
      const { state } = live.view
      await record(live, [happened({ kind: "state", state: "auth-required", said }, ruledOf(ruling))])
      const heard = await governor.awaitHold(live.caller, ruling.hold, live.stop.signal)
      if (heard === "waiting") throw stoppedFailure()
      ruling = await governor.admit({ ...attempt, hold: ruling.hold })
      await record(live, [happened({ kind: "state", state })])
    }
    return ruling
  }

  /** Takes what was delivered, for an asking agent whose protocol has no word for it. */
  async function take(live: Live, driven: Driven): Promise<void> {
    const ask: Ask = { order: "complete", context: live.row.facts.context, confirms: false }
    const attempt = attemptOf(live.caller, live.row.server, ask, live.row.facts.name)
    const ruling = await decided(live, attempt)
    if (ruling.kind === "refused") return
    const ticket = ticketOf(ruling)
    const going = {
      ordered: { order: "complete" as const },
      attempt,
      driven,
      ticket,
      permit: ruling,
      stop: live.stop,
    }
    await perform(live, going)
  }

  /** Tells a partner that nobody waits any more, as best possible: it may have ended long ago. */
  async function cancelPartner(live: Live, { partner }: Driven): Promise<void> {
    const order: PartnerOrder = {
      order: "cancel",
      view: viewOf(live),
      sender: senderOf(live),
      authority: { principal: live.caller.principal, task: live.row.task, mandate: undefined, action: "" },
    }
    try {
      for await (const _ of partner.order(order, freeTicket(), AbortSignal.timeout(5000))) break
    } catch {
      // It may be gone.
    }
  }

  async function fail(live: Live, error: unknown): Promise<void> {
    if (isEnd(live.view.state)) return
    const failure = isFailure(error)
      ? error
      : new Failure("internal", "something went wrong inside Hufu; see its log")
    const said: Said = { id: randomUUID(), parts: [{ kind: "text", text: failure.message }] }
    const ruled: Ruled = { code: failure.code, reasons: [] }
    await record(live, [happened({ kind: "state", state: "failed", said }, ruled)], { pending: undefined })
  }

  /** INVARIANT 6: what an agent asked ends with it. */
  async function stopped(live: Live, reason: string): Promise<void> {
    live.stop.abort(new Error(reason))
    if (isEnd(live.view.state)) return
    try {
      const said: Said = {
        id: randomUUID(),
        parts: [{ kind: "text", text: `stopped: ${reason.slice(0, 200)}` }],
      }
      const ruled: Ruled = { code: "stopped", reasons: [] }
      await record(live, [happened({ kind: "state", state: "canceled", said }, ruled)], {
        pending: undefined,
      })
    } catch (error) {
      parts.onError(error, `write down that the delegation ${live.row.id} was stopped`)
    }
    const driven = parts.partner(live.row.server, live.caller)
    if (driven && driven.partner.protocol !== "mcp") await cancelPartner(live, driven)
  }

  // Looking

  function need(caller: Caller, { server, task }: DelegationRef): Live {
    governor.standing(caller)
    const live = find(caller.agent, server, task)
    if (live === undefined)
      throw new Failure("not_found", "there is no such task of this agent with this partner")
    return live
  }

  async function* events(
    caller: Caller,
    ref: DelegationRef,
    after: number,
    until: "rest" | "end",
    signal: AbortSignal,
  ): AsyncGenerator<Event> {
    const live = need(caller, ref)
    if (after > live.view.lastSeq)
      throw new Failure("stale", "nothing has this number yet: resume from one that was seen", {
        extra: { lastAvailableSeq: live.view.lastSeq },
      })
    let seen = after
    const isOver = () => (until === "rest" ? isRest(live.view.state) : isEnd(live.view.state))
    for (;;) {
      for (const event of eventsAfter(live, seen)) {
        if (signal.aborted) return
        yield event
        seen = event.seq
      }
      const { lastSeq } = live.view
      if (eventsAfter(live, seen).length > 0) continue
      if (isOver() || signal.aborted || closed) return
      await changed(live, lastSeq, signal)
      governor.standing(caller)
    }
  }

  function eventsAfter(live: Live, after: number): readonly Event[] {
    const [first] = live.recent
    if (first !== undefined && first.seq <= after + 1) return live.recent.filter(({ seq }) => seq > after)
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

  // Notices

  interface ToBeTold {
    readonly caller: Caller
    readonly server: string
    readonly name: string
    readonly known: readonly Notice[]
  }

  /** Whether this address may be told is decided as a send to it. */
  async function allowedNotice(
    { caller, server, name, known }: ToBeTold,
    notice: NewNotice,
  ): Promise<Notice> {
    if (known.length >= mostNotices && !known.some(({ id }) => id === notice.id))
      throw new Failure(
        "too_many",
        `a delegation has at most ${mostNotices} addresses that are told: remove one first`,
      )
    await parts.notices.refuse(notice.url)
    const ruling = await governor.admit({
      caller,
      server,
      tool: "delegation/notify",
      arguments: { to: server, task: name, url: notice.url, states: [...notice.states] },
    })
    if (ruling.kind === "held")
      throw new Failure(
        "forbidden",
        "telling this address has to be approved first: have it approved, then set it again",
        { extra: { hold: ruling.hold, expiresAt: ruling.expiresAt } },
      )
    if (ruling.kind === "refused")
      throw new Failure("forbidden", ruling.reasons[0]?.en ?? "this address may not be told", {
        extra: { reasons: ruling.reasons },
      })
    const ticket = ticketOf(ruling)
    if (!ticket.leave()) throw stoppedFailure()
    ticket.settle({ outcome: "done", result: {} })
    const { id = randomUUID(), url, token, states, protocol, about } = notice
    return { id, url, ...(token === undefined ? {} : { token }), states: [...states], protocol, about }
  }

  async function setNotice(
    caller: Caller,
    { server, task: name }: DelegationRef,
    notice: NewNotice,
  ): Promise<Notice> {
    const live = find(caller.agent, server, name)
    const known = live?.row.facts.notices ?? rows.earlyNotices(caller.agent, server, name)
    const allowed = await allowedNotice({ caller, server, name, known }, notice)
    await keepNotices(caller, { server, task: name }, [
      ...known.filter(({ id }) => id !== allowed.id),
      allowed,
    ])
    return allowed
  }

  /** With the delegation, or until it starts. */
  async function keepNotices(
    caller: Caller,
    { server, task: name }: DelegationRef,
    notices: readonly Notice[],
  ): Promise<void> {
    const live = find(caller.agent, server, name)
    const kept = notices.map(storedNotice)
    if (live) return record(live, [], { notices: kept })
    if (notices.length > 0 && rows.countEarly(caller.agent) >= mostEarly)
      throw new Failure(
        "too_many",
        `this agent has ${mostEarly} addresses that are told of tasks which have not started: start some first`,
      )
    const task = await parts.taskOf(caller.agent, caller.principal)
    const of = { agent: caller.agent, server, name, task, at: clock.now() }
    await store.commit((tx) => rows.putEarly(tx, of, kept))
  }

  function noticesOf(caller: Caller, { server, task: name }: DelegationRef): readonly Notice[] {
    governor.standing(caller)
    return (
      find(caller.agent, server, name)?.row.facts.notices ?? rows.earlyNotices(caller.agent, server, name)
    )
  }

  // Time

  async function sweep(): Promise<void> {
    const now = clock.now()
    for (const live of memory.values()) {
      const { state, stateAt, createdAt } = live.view
      if (isEnd(state)) continue
      const { timeoutMs = Infinity } = live.row.facts.limits ?? {}
      if (now - createdAt > Math.min(settings.lifeHours * hourMs, timeoutMs)) {
        live.stop.abort(new Error("given up"))
        const driven = parts.partner(live.row.server, live.caller)
        if (driven) await cancelPartner(live, driven)
        await fail(live, new Failure("upstream_lost", "it did not end in time, and was given up"))
      } else if (
        now - stateAt > settings.answerHours * hourMs &&
        (state === "delivered" || state === "input-required")
      ) {
        const to = state === "delivered" ? "completed" : "canceled"
        await record(live, [happened({ kind: "state", state: to })], { pending: undefined })
      }
    }
  }

  let sweeping: Promise<void> | undefined
  const timer = setInterval(() => {
    sweeping ??= sweep()
      .catch((error: unknown) => parts.onError(error, "look which delegations have ended"))
      .finally(() => (sweeping = undefined))
  }, sweepMs)
  timer.unref()
  const pruning = setInterval(prune, hourMs)
  pruning.unref()

  function prune(): void {
    store
      .commit((tx) => rows.prune(tx, clock.now() - settings.keepDays * dayMs, settings.keep))
      .catch((error: unknown) => parts.onError(error, "forget delegations that ended long ago"))
  }

  /** What was open when the node ended goes on: held ones wait again, and a partner is asked how it stands. */
  function resume(): void {
    for (const row of rows.live()) {
      const live = remember(load(row))
      quotas.resume(row.agent, row.server)
      const { pending } = row.facts
      const driven = parts.partner(row.server, live.caller)
      adopt(live, live.caller)
      if (driven === undefined) {
        drive(live, () => fail(live, noPartner(row.server)))
        continue
      }
      if (pending?.hold !== undefined && live.view.state === "auth-required") {
        const { hold, before = "submitted", ...ordered } = pending
        const asked: Ask = {
          ...ordered,
          context: row.facts.context,
          task: row.facts.name,
          confirms: row.facts.confirms,
        } as Ask
        const attempt =
          driven.attempt?.(live.caller, asked) ?? attemptOf(live.caller, row.server, asked, row.facts.name)
        drive(live, async () => {
          if (driven.answer) await driven.answer(asked)
          return awaitPerson(live, { ordered, attempt, driven, before, isNew: false, ruling: unheard }, hold)
        })
      } else if (!isRest(live.view.state) || pending !== undefined) {
        // INVARIANT: what may have left is not given again.
        drive(live, () =>
          canFollow(live, driven) ? follow(live, driven, live.stop) : fail(live, lostFailure()),
        )
      }
    }
  }

  resume()

  return {
    ask,
    async look(caller, ref) {
      return need(caller, ref).view
    },
    list(caller, server, filter) {
      governor.standing(caller)
      const all = rows.list(caller.agent, server, filter.changedAfter ?? -1).filter(({ state, facts }) => {
        const isState = filter.states === undefined || filter.states.includes(state)
        return isState && (filter.context === undefined || facts.context === filter.context)
      })
      const shown = all.slice(filter.offset, filter.offset + filter.limit)
      return {
        total: all.length,
        delegations: shown
          .map(({ agent, server: of, facts }) => find(agent, of, facts.name)?.view)
          .filter((view) => view !== undefined),
      }
    },
    follow: (caller, ref, after, until, signal) => events(caller, ref, after, until, signal),
    notices: {
      async set(caller, ref, notice) {
        governor.standing(caller)
        if (parts.partner(ref.server, caller) === undefined) throw noPartner(ref.server)
        return setNotice(caller, ref, notice)
      },
      list: noticesOf,
      async remove(caller, ref, id) {
        const known = noticesOf(caller, ref)
        const left = id === undefined ? [] : known.filter((each) => each.id !== id)
        if (left.length === known.length) return false
        await keepNotices(caller, ref, left)
        return true
      },
    },
    async close() {
      closed = true
      clearInterval(timer)
      clearInterval(pruning)
      for (const live of memory.values()) {
        live.stop.abort(new Error("Hufu is closing"))
        for (const wake of live.waiting) wake()
      }
      await Promise.allSettled(driving)
      await Promise.allSettled([...memory.values()].map(({ turn }) => turn))
      await parts.notices.close()
    },
  }
}

/** It is never looked at: a held order is decided on anew once a person has spoken. */
const unheard: Held = { kind: "held", action: "", hold: "", expiresAt: 0, reasons: [] }

const replaced = "another order came"

function isReplaced({ signal }: AbortController): boolean {
  return signal.aborted && signal.reason instanceof Error && signal.reason.message === replaced
}

function callerOf({ agent, facts }: DelegationRow, now: number): Caller {
  const { version, principal, credential, door } = facts.caller
  return { agent, version, principal, credential, door: door as Door, connection: newId("connection", now) }
}

/** For what Hufu itself tells a partner at a stop: no action of the agent's. */
function freeTicket(): Ticket {
  return ticketOf({
    kind: "go",
    action: "",
    signal: new AbortController().signal,
    leave: () => true,
    conclude() {},
    abandon() {},
  })
}

function noPartner(server: string): Failure {
  return new Failure(
    "not_found",
    `there is no partner \`${server.slice(0, 80)}\`: \`hufu server list\` shows them`,
  )
}

function lostFailure(): Failure {
  return new Failure(
    "upstream_lost",
    "the partner was lost: it may have done what was asked, so it is not asked again; look at the partner before you do",
  )
}

function stoppedFailure(): Failure {
  return new Failure("stopped", "the agent, the partner or everything was stopped")
}

function checkAsk({ said, context, task }: Ask, most: number): void {
  if (context.length > 256 || (task?.length ?? 1) > 256 || task === "")
    throw new Failure("invalid_input", "a task and a conversation have a name of 1 to 256 characters")
  if (said === undefined) return
  if (said.parts.length > 1000)
    throw new Failure("too_large", "a message has at most 1,000 parts: send it in several")
  if (!said.parts.every(isWhole))
    throw new Failure("invalid_input", "a file is given by its address or by its bytes: give one of the two")
  if (sizeOf(said.parts) > most)
    throw new Failure("too_large", `a message has at most ${most} bytes: send it in several, or by reference`)
}

function digestOf({ original: _original, ...said }: Said): string {
  // Said is plain JSON by its schema.
  return hash("sha256", canonicalize(said as unknown as JsonValue))
}

function seenWith(seen: Facts["seen"], said: Said): Facts["seen"] {
  return [...seen, [said.id, digestOf(said)] as [string, string]].slice(-mostSeen)
}

function weightOf(entry: Entry): number {
  return JSON.stringify(entry).length
}

function sentencesOf(reasons: readonly { readonly en: string; readonly zh: string }[]): Said["parts"] {
  return reasons.slice(0, 16).flatMap(({ en, zh }) => [
    { kind: "text" as const, text: en, metadata: { language: "en" } satisfies JsonObject },
    { kind: "text" as const, text: zh, metadata: { language: "zh" } satisfies JsonObject },
  ])
}

function ruledOf(ruling: Held | Refused): Ruled {
  if (ruling.kind === "refused") return { reasons: ruling.reasons, code: ruling.code }
  return { reasons: ruling.reasons, hold: { id: ruling.hold, expiresAt: ruling.expiresAt } }
}

function storedRuled({ reasons, hold, code }: Ruled) {
  return {
    reasons: reasons.slice(0, 16).map(({ rule, en, zh }) => ({ rule, en, zh })),
    ...(hold === undefined ? {} : { hold }),
    ...(code === undefined ? {} : { code }),
  }
}

function storedNotice({ token, states, ...rest }: Notice): Facts["notices"][number] {
  return { ...rest, ...(token === undefined ? {} : { token }), states: [...states] }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    return signal.addEventListener("abort", done, { once: true })
  })
}
