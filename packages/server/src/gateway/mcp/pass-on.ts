import type { JsonObject } from "@hufu/core/json/json-value"
import { rpcCodes, rpcError } from "./rpc.ts"
import { outcomeOf } from "./outcome-of.ts"
import { type Ticket } from "../ticket.ts"
import type { RpcResponse } from "./upstream/link.ts"

/** Settles an action with its response, and gives what the client gets: the same object unless a rule has something taken out of it. */
export function passOn(ticket: Ticket, response: RpcResponse): RpcResponse {
  const { redact } = ticket.permit
  const shown = redact ? redacted(response, redact) : response
  ticket.settle(outcomeOf(shown))
  return shown
}

function redacted(response: RpcResponse, redact: (value: JsonObject) => JsonObject | undefined): RpcResponse {
  const { id, ...said } = response
  const shown = redact(said)
  if (shown === undefined)
    return rpcError(
      id,
      rpcCodes.unserved,
      "the action was performed, but its result is too large to be looked through, and a rule has parts of it taken out: ask for less of it",
      { code: "too_large" },
    )
  // The members are a response's own, with other texts.
  return shown === said ? response : ({ ...shown, id } as RpcResponse)
}
