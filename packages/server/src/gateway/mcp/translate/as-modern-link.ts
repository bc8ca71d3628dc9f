import { isJsonObject } from "@hufu/core/json/json-value"
import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { randomBytes } from "node:crypto"
import { metaKeys, modernVersion } from "../era.ts"
import { errorOf, metaOf, resultOf, rpcCodes, rpcError, rpcResult, textOf } from "../rpc.ts"
import type { Link, LinkCall, LinkEvents, RpcRequest, RpcResponse } from "../upstream/link.ts"
import { listenOverLegacy } from "./listen-over-legacy.ts"
import { logLevels } from "./log-levels.ts"

const cacheable = new Set([
  "server/discover",
  "tools/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
])
const resumable = new Set(["tools/call", "resources/read", "prompts/get"])
const ownMeta = [
  metaKeys.protocolVersion,
  metaKeys.clientCapabilities,
  metaKeys.clientInfo,
  metaKeys.logLevel,
]

/** A call that waits at the tool server while its questions are with the client. */
interface Waiting {
  /** Settles with the next round: questions, or the response. */
  next: PromiseWithResolvers<RpcResponse>
  readonly questions: Map<string, (answer: RpcResponse) => void>
  readonly abort: AbortController
  /** Where notifications go: the request that is under way now, none between rounds. */
  events: LinkEvents | null
  asked: number
  flush: NodeJS.Immediate | undefined
  timer: NodeJS.Timeout | undefined
}

/**
 * Shows a link to a legacy server as a modern one: what the server asks becomes `input_required`, and the call stays
 * pending at the server until the client returns with the answers.
 *
 * @param waitMs how long a call may wait between rounds
 */
export function asModernLink(link: Link, waitMs: number): Link {
  const waiting = new Map<string, Waiting>()
  let level: string | undefined

  async function request(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    if (message.method === "server/discover") return rpcResult(message.id, discovered)
    if (message.method === "subscriptions/listen") return listenOverLegacy(link, message, call)
    const state = message.params?.["requestState"]
    const known = typeof state === "string" ? waiting.get(state) : undefined
    if (state !== undefined && known === undefined) {
      return rpcError(message.id, rpcCodes.invalidParams, "the call does not wait any longer; call again")
    }
    if (known !== undefined && typeof state === "string") {
      waiting.delete(state)
      return answerRound(message, known, call)
    }
    await setLevel(message)
    return resumable.has(message.method)
      ? begin(message, call)
      : modernised(message, await link.request(bare(message), call), link)
  }

  /** The legacy level is the link's: the most talkative request sets it, and each request gets its own share. */
  async function setLevel(message: RpcRequest): Promise<void> {
    const wanted = metaOf(message)[metaKeys.logLevel]
    const capabilities = link.discovered["capabilities"]
    if (typeof wanted !== "string" || !isJsonObject(capabilities) || capabilities["logging"] === undefined)
      return
    if (
      !logLevels.includes(wanted) ||
      (level !== undefined && logLevels.indexOf(level) <= logLevels.indexOf(wanted))
    )
      return
    level = wanted
    const ask: RpcRequest = {
      jsonrpc: "2.0",
      id: "hufu-level",
      method: "logging/setLevel",
      params: { level: wanted },
    }
    await link
      .request(ask, { events: deaf, signal: AbortSignal.timeout(5000), leave: () => true })
      .catch(() => {})
  }

  function begin(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    const one: Waiting = {
      next: Promise.withResolvers(),
      questions: new Map(),
      abort: new AbortController(),
      events: null,
      asked: 0,
      flush: undefined,
      timer: undefined,
    }
    const inner: LinkCall = {
      events: {
        notification: (notice) => one.events?.notification(notice),
        request: (question) => collect(message, one, question),
      },
      signal: one.abort.signal,
      leave: () => call.leave(),
    }
    const round = enter(message, one, call)
    link.request(bare(message), inner).then(
      (response) => one.next.resolve(modernised(message, response, link)),
      (error: unknown) => one.next.reject(error),
    )
    return round
  }

  /** Lets one request of the client take part in the call until the next round. */
  async function enter(message: RpcRequest, one: Waiting, call: LinkCall): Promise<RpcResponse> {
    clearTimeout(one.timer)
    one.events = quieter(message, call.events)
    const abort = () => one.abort.abort(call.signal.reason)
    if (call.signal.aborted) abort()
    call.signal.addEventListener("abort", abort, { once: true })
    try {
      const response = await one.next.promise
      return { ...response, id: message.id }
    } finally {
      call.signal.removeEventListener("abort", abort)
      one.events = null
    }
  }

  /** Questions that come together go out together. */
  function collect(message: RpcRequest, one: Waiting, question: RpcRequest): Promise<RpcResponse> {
    const { promise, resolve } = Promise.withResolvers<RpcResponse>()
    const key = `${question.method.split("/")[0]}-${++one.asked}`
    one.questions.set(key, resolve)
    pendingQuestions.set(resolve, question)
    one.flush ??= setImmediate(() => {
      one.flush = undefined
      const state = randomBytes(16).toString("base64url")
      const inputRequests: JsonObject = {}
      for (const [name, answer] of one.questions) {
        const asked = pendingQuestions.get(answer)
        if (asked !== undefined) inputRequests[name] = { method: asked.method, params: asked.params ?? {} }
      }
      waiting.set(state, one)
      one.timer = setTimeout(() => {
        waiting.delete(state)
        one.abort.abort(new Failure("upstream_lost", "the client did not return with the input in time"))
      }, waitMs)
      one.timer.unref()
      const { resolve: tell } = one.next
      one.next = Promise.withResolvers()
      // Rejected between rounds, it is met by the next request or by nobody.
      one.next.promise.catch(() => {})
      tell(rpcResult(message.id, { resultType: "input_required", inputRequests, requestState: state }))
    })
    return promise
  }

  function answerRound(message: RpcRequest, one: Waiting, call: LinkCall): Promise<RpcResponse> {
    if (!call.leave()) throw new Failure("stopped", "the action was stopped before it went on")
    const responses = message.params?.["inputResponses"]
    const answers = isJsonObject(responses) ? responses : {}
    const round = enter(message, one, call)
    const open = [...one.questions]
    one.questions.clear()
    for (const [key, answer] of open) {
      const given = Object.hasOwn(answers, key) ? answers[key] : undefined
      // What was not answered is asked again rather than guessed (2026-07-28, MRTR, Error Handling).
      if (isJsonObject(given)) answer(rpcResult(key, given))
      else askAgain(message, one, answer)
    }
    return round
  }

  function askAgain(message: RpcRequest, one: Waiting, answer: (response: RpcResponse) => void): void {
    const question = pendingQuestions.get(answer)
    if (question !== undefined) void collect(message, one, question).then(answer)
  }

  const discovered = discoveredBy(link)
  return {
    server: link.server,
    era: "modern",
    protocolVersion: modernVersion,
    discovered,
    request,
    notify: (message) => link.notify(message),
    onUnsolicited: (events) => link.onUnsolicited(events),
    closed: link.closed,
    close: () => link.close(),
  }
}

const pendingQuestions = new WeakMap<(answer: RpcResponse) => void, RpcRequest>()

const deaf: LinkEvents = {
  notification() {},
  request: async (message) => rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked"),
}

/** What a legacy server said of itself, as a modern server would. */
function discoveredBy(link: Link): JsonObject {
  const { protocolVersion: _, serverInfo, capabilities, ...rest } = link.discovered
  const { tasks: __, ...kept } = isJsonObject(capabilities) ? capabilities : {}
  return {
    ...rest,
    resultType: "complete",
    supportedVersions: [modernVersion],
    capabilities: kept,
    ttlMs: 0,
    cacheScope: "private",
    _meta: serverInfo === undefined ? {} : { [metaKeys.serverInfo]: serverInfo },
  }
}

/** A request as the legacy era has it: what the modern era says per request is said per session there. */
function bare(message: RpcRequest): RpcRequest {
  const { _meta, requestState: _, inputResponses: __, ...params } = message.params ?? {}
  const meta = Object.fromEntries(
    Object.entries(isJsonObject(_meta) ? _meta : {}).filter(([key]) => !ownMeta.some((own) => own === key)),
  )
  return { ...message, params: Object.keys(meta).length === 0 ? params : { ...params, _meta: meta } }
}

/** A response as the modern era has it. */
function modernised(message: RpcRequest, response: RpcResponse, link: Link): RpcResponse {
  const result = resultOf(response)
  if (result === undefined) {
    const error = errorOf(response)
    // -32002 was "resource not found" before 2026-07-28.
    return error?.["code"] === -32_002
      ? { ...response, error: { ...error, code: rpcCodes.invalidParams } }
      : response
  }
  const cache = cacheable.has(message.method) ? { ttlMs: 0, cacheScope: "private" } : {}
  const info = link.discovered["serverInfo"]
  const meta = isJsonObject(result["_meta"]) ? result["_meta"] : {}
  const signed = info === undefined ? {} : { _meta: { [metaKeys.serverInfo]: info, ...meta } }
  return { ...response, result: { resultType: "complete", ...cache, ...result, ...signed } }
}

/** A modern request gets the log messages that it asked for, and none if it did not. */
function quieter(message: RpcRequest, events: LinkEvents): LinkEvents {
  const wanted = metaOf(message)[metaKeys.logLevel]
  const least = typeof wanted === "string" ? logLevels.indexOf(wanted) : -1
  return {
    request: (one) => events.request(one),
    notification(notice) {
      if (notice.method === "notifications/message") {
        const at = logLevels.indexOf(textOf(notice.params?.["level"]))
        if (least === -1 || at < least) return
      }
      events.notification(notice)
    },
  }
}
