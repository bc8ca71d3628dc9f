import { hash, randomUUID } from "node:crypto"
import { fits, isEnd, isRest } from "@hufu/core/delegation/delegation-state"
import type { Said } from "@hufu/core/delegation/happening"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { Attempt, Caller, Held, Permit, Ruling } from "../governor.ts"
import { ticketOf } from "../ticket.ts"
import { happened, type Live, type Trace } from "./delegation-memory.ts"
import type { DelegationNotices } from "./delegation-notices.ts"
import type { DelegationRow, Entry, Facts, Ordered } from "./delegation-rows.ts"
import { type Conversed, converse } from "./converse.ts"
import { noPartner, remarkEntry, ruledEntry } from "./delegation-words.ts"
import type { Ask, Delegation } from "./delegations.ts"
import { type Driver, ended, replaced } from "./drive-partner.ts"
import { cancelPartner, type Driven, fail, halt, type Hub, partnerOf } from "./hub.ts"
import { attemptOf, isWhole, sizeOf, withEdited } from "./order-attempt.ts"

/** Orders of asking agents, from the door to the verdict. */
export interface Orders {
  ask(caller: Caller, server: string, asked: Ask): Promise<Delegation>
  /** Goes on with one that was open when the node ended. */
  resume(live: Live): void
  /** Ends once everything under way has. */
  settled(): Promise<unknown>
}

const mostSeen = 1000

/** An order and the verdict on it. */
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

export function giveOrders(hub: Hub, driver: Driver, notices: DelegationNotices): Orders {
  const { clock, governor, memory, quotas, settings } = hub
  const driving = new Set<Promise<void>>()

  async function ask(caller: Caller, server: string, asked: Ask): Promise<Delegation> {
    governor.standing(caller)
    const driven = hub.partner(server, caller)
    if (driven === undefined) throw noPartner(server)
    checkAsk(asked, settings.messageBytes)
    const name = asked.task ?? randomUUID()
    return memory.inTurn(caller.agent, server, name, async () => {
      const known = memory.find(caller.agent, server, name)
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
    const above = asked.under === undefined ? undefined : hub.orders.get(asked.under)
    if (above !== undefined) quotas.chain(above, hub.orders.openIn(above.root))
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
        task: await hub.taskOf(caller.agent, caller.principal),
        state: "submitted",
        createdAt: now,
        changedAt: now,
        seq: 0,
        facts,
      }
      facts.notices.push(...(await notices.atStart(caller, { server, task: name }, asked.notice)))
      const live = memory.begin(row, caller)
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
      await notices.set(caller, { server: live.row.server, task: live.row.facts.name }, asked.notice)
    await give(live, caller, asked, driven)
    return live.view
  }

  /** Gives an order to the pipeline, and to the partner where the verdict lets it go. */
  async function give(live: Live, caller: Caller, asked: Ask, driven: Driven): Promise<void> {
    const { order, said, parameters, under } = asked
    const ordered: Ordered = {
      order,
      ...(under === undefined ? {} : { under }),
      ...(said === undefined ? {} : { said }),
      ...(parameters === undefined ? {} : { parameters }),
    }
    const seen = said === undefined ? live.row.facts.seen : seenWith(live.row.facts.seen, said)
    const answer = order === "start" || order === "continue" ? await driven.answer?.(asked) : undefined
    if (answer !== undefined) {
      await memory.record(live, [{ kind: "asked", ...ordered }, happened(answer)], { seen })
      adopt(live, caller)
      return
    }
    const talk = await converse(hub.conversations, live, driven.partner, { from: "user", said })
    if (talk?.refused !== undefined || talk?.ends) {
      await leave(live, { ordered, seen, driven }, talk)
      adopt(live, caller)
      return
    }
    const attempt =
      driven.attempt?.(caller, asked) ??
      attemptOf(caller, partnerOf(live, driven), asked, live.row.facts.name)
    const ruling = await governor.admit(attempt)
    await apply(live, { ordered, attempt, driven, ruling, before: live.view.state, seen, isNew: true })
    adopt(live, caller)
    for (const reason of talk?.told ?? [])
      if (!isEnd(live.view.state)) await memory.record(live, [remarkEntry(reason, live.view.state)])
  }

  /** What is said and does not go: the delegation stays as it is, or is over with it. */
  async function leave(
    live: Live,
    { ordered, seen, driven }: Pick<Given, "ordered" | "seen" | "driven">,
    { refused, told, ends }: Conversed,
  ): Promise<void> {
    const isNew = ordered.order === "start"
    const asked: Entry = { kind: "asked", ...ordered }
    const words = told.map((reason) => remarkEntry(reason, ends ? "canceled" : live.view.state))
    const state = isNew ? "rejected" : live.view.state
    const entries = ends
      ? [asked, ...words]
      : [asked, ...words, ...(refused ? [ruledEntry(refused, state)] : [])]
    const facts = seen === undefined ? {} : { seen }
    if (!isNew && !ends) return memory.record(live, entries, facts)
    live.stop.abort(new Error(ended))
    await memory.record(live, entries, { ...facts, pending: undefined })
    if (!isNew) await cancelPartner(hub, live, driven)
    return undefined
  }

  /** From its first entry on it is found by its name, and stopped with its agent. */
  function adopt(live: Live, caller: Caller): void {
    memory.remember(live)
    if (isEnd(live.view.state)) return
    live.unregister()
    const connected = { ...caller, connection: newId("connection", clock.now()) }
    live.unregister = governor.onStop(connected, (reason) => void halt(hub, live, reason))
  }

  async function apply(live: Live, given: Given): Promise<void> {
    const { ordered, attempt, driven, ruling, before, seen = live.row.facts.seen } = given
    const { action } = ruling
    const asked: Entry[] = given.isNew
      ? [{ kind: "asked", ...ordered, ...(action === undefined ? {} : { action }) }]
      : []
    const trace = traceOf(live, ordered.under, action)
    if (ruling.kind === "refused") {
      const state = ordered.order === "start" ? "rejected" : before
      await memory.record(live, [...asked, ruledEntry(ruling, state)], { seen, pending: undefined }, trace)
      return
    }
    if (ruling.kind === "held") {
      const pending = { ...ordered, hold: ruling.hold, before }
      await memory.record(live, [...asked, ruledEntry(ruling, "auth-required")], { seen, pending }, trace)
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
      await memory.record(live, entries, { seen, pending: { ...going, before } }, trace)
    } catch (error) {
      ticket.settle({ outcome: "failed", reason: "not_written" })
      throw error
    }
    live.stop.abort(new Error(ordered.order === "continue" ? replaced : ended))
    live.stop = new AbortController()
    const { stop } = live
    drive(live, () => driver.perform(live, { ordered: going, attempt, driven, ticket, permit: ruling, stop }))
  }

  /** A later order stays in the trace that its delegation began in. */
  function traceOf({ row }: Live, under: string | undefined, action: string | undefined): Trace {
    const above = under === undefined ? undefined : memory.rows.ofOrder(under)
    return {
      action: action ?? row.action,
      under: under ?? row.under,
      root: row.root ?? above?.root ?? action,
      above: above?.id ?? row.above,
    }
  }

  function drive(live: Live, work: () => Promise<void>): void {
    live.busy++
    const mine = work()
      .catch(async (error: unknown) => {
        hub.onError(error, `go on with the delegation ${live.row.id}`)
        await fail(hub, live, error).catch((again: unknown) =>
          hub.onError(again, `write down how the delegation ${live.row.id} ended`),
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
    if (signal.aborted || hub.isClosed() || isEnd(live.view.state)) return
    if (state === "waiting") return
    const { agent, server, facts } = live.row
    await memory.inTurn(agent, server, facts.name, async () => {
      if (live.view.state !== "auth-required" || live.row.facts.pending?.hold !== hold) return
      const ruling = await governor.admit({ ...given.attempt, caller: live.caller, hold })
      await apply(live, { ...given, ruling })
    })
  }

  function resume(live: Live): void {
    const { row } = live
    quotas.resume(row.agent, row.server)
    const { pending } = row.facts
    const driven = hub.partner(row.server, live.caller)
    adopt(live, live.caller)
    if (driven === undefined) return drive(live, () => fail(hub, live, noPartner(row.server)))
    if (pending?.hold !== undefined && live.view.state === "auth-required") {
      const { hold, before = "submitted", ...ordered } = pending
      const { context, name, confirms } = row.facts
      const asked: Ask = { ...ordered, context, task: name, confirms }
      const attempt =
        driven.attempt?.(live.caller, asked) ?? attemptOf(live.caller, partnerOf(live, driven), asked, name)
      return drive(live, async () => {
        if (driven.answer) await driven.answer(asked)
        return awaitPerson(live, { ordered, attempt, driven, before, isNew: false, ruling: unheard }, hold)
      })
    }
    if (!isRest(live.view.state) || pending !== undefined) drive(live, () => driver.goOn(live, driven))
    return undefined
  }

  return { ask, resume, settled: () => Promise.allSettled(driving) }
}

/** It is never looked at: a held order is decided on anew once a person has spoken. */
const unheard: Held = { kind: "held", action: "", hold: "", expiresAt: 0, reasons: [] }

/** The message as a person approved it, where they changed it. */
function edited(ordered: Ordered, { edited: arguments_ }: Permit): Ordered | undefined {
  if (arguments_ === undefined || ordered.said === undefined) return undefined
  const said = withEdited(ordered.said, arguments_)
  return said === undefined ? undefined : { ...ordered, said }
}

function checkAsk({ said, context, task }: Ask, most: number): void {
  if (context.length > 256 || (task?.length ?? 1) > 256 || task === "")
    throw new Failure("invalid_input", "a task and a conversation have a name of 1 to 256 characters")
  if (said === undefined) return
  if (said.parts.length > 1000)
    throw new Failure("too_large", "a message has at most 1,000 parts: send it in several")
  if (!said.parts.every(isWhole))
    throw new Failure("invalid_input", "a file is given by its address or by its bytes: give one of the two")
  if (sizeOf(said) > most)
    throw new Failure("too_large", `a message has at most ${most} bytes: send it in several, or by reference`)
}

function digestOf({ original: _original, ...said }: Said): string {
  // Said is plain JSON by its schema.
  return hash("sha256", canonicalize(said as unknown as JsonValue))
}

function seenWith(seen: Facts["seen"], said: Said): Facts["seen"] {
  return [...seen, [said.id, digestOf(said)] as [string, string]].slice(-mostSeen)
}
