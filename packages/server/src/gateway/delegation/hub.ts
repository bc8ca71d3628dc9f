import { isFailure, Failure } from "@hufu/core/failure"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import type { Happening } from "@hufu/core/delegation/happening"
import type { Clock } from "../../clock.ts"
import type { InterconnectSettings } from "../../config/interconnect-settings.ts"
import type { Store } from "../../store/store.ts"
import type { Attempt, Caller, Governor } from "../governor.ts"
import type { OpenOrders } from "../open-orders.ts"
import { type Ticket, ticketOf } from "../ticket.ts"
import type { DelegationChanges } from "./delegation-changes.ts"
import type { DelegationConversations } from "./converse.ts"
import type { DelegationMemory, Live } from "./delegation-memory.ts"
import { endedEntry } from "./delegation-words.ts"
import type { Ask } from "./delegations.ts"
import type { Partner, PartnerOrder, PartnerView } from "./partner.ts"
import type { Quotas } from "./quotas.ts"
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
  readonly governor: Pick<Governor, "admit" | "awaitHold" | "withdraw" | "standing" | "visible" | "onStop">
  readonly settings: InterconnectSettings
  readonly orders: Pick<OpenOrders, "begin" | "get" | "end" | "openIn">
  /** By the name of its server, as this agent reaches it; undefined where there is none. */
  readonly partner: (server: string, caller: Caller) => Driven | undefined
  /** The agent's identity code, where it has one here. */
  readonly aicOf: (agent: string) => string | undefined
  /** Hufu's task that an agent acts for. */
  readonly taskOf: (agent: string, principal: string) => Promise<string>
  readonly conversations?: DelegationConversations | undefined
  readonly notices: SendNotice
  readonly changes: Pick<DelegationChanges, "tell">
  readonly onError: (error: unknown, doing: string) => void
}

/** What every part of the delegations works with. */
export interface Hub extends DelegationParts {
  readonly memory: DelegationMemory
  readonly quotas: Quotas
  readonly isClosed: () => boolean
}

/** How its partner knows it. */
export function viewOf({ row, view }: Live): PartnerView {
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

/** To whom an order goes, and how. */
export function partnerOf({ row }: Live, { partner: { protocol } }: Driven) {
  return { server: row.server, protocol }
}

export function senderOf({ aicOf }: Pick<Hub, "aicOf">, { row }: Live): PartnerOrder["sender"] {
  return { agent: row.agent, aic: aicOf(row.agent) }
}

/** Ends it for a reason that is no partner's. */
export async function fail({ memory }: Hub, live: Live, error: unknown): Promise<void> {
  if (isEnd(live.view.state)) return
  const failure = isFailure(error)
    ? error
    : new Failure("internal", "something went wrong inside Hufu; see its log")
  const entry = endedEntry("failed", failure.code, failure.message)
  await memory.record(live, [entry], { pending: undefined, ended: failure.code })
}

/** INVARIANT 6: what an agent asked ends with its authority to ask it, and its partner is told. */
export async function halt(hub: Hub, live: Live, reason: string): Promise<void> {
  live.stop.abort(new Error(reason))
  if (isEnd(live.view.state)) return
  const hold = live.row.facts.pending?.hold
  try {
    // Nobody is asked about what does not go any more.
    if (hold !== undefined) await hub.governor.withdraw(live.caller, hold)
  } catch (error) {
    hub.onError(error, `take back what the delegation ${live.row.id} waited for`)
  }
  try {
    const entry = endedEntry("canceled", "stopped", `stopped: ${reason.slice(0, 200)}`)
    await hub.memory.record(live, [entry], { pending: undefined })
  } catch (error) {
    hub.onError(error, `write down that the delegation ${live.row.id} was stopped`)
  }
  const driven = hub.partner(live.row.server, live.caller)
  if (driven && driven.partner.protocol !== "mcp") await cancelPartner(hub, live, driven)
}

/** Tells a partner that nobody waits any more, as best possible: it may have ended long ago. */
export async function cancelPartner(hub: Hub, live: Live, { partner }: Driven): Promise<void> {
  const order: PartnerOrder = {
    order: "cancel",
    view: viewOf(live),
    sender: senderOf(hub, live),
    authority: { principal: live.caller.principal, task: live.row.task, mandate: undefined, action: "" },
  }
  try {
    for await (const _ of partner.order(order, freeTicket(), AbortSignal.timeout(cancelMs))) break
  } catch {
    // It may be gone.
  }
}

const cancelMs = 5000

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
