import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { stopReasonOf } from "./stop-reason.ts"
import type { Ticket } from "../ticket.ts"

/**
 * Waits until the tool server has room for one more call; returns what gives the place back.
 * A call that is stopped or taken back while it waits has not left: its budget is given back.
 */
export function takeTurn(desk: Desk, errand: Errand, ticket: Ticket): (() => void) | Promise<() => void> {
  // A stream is no call: it lasts as long as its client likes.
  if (errand.message.method === "subscriptions/listen") return () => {}
  try {
    const turn = desk.turnstile.enter(errand.server, [errand.signal, ticket.permit.signal])
    return typeof turn === "function" ? turn : turn.catch((error: unknown) => refuse(ticket, error))
  } catch (error) {
    return refuse(ticket, error)
  }
}

function refuse(ticket: Ticket, error: unknown): never {
  const { signal } = ticket.permit
  ticket.settle({ outcome: "failed", reason: signal.aborted ? "stopped" : "cancelled" })
  throw signal.aborted ? stopReasonOf(signal) : error
}
