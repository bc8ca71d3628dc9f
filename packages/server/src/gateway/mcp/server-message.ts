import type { Caller } from "../governor.ts"
import type { Desk } from "./desk.ts"
import { treatmentOf } from "./method-table.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import type { Message } from "./rpc.ts"
import { clearServerRequest } from "./server-request.ts"
import type { Session } from "./session.ts"
import type { ClientFacts } from "./era.ts"
import { outcomeOf } from "./outcome-of.ts"
import type { RpcRequest, RpcResponse } from "./upstream/link.ts"
import { tellUpstream } from "./tell-upstream.ts"

interface Toward {
  readonly caller: Caller
  readonly server: string
  readonly client: ClientFacts
  readonly signal: AbortSignal
}

const changes = "notifications/tools/list_changed"
const maxQuestions = 64

/**
 * What becomes of a message that a tool server puts on a relayed stream beside the response: notifications with a row
 * pass, its questions to the client pass the pipeline, a late response to an earlier request is taken in.
 */
export function serverMessage(
  desk: Desk,
  to: Toward,
  session: Session | null,
  message: Message,
): object | null | Promise<object | null> {
  if (message.kind === "notification") {
    if (message.message.method === changes) desk.observer.forget(to.server)
    const treatment = treatmentOf("server", "notification", message.message.method, to.client.era)
    return treatment === "relayed" ? message.message : null
  }
  if (message.kind === "response") return lateResponse(session, message.message)
  if (session === null) return null
  if (message.message.method === "ping") return pingAnswered(desk, session, message.message)
  return question(desk, to, session, message.message)
}

function lateResponse(
  session: Session | null,
  response: RpcResponse,
): object | null | Promise<object | null> {
  const owed = response.id === null ? undefined : session?.owed.get(response.id)
  if (owed === undefined || response.id === null) return null
  session?.owed.delete(response.id)
  return owed.arrived(response)
}

/** A ping asks whether this side is there, and it is: Hufu answers for itself. */
function pingAnswered(desk: Desk, session: Session, request: RpcRequest): null {
  tellUpstream(desk, session, { jsonrpc: "2.0", id: request.id, result: {} })
  return null
}

async function question(
  desk: Desk,
  to: Toward,
  session: Session,
  request: RpcRequest,
): Promise<object | null> {
  const refuse = (response: RpcResponse) => (
    tellUpstream(desk, session, { ...response, id: request.id }),
    null
  )
  if (session.questions.size >= maxQuestions || session.questions.has(request.id)) {
    return refuse(rpcError(request.id, rpcCodes.unserved, "too many questions to the client at once"))
  }
  const { caller, server, client, signal } = to
  const cleared = await clearServerRequest(desk, { caller, server, era: client.era, signal }, request)
  if (cleared.kind === "refused") return refuse(cleared.response)
  if (!cleared.ticket.leave()) return refuse(rpcError(request.id, rpcCodes.unserved, "stopped"))
  const timer = setTimeout(() => {
    session.questions.delete(request.id)
    cleared.ticket.settle({ outcome: "unknown", reason: "timeout" })
  }, desk.config.limits.inputWaitMs)
  timer.unref()
  session.questions.set(request.id, {
    forward: true,
    answer(response) {
      clearTimeout(timer)
      cleared.ticket.settle(outcomeOf(response))
    },
  })
  return cleared.request === request ? request : cleared.request
}
