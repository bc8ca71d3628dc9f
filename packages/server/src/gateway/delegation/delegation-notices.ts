import { randomUUID } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { Caller } from "../governor.ts"
import { ticketOf } from "../ticket.ts"
import type { Facts } from "./delegation-rows.ts"
import { noPartner, stoppedFailure } from "./delegation-words.ts"
import type { DelegationRef, Delegations, NewNotice, Notice } from "./delegations.ts"
import type { Hub } from "./hub.ts"

interface ToBeTold {
  readonly caller: Caller
  readonly server: string
  readonly known: readonly Notice[]
}

/** Where is told of delegations, also of those that have not started. */
export interface DelegationNotices {
  readonly shown: Delegations["notices"]
  /** Those of a task that starts: set before it, and with it. */
  atStart(caller: Caller, ref: DelegationRef, notice: NewNotice | undefined): Promise<Facts["notices"]>
  set(caller: Caller, ref: DelegationRef, notice: NewNotice): Promise<Notice>
}

const mostNotices = 16
const mostEarly = 256

export function delegationNotices(hub: Hub): DelegationNotices {
  const { clock, governor, memory, store } = hub
  const { rows } = memory

  /** Whether this address may be told is decided as a send to it. */
  async function allowedNotice({ caller, server, known }: ToBeTold, notice: NewNotice): Promise<Notice> {
    if (known.length >= mostNotices && !known.some(({ id }) => id === notice.id))
      throw new Failure(
        "too_many",
        `a delegation has at most ${mostNotices} addresses that are told: remove one first`,
      )
    await hub.notices.refuse(notice.url)
    const ruling = await governor.admit({
      caller,
      server,
      tool: "delegation/notify",
      // Not for which task: a person approves the address, and the same is set again then.
      arguments: { to: server, url: notice.url, states: [...notice.states] },
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
    const live = memory.find(caller.agent, server, name)
    const known = live?.row.facts.notices ?? rows.earlyNotices(caller.agent, server, name)
    const allowed = await allowedNotice({ caller, server, known }, notice)
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
    const live = memory.find(caller.agent, server, name)
    const kept = notices.map(storedNotice)
    if (live) return memory.record(live, [], { notices: kept })
    if (notices.length > 0 && rows.countEarly(caller.agent) >= mostEarly)
      throw new Failure(
        "too_many",
        `this agent has ${mostEarly} addresses that are told of tasks which have not started: start some first`,
      )
    const task = await hub.taskOf(caller.agent, caller.principal)
    const of = { agent: caller.agent, server, name, task, at: clock.now() }
    await store.commit((tx) => rows.putEarly(tx, of, kept))
  }

  function noticesOf(caller: Caller, { server, task: name }: DelegationRef): readonly Notice[] {
    governor.standing(caller)
    return (
      memory.find(caller.agent, server, name)?.row.facts.notices ??
      rows.earlyNotices(caller.agent, server, name)
    )
  }

  return {
    async atStart(caller, { server, task: name }, notice) {
      const known = rows.earlyNotices(caller.agent, server, name)
      if (notice === undefined) return known
      return [...known, storedNotice(await allowedNotice({ caller, server, known }, notice))]
    },
    set: setNotice,
    shown: {
      async set(caller, ref, notice) {
        governor.standing(caller)
        if (hub.partner(ref.server, caller) === undefined) throw noPartner(ref.server)
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
  }
}

function storedNotice({ token, states, ...rest }: Notice): Facts["notices"][number] {
  return { ...rest, ...(token === undefined ? {} : { token }), states: [...states] }
}
