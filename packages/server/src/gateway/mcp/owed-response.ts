import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { asksForInput, openRound } from "./input-round.ts"
import { filterList } from "./list-filter.ts"
import { withTasks, withoutTasks } from "./offered-capabilities.ts"
import { treatmentOf } from "./method-table.ts"
import { passOn } from "./pass-on.ts"
import type { Ticket } from "../ticket.ts"
import type { RpcResponse } from "./upstream/link.ts"

/** A response that is awaited from a tool server to which the request went as it came. */
export interface OwedResponse {
  readonly errand: Errand
  readonly ticket: Ticket | null
  /** Takes the response in; what the client gets is the same object unless something in it had to change. */
  arrived(response: RpcResponse): RpcResponse | Promise<RpcResponse>
  /** The response will not come. */
  lose(reason: "connection_lost" | "cancelled" | "stopped" | "timeout"): void
}

/** What is to be done with the response to a request, by the row of its method. */
export function owedResponse(desk: Desk, errand: Errand, ticket: Ticket | null): OwedResponse {
  const { message, client, caller, server } = errand
  return {
    errand,
    ticket,
    arrived(response) {
      if (ticket !== null) {
        if (asksForInput(response)) {
          return openRound(desk, errand, { ticket, response, link: null, release() {} })
        }
        return passOn(ticket, response)
      }
      if (treatmentOf("client", "request", message.method, client.era) === "filtered") {
        return filterList(desk, caller, server, message.method, response)
      }
      if (message.method === "server/discover") return withTasks(response)
      return message.method === "initialize" ? withoutTasks(response) : response
    },
    lose: (reason) => ticket?.settle({ outcome: "unknown", reason }),
  }
}
