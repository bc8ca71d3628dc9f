import type { IncomingMessage, ServerResponse } from "node:http"
import { TLSSocket } from "node:tls"
import { type AipMethod, commandIn, isAipMethod } from "@hufu/core/aip/aip-method"
import { Failure, isFailure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { Clock } from "../../clock.ts"
import { acceptSignature } from "../../identity/signed-requests.ts"
import type { Delegations } from "../delegation/delegations.ts"
import type { Caller, Governor } from "../governor.ts"
import type { Identified } from "../identify-agent.ts"
import { challengeOf, type TokenHelp } from "../mcp/challenge.ts"
import { guardRequest } from "../mcp/http-guard.ts"
import type { Log } from "../mcp/log.ts"
import { createPresence } from "../mcp/presence.ts"
import { readBody } from "../mcp/read-body.ts"
import { requireScope } from "../require-scope.ts"
import { type AcsSource, acsOf } from "./acs-of-partner.ts"
import { AipFault, aipErrorOf } from "./aip-fault.ts"
import { type AipRequest, readAipRequest, requestIdOf, type RequestId } from "./aip-request.ts"
import type { AipDesk, AipVisit } from "./aip-visit.ts"
import type { Groups } from "./group/groups.ts"
import { checkCommand } from "./give-command.ts"
import { joinGroup } from "./join-group.ts"
import { deleteNotification, getNotifications, setNotification, startNotified } from "./serve-notification.ts"
import { serveRpc } from "./serve-rpc.ts"
import { serveStream } from "./serve-stream.ts"

export interface AipDoorParts {
  readonly delegations: Delegations
  readonly governor: Pick<Governor, "standing" | "onStop">
  readonly clock: Clock
  readonly log: Log
  /** Throws Failure("unauthenticated"). */
  readonly identify: (request: IncomingMessage) => Identified
  /** The code of an agent, where it has one. */
  readonly aicOf: (agent: string) => string | undefined
  /** What is known of a partner, as this agent may see it; undefined where there is none of the name. */
  readonly partner: (server: string, caller: Caller) => AcsSource | undefined
  /** Present where the node has a broker at which groups work. */
  readonly groups?: (() => Promise<Groups>) | undefined
  /** The address of that broker. */
  readonly broker?: string | undefined
  readonly config: {
    readonly node: string
    readonly hosts: readonly string[]
    readonly tokenHelp?: TokenHelp | undefined
    readonly bodyBytes?: number
    readonly requestsPerAgent?: number
    readonly streamsPerAgent?: number
    readonly answerMs?: number
  }
}

export interface AipDoor {
  takes(path: string): boolean
  handle(req: IncomingMessage, res: ServerResponse): void
}

const base = "/aip/"
const acsPath = ".well-known/acs.json"
const address = /^\/aip\/([a-z0-9][a-z0-9._-]{0,62})\/([a-z.\-/]{1,40})$/
const defaults = {
  bodyBytes: 4 * 1024 * 1024,
  requestsPerAgent: 128,
  streamsPerAgent: 1024,
  answerMs: 10_000,
}

/**
 * The door at `/aip/{server}/…`: every partner of this node as a partner of AIP in direct mode (ACPs 07 §6), whatever it speaks itself. Hufu
 * is the partner that the leader sees, and keeps the task's states.
 */
export function createAipDoor(parts: AipDoorParts): AipDoor {
  const { delegations, governor, clock, log } = parts
  const config = { ...defaults, ...parts.config }
  const desk: AipDesk = { delegations, clock, answerMs: config.answerMs }
  const presence = createPresence(governor, {
    request: config.requestsPerAgent,
    stream: config.streamsPerAgent,
    session: 1,
  })

  async function visit(req: IncomingMessage, res: ServerResponse): Promise<void> {
    guardRequest(req, config)
    const { caller, checkBody } = parts.identify(req)
    governor.standing(caller)
    requireScope(caller, "read")
    const [, server = "", method = ""] = address.exec((req.url ?? "").split("?", 1)[0] ?? "") ?? []
    const source = parts.partner(server, caller)
    if (source === undefined)
      throw new Failure("not_found", "there is no such partner: use `/aip/{server}/rpc`")
    if (method === acsPath) return serveAcs(req, res, source, parts.broker)
    if (!isAipMethod(method))
      throw new Failure(
        "not_found",
        "use `rpc`, `stream`, `notification/set`, `get`, `delete`, `start`, or `group`",
      )
    if (req.method !== "POST") throw new Failure("method_not_allowed", "this address takes POST")
    const body = await readBody(req, config.bodyBytes)
    checkBody?.(body.bytes)
    const id = requestIdOf(body.value)
    const arrived = { req, res, caller, aic: parts.aicOf(caller.agent), server, partnerAic: source.aic, id }
    await answered(res, id, () => serve(arrived, method, body.value))
  }

  async function serve(
    arrived: Omit<AipVisit, "signal">,
    method: AipMethod,
    body: JsonValue,
  ): Promise<JsonValue | undefined> {
    const { res, caller } = arrived
    const request = readAipRequest(body, method)
    const ends = new AbortController()
    const stop = (reason: string) => ends.abort(new Failure("stopped", `this was stopped: ${reason}`))
    const leave = presence.enter(caller, method === "stream" ? "stream" : "request", stop)
    const gone = () => {
      if (!res.writableFinished) ends.abort(new Failure("stopped", "the client went away"))
    }
    res.once("close", gone)
    try {
      return await run({ ...arrived, signal: ends.signal }, request)
    } finally {
      res.removeListener("close", gone)
      leave()
    }
  }

  async function run(visit: AipVisit, request: AipRequest): Promise<JsonValue | undefined> {
    if (request.method === "group") return joinGroup(await parts.groups?.(), visit, request.params)
    if (request.method === "notification/set") return setNotification(desk, visit, request.params)
    if (request.method === "notification/get") return getNotifications(desk, visit, request.params)
    if (request.method === "notification/delete") return deleteNotification(desk, visit, request.params)
    const command = commandIn(request.params)
    const raw = request.raw["message"] ?? request.raw["command"]
    if (command === undefined || !isJsonObject(raw))
      throw new AipFault("invalidParams", "the command is missing", { code: "invalid_input" })
    const given = checkCommand(visit, command, raw)
    if (request.method === "rpc") return serveRpc(desk, visit, given)
    if (request.method === "notification/start") return startNotified(desk, visit, given)
    if (command.command === "get")
      throw new AipFault("unsupportedOperation", "`get` is asked by `rpc`", { code: "method_not_allowed" })
    await serveStream(desk, visit, given)
    return undefined
  }

  return {
    takes: (path) => path.startsWith(base),
    handle(req, res) {
      res.on("error", () => {})
      visit(req, res).catch((error: unknown) => refuse(res, error))
    },
  }

  /** What came as far as being a request is answered as one: with 200, whatever the answer is. */
  async function answered(
    res: ServerResponse,
    id: RequestId,
    work: () => Promise<JsonValue | undefined>,
  ): Promise<void> {
    let message: JsonObject
    try {
      const result = await work()
      if (result === undefined) return
      message = { jsonrpc: "2.0", id, result }
    } catch (error) {
      if (isFailure(error, "insufficient_scope")) throw error
      note(error)
      message = { jsonrpc: "2.0", id, error: aipErrorOf(error) }
    }
    reply(res, 200, message)
  }

  function note(error: unknown): void {
    if (!isFailure(error) && !(error instanceof AipFault))
      log.warn({ err: error }, "a request of AIP could not be served")
  }

  /** Answers what did not come as far as being a request. */
  function refuse(res: ServerResponse, error: unknown): void {
    note(error)
    if (res.headersSent) return void res.destroy()
    const failure = isFailure(error)
      ? error
      : new Failure("internal", "something went wrong inside Hufu; see its log")
    const headers: Record<string, string> = {}
    if (failure.status === 401 || failure.code === "insufficient_scope")
      headers["www-authenticate"] = challengeOf(failure, res.req, config.tokenHelp)
    if (failure.code === "signature_refused") headers["accept-signature"] = acceptSignature
    if (failure.status === 405) headers["allow"] = "POST"
    // What was not read of the request would be taken for the next one.
    if (!res.req.complete) headers["connection"] = "close"
    const isNowhere = failure.code === "not_found"
    const fault = isNowhere
      ? new AipFault("methodNotFound", failure.message, { code: failure.code })
      : failure
    reply(res, failure.status, { jsonrpc: "2.0", id: null, error: aipErrorOf(fault) }, headers)
  }
}

async function serveAcs(
  req: IncomingMessage,
  res: ServerResponse,
  source: AcsSource,
  broker: string | undefined,
): Promise<void> {
  if (req.method !== "GET" && req.method !== "HEAD")
    throw new Failure("method_not_allowed", "this address takes GET")
  // The host was looked at before: it is one of this node's names.
  const scheme = req.socket instanceof TLSSocket ? "https" : "http"
  reply(res, 200, await acsOf(source, `${scheme}://${req.headers.host}${base}${source.name}`, broker))
}

function reply(
  res: ServerResponse,
  status: number,
  message: JsonObject,
  headers: Record<string, string> = {},
): void {
  if (res.headersSent || res.destroyed) return
  const body = JSON.stringify(message)
  res.writeHead(status, {
    ...headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  })
  res.end(body)
}
