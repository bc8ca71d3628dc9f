import { isFailure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { Attempt, Held, HoldState, Ruling } from "../governor.ts"
import { attemptDigest } from "./attempt-of.ts"
import type { Desk } from "./desk.ts"
import { canOpenUrl, canPollTasks } from "./era.ts"
import type { Errand } from "./errand.ts"
import { metaOf, resultOf, rpcResult } from "./rpc.ts"
import type { RpcResponse } from "./upstream/link.ts"
import { pendingReply } from "./verdict-reply.ts"

/** What becomes of a held action while its client is there. */
export type HeldExit =
  | { readonly kind: "ruling"; readonly ruling: Exclude<Ruling, Held> }
  | { readonly kind: "reply"; readonly response: RpcResponse }

const inputMethods = new Set(["tools/call", "resources/read", "prompts/get"])
const progressEveryMs = 5000
/** Under which name the page is asked for, and answered. */
const pageKey = "approval"

/**
 * Three exits, by what the client can do: a task to poll, a page to open, or a bounded wait. None of them is a
 * decision: the hold stands until a person decides, it expires, or the client takes it back in so many words.
 */
export async function exitHeld(desk: Desk, errand: Errand, attempt: Attempt, held: Held): Promise<HeldExit> {
  const { client, message } = errand
  if (canPollTasks(client) && message.method === "tools/call") {
    return { kind: "reply", response: desk.tasks.start(errand, attempt, held) }
  }
  if (
    canOpenUrl(client) &&
    client.era === "modern" &&
    inputMethods.has(message.method) &&
    attempt.hold === undefined
  ) {
    return { kind: "reply", response: openPage(desk, errand, attempt, held) }
  }
  if (canOpenUrl(client) && errand.port.ask !== null) offerPage(desk, errand, held)
  return wait(desk, errand, attempt, held)
}

function openPage(desk: Desk, errand: Errand, attempt: Attempt, held: Held): RpcResponse {
  const requestState = desk.sealer.seal({
    agent: errand.caller.agent,
    principal: errand.caller.principal,
    digest: attemptDigest(attempt, errand.message.method),
    expiresAt: held.expiresAt,
    hold: held.hold,
  })
  const approval = { method: "elicitation/create", params: pageOf(desk, held) }
  return rpcResult(errand.message.id, {
    resultType: "input_required",
    inputRequests: { [pageKey]: approval },
    requestState,
  })
}

/** Opening the page decides nothing, it is decided apart from the client; turning it down withdraws the question. */
function offerPage(desk: Desk, errand: Errand, held: Held): void {
  const params = { ...pageOf(desk, held), elicitationId: held.hold }
  const request = { jsonrpc: "2.0" as const, id: held.hold, method: "elicitation/create", params }
  errand.port
    .ask?.(request)
    .then((answer) =>
      saysNo(resultOf(answer)) ? desk.governor.withdraw(errand.caller, held.hold) : undefined,
    )
    .catch((error: unknown) => {
      // A client that cannot be asked is told by the pending result instead.
      if (isFailure(error))
        desk.log.warn({ error, hold: held.hold }, "a request for approval could not be withdrawn")
    })
}

/** Whether the user turned the page down in the client. Saying nothing, or going away, is no answer. */
function saysNo(answer: JsonValue | undefined): boolean {
  const action = isJsonObject(answer) ? answer["action"] : undefined
  return action === "decline" || action === "cancel"
}

function pageOf(desk: Desk, held: Held) {
  const why = held.reasons[0]
  const en = `An action of your agent waits for your decision${why === undefined ? "" : ` (${why.en})`}. Open the page to decide.`
  const zh = `智能体的一项操作等待您决定${why === undefined ? "" : `（${why.zh}）`}，请打开页面处理。`
  return { mode: "url", message: `${en}\n${zh}`, url: `${desk.config.origin()}/approvals/${held.hold}` }
}

/** A client that returns with the answer that the page was turned down takes its question back. */
export async function hearPageAnswer(desk: Desk, errand: Errand, hold: string): Promise<void> {
  const answers = errand.message.params?.["inputResponses"]
  const answer = isJsonObject(answers) && Object.hasOwn(answers, pageKey) ? answers[pageKey] : undefined
  if (saysNo(answer)) await desk.governor.withdraw(errand.caller, hold)
}

/** Waits as long as a client can be expected to, then says that the action is pending. */
async function wait(desk: Desk, errand: Errand, attempt: Attempt, held: Held): Promise<HeldExit> {
  const timeout = AbortSignal.timeout(desk.config.limits.holdWaitMs)
  const stopProgress = sayProgress(errand)
  let state: HoldState
  try {
    state = await desk.governor.awaitHold(errand.caller, held.hold, AbortSignal.any([timeout, errand.signal]))
  } finally {
    stopProgress()
  }
  if (state === "waiting") {
    errand.signal.throwIfAborted()
    return { kind: "reply", response: pendingReply(errand.message, held, errand.client.era) }
  }
  const ruling = await desk.governor.admit({ ...attempt, hold: held.hold })
  if (ruling.kind !== "held") return { kind: "ruling", ruling }
  return { kind: "reply", response: pendingReply(errand.message, ruling, errand.client.era) }
}

/** Keeps the client's own clock from running out, if it asked to be told. */
function sayProgress(errand: Errand): () => void {
  const progressToken = metaOf(errand.message)["progressToken"]
  if (typeof progressToken !== "string" && typeof progressToken !== "number") return () => {}
  let progress = 0
  const say = () => {
    const message = "waiting for a person's approval / 等待用户批准"
    const params = { progressToken, progress: ++progress, message }
    errand.port.notify({ jsonrpc: "2.0", method: "notifications/progress", params })
  }
  say()
  const timer = setInterval(say, progressEveryMs)
  return () => clearInterval(timer)
}
