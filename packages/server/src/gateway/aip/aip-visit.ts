import type { IncomingMessage, ServerResponse } from "node:http"
import type { Envelope } from "@hufu/core/aip/to-aip"
import type { Clock } from "../../clock.ts"
import type { Delegations } from "../delegation/delegations.ts"
import type { Caller } from "../governor.ts"
import type { RequestId } from "./aip-request.ts"

/** What the parts of the door work with. */
export interface AipDesk {
  readonly delegations: Delegations
  readonly clock: Pick<Clock, "now">
  /** How long a command waits for what the partner makes of it. */
  readonly answerMs: number
}

/** One request, once it is known who sends it, to whom. */
export interface AipVisit {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly caller: Caller
  /** The code of the agent that sends it, where it has one. */
  readonly aic: string | undefined
  /** The name of the partner, and the code under which it answers. */
  readonly server: string
  readonly partnerAic: string
  readonly id: RequestId
  readonly signal: AbortSignal
}

/** What a command needs to know of how it came, whether by a request or by a message in a group. */
export type AipArrival = Pick<AipVisit, "caller" | "aic" | "server" | "partnerAic" | "signal">

/** As whom, and of which task, an answer speaks. */
export function envelopeOf(
  { partnerAic }: Pick<AipVisit, "partnerAic">,
  task: string,
  sessionId: string | null | undefined,
): Envelope {
  return { senderId: partnerAic, taskId: task, sessionId: sessionId ?? undefined }
}
