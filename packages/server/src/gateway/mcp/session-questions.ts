import { randomUUID } from "node:crypto"
import type { Desk } from "./desk.ts"
import type { HttpReply } from "./http-reply.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import type { Session } from "./session.ts"
import { writeEvent } from "./sse.ts"
import type { RpcRequest, RpcResponse } from "./upstream/link.ts"

const maxQuestions = 64

/** How a request of a session asks its client something meanwhile: on its own stream, answered by another POST. */
export function askThrough(desk: Desk, session: Session, signal: AbortSignal) {
  return (request: RpcRequest, reply: HttpReply): Promise<RpcResponse> =>
    ask(desk, session, request, { signal, write: (text) => reply.event(text) })
}

/** The same on the session's standalone stream. */
export function askOnStream(desk: Desk, session: Session, request: RpcRequest): Promise<RpcResponse> {
  const { stream } = session
  if (stream === null)
    return Promise.resolve(rpcError(request.id, rpcCodes.unserved, "the client does not listen"))
  return ask(desk, session, request, { signal: null, write: (text) => stream.write(text) })
}

function ask(
  desk: Desk,
  session: Session,
  request: RpcRequest,
  to: { signal: AbortSignal | null; write: (text: string) => void },
): Promise<RpcResponse> {
  if (session.questions.size >= maxQuestions) {
    return Promise.resolve(
      rpcError(request.id, rpcCodes.unserved, "too many questions to the client at once"),
    )
  }
  // A name that the client cannot guess for a question of another session, and the tool server cannot choose.
  const id = `hufu-${randomUUID()}`
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => over(() => reject(new Error("the client did not answer in time"))),
      desk.config.limits.inputWaitMs,
    )
    late.unref()
    const gone = () => over(() => reject(to.signal?.reason))
    function over(then: () => void): void {
      clearTimeout(late)
      to.signal?.removeEventListener("abort", gone)
      session.questions.delete(id)
      then()
    }
    to.signal?.addEventListener("abort", gone, { once: true })
    session.questions.set(id, {
      forward: false,
      answer: (response) => over(() => resolve({ ...response, id: request.id })),
    })
    to.write(writeEvent({ ...request, id }))
  })
}
