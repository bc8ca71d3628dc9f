import { asksForInput, openRound } from "./input-round.ts"
import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { failureReply, settleFailure } from "./failure-reply.ts"
import { treatmentOf } from "./method-table.ts"
import { passOn } from "./pass-on.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import { clearServerRequest } from "./server-request.ts"
import { StopReason, stopSignal } from "./stop-reason.ts"
import { takeTurn } from "./take-turn.ts"
import { outcomeOf } from "./outcome-of.ts"
import type { Ticket } from "../ticket.ts"
import type { LinkEvents, RpcRequest, RpcResponse } from "./upstream/link.ts"
import type { LinkLease } from "./upstream/link-pool.ts"

/** What is sent over a link, and under whose permission. */
export interface LinkErrand {
  readonly lease: LinkLease
  /** `null` for what needs no permission: lists and the like. */
  readonly ticket: Ticket | null
  readonly message: RpcRequest
}

/** The methods whose requests stay open for as long as the client likes. */
const openEnded = new Set(["subscriptions/listen"])

/** Sends one request over a link and records its outcome; the lease is released unless the action goes on. */
export async function exchangeByLink(desk: Desk, errand: Errand, sent: LinkErrand): Promise<RpcResponse> {
  const { ticket } = sent
  let leave = () => {}
  try {
    if (ticket !== null) leave = await takeTurn(desk, errand, ticket)
    return await send(desk, errand, sent)
  } catch (error) {
    settleFailure(ticket, errand, error)
    sent.lease.release()
    return failureReply(errand, error)
  } finally {
    leave()
  }
}

async function send(
  desk: Desk,
  errand: Errand,
  { lease, ticket, message }: LinkErrand,
): Promise<RpcResponse> {
  const { link, release } = lease
  const isOpenEnded = openEnded.has(message.method)
  const clock = callClock(errand, ticket, isOpenEnded ? 0 : desk.config.limits.callTimeoutMs)
  try {
    const events = eventsOf(desk, errand, () => clock.again())
    const leave = () => ticket?.leave() ?? true
    const response = await link.request(message, { events, signal: clock.signal, leave })
    if (ticket !== null && asksForInput(response)) {
      return await openRound(desk, errand, { ticket, response, link, release })
    }
    const shown = ticket === null ? response : passOn(ticket, response)
    release()
    return shown
  } finally {
    clock.stop()
  }
}

/** Notifications of the server go to the client; its questions pass the pipeline first. */
export function eventsOf(desk: Desk, to: Omit<Errand, "message">, heard: () => void = () => {}): LinkEvents {
  const { caller, server, client, port, signal } = to
  return {
    notification(message) {
      if (treatmentOf("server", "notification", message.method, client.era) !== "relayed") return
      if (message.method === "notifications/progress") heard()
      port.notify(message)
    },
    async request(request) {
      const { ask } = port
      if (ask === null) return rpcError(request.id, rpcCodes.methodNotFound, "this client cannot be asked")
      const cleared = await clearServerRequest(desk, { caller, server, era: client.era, signal }, request)
      if (cleared.kind === "refused") return cleared.response
      return askClient(cleared.ticket, () => ask(cleared.request))
    },
  }
}

async function askClient(ticket: Ticket, ask: () => Promise<RpcResponse>): Promise<RpcResponse> {
  if (!ticket.leave()) throw new StopReason("the question was stopped before it left")
  try {
    const answer = await ask()
    ticket.settle(outcomeOf(answer))
    return answer
  } catch (error) {
    ticket.settle({ outcome: "unknown", reason: "connection_lost" })
    throw error
  }
}

/** Ends a call when the client goes, when it is stopped, or when nothing is heard for too long. */
function callClock(errand: Errand, ticket: Ticket | null, timeoutMs: number) {
  const late = new AbortController()
  const signals = [errand.signal, late.signal]
  if (ticket !== null) signals.push(stopSignal(ticket.permit.signal))
  const ring = () => late.abort(new DOMException("the tool server took too long", "TimeoutError"))
  let timer = timeoutMs === 0 ? undefined : setTimeout(ring, timeoutMs)
  return {
    signal: AbortSignal.any(signals),
    again() {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = setTimeout(ring, timeoutMs)
    },
    stop: () => clearTimeout(timer),
  }
}
