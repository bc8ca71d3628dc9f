import { type Failure, isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Errand } from "./errand.ts"
import { failureWords } from "./failure-words.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import { StopReason } from "./stop-reason.ts"
import type { Ticket } from "../ticket.ts"
import type { RpcResponse } from "./upstream/link.ts"
import { refusalReply, stoppedRefusal } from "./verdict-reply.ts"

/**
 * Answers a request that could not be served. UNTRUSTED: what is not a Failure is said to nobody but the log.
 * Throws Failure("insufficient_scope") on: a client looks at the HTTP status to ask for more.
 */
export function failureReply(errand: Pick<Errand, "message" | "client">, error: unknown): RpcResponse {
  const { message, client } = errand
  if (error instanceof StopReason) return refusalReply(message, stoppedRefusal(error.message), client.era)
  if (isFailure(error, "insufficient_scope")) throw error
  if (isFailure(error))
    return rpcError(message.id, rpcCodes.unserved, failureWords(error), { code: error.code })
  if (isTimeout(error)) {
    const said = "the tool server took too long; check what it did before repeating the call"
    return rpcError(message.id, rpcCodes.unserved, said, { code: "timeout" })
  }
  return rpcError(message.id, rpcCodes.internal, "something went wrong inside Hufu; see its log", {
    code: "internal",
  })
}

/** What a program is told of a failure: its code, and what else it needs to go on. */
export function failureData({ code, extra }: Failure): JsonObject {
  const { refused, scope } = extra
  return {
    code,
    ...(typeof refused === "string" ? { refused } : {}),
    ...(typeof scope === "string" ? { scope } : {}),
  }
}

/** Records an action that gave no response: of one that left, nobody knows what it did. */
export function settleFailure(ticket: Ticket | null, errand: Errand, error: unknown): void {
  if (ticket === null) return
  ticket.settle({ outcome: "unknown", reason: reasonOf(ticket, errand, error) })
}

function reasonOf(ticket: Ticket, errand: Errand, error: unknown): string {
  if (ticket.permit.signal.aborted || error instanceof StopReason) return "stopped"
  if (isTimeout(error)) return "timeout"
  return errand.signal.aborted ? "cancelled" : "connection_lost"
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "TimeoutError" || error.name.endsWith("TimeoutError"))
}
