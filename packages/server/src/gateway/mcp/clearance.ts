import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonValue } from "@hufu/core/json/json-value"
import { methodProfile } from "../../fence/profile/method-profiles.ts"
import type { Attempt } from "../governor.ts"
import { exitHeld, hearPageAnswer } from "./ask-exit.ts"
import { attemptDigest, attemptOf, withArguments, withParams } from "./attempt-of.ts"
import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { rowOf } from "./method-table.ts"
import type { OpenAction } from "./open-actions.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import type { SealedState } from "./sealed-state.ts"
import { outcomeOf } from "./outcome-of.ts"
import { ticketOf } from "../ticket.ts"
import type { Ticket } from "../ticket.ts"
import type { RpcRequest, RpcResponse } from "./upstream/link.ts"
import { refusalReply } from "./verdict-reply.ts"

/** May it leave, and as what? */
export type Cleared =
  | {
      readonly kind: "go"
      readonly ticket: Ticket
      /** What leaves: the client's own message object unless something in it had to change. */
      readonly message: RpcRequest
      /** The rounds before this one, when the action goes on. */
      readonly resumed?: OpenAction
    }
  | { readonly kind: "reply"; readonly response: RpcResponse }

/** Passes a governed request through the pipeline; what it may not do is answered here. */
export async function clear(desk: Desk, errand: Errand): Promise<Cleared> {
  const attempt = attemptOf(errand.caller, errand.server, errand.message)
  // UNTRUSTED: a tool that is named like a method would be decided on as that method.
  if (attempt === undefined || isDisguised(errand.message, attempt)) {
    return invalid(errand, "`params.name` must name a tool and `params.arguments` must be an object")
  }
  const state = errand.message.params?.["requestState"]
  if (state !== undefined) return resume(desk, errand, attempt, state)
  return decide(desk, errand, attempt, errand.message)
}

function isDisguised(message: RpcRequest, attempt: Attempt): boolean {
  const { tool } = attempt
  if (message.method !== "tools/call") return false
  return (
    rowOf("client", "request", tool) !== undefined ||
    rowOf("server", "request", tool) !== undefined ||
    methodProfile(tool) !== undefined
  )
}

async function decide(desk: Desk, errand: Errand, attempt: Attempt, message: RpcRequest): Promise<Cleared> {
  let ruling = await desk.governor.admit(attempt)
  if (ruling.kind === "held") {
    const exit = await exitHeld(desk, errand, attempt, ruling)
    if (exit.kind === "reply") return exit
    ruling = exit.ruling
  }
  if (ruling.kind === "refused")
    return { kind: "reply", response: refusalReply(errand.message, ruling, errand.client.era) }
  const ticket = ticketOf(ruling)
  if (errand.signal.aborted) {
    ticket.settle({ outcome: "failed", reason: "cancelled" })
    errand.signal.throwIfAborted()
  }
  return {
    kind: "go",
    ticket,
    message: ruling.edited === undefined ? message : withArguments(message, ruling.edited),
  }
}

/** A client returns with the state that it was given: it must be its own, whole, in time and of this very action. */
async function resume(desk: Desk, errand: Errand, attempt: Attempt, text: JsonValue): Promise<Cleared> {
  const { caller, message } = errand
  const state = typeof text === "string" ? desk.sealer.open(text, desk.clock.now()) : undefined
  const digest = attemptDigest(attempt, message.method)
  if (
    state === undefined ||
    state.agent !== caller.agent ||
    state.principal !== caller.principal ||
    state.digest !== digest
  ) {
    return invalid(errand, "`requestState` does not belong to this request; call again without it")
  }
  if (typeof state["hold"] === "string") {
    await hearPageAnswer(desk, errand, state["hold"])
    const bare = withParams(message, { requestState: undefined, inputResponses: undefined })
    return decide(desk, errand, { ...attempt, hold: state["hold"] }, bare)
  }
  return goOn(desk, errand, attempt, state)
}

function goOn(desk: Desk, errand: Errand, attempt: Attempt, state: SealedState): Promise<Cleared> | Cleared {
  const open =
    typeof state["open"] === "string" ? desk.openActions.take(errand.caller, state["open"]) : undefined
  const upstream = state["upstream"]
  const message = withParams(errand.message, { requestState: upstream })
  if (open === undefined) {
    // The rounds before are forgotten here; a stateless server can go on from its own state, as a new action.
    if (state["stateless"] === true) return decide(desk, errand, attempt, message)
    return invalid(errand, "the action did not wait any longer; call again without `requestState`")
  }
  concludeAsks(open, errand.message.params?.["inputResponses"])
  if (open.ticket === null) throw new Error("an open action without a ticket was governed")
  try {
    desk.governor.standing(errand.caller)
  } catch (error) {
    // The action ends here: what its earlier rounds did is not known.
    open.ticket.settle({ outcome: "unknown", reason: "stopped" })
    throw error
  }
  return { kind: "go", ticket: open.ticket, message, resumed: open }
}

function concludeAsks(open: OpenAction, responses: JsonValue | undefined): void {
  for (const [key, ask] of open.asks) {
    const answer = isJsonObject(responses) && Object.hasOwn(responses, key) ? responses[key] : undefined
    if (isJsonObject(answer)) ask.settle(outcomeOf({ jsonrpc: "2.0", id: key, result: answer }))
    else ask.settle({ outcome: "failed", reason: "cancelled" })
  }
}

function invalid(errand: Errand, message: string): Cleared {
  return { kind: "reply", response: rpcError(errand.message.id, rpcCodes.invalidParams, message) }
}
