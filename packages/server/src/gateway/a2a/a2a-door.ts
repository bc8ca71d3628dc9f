import { hash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { Failure, isFailure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { checkHost } from "../../http/host-guard.ts"
import { acceptSignature } from "../../identity/signed-requests.ts"
import { challengeOf } from "../mcp/challenge.ts"
import { createPresence } from "../mcp/presence.ts"
import { readBody } from "../mcp/read-body.ts"
import { viaHeader } from "../mcp/upstream/http-upstream.ts"
import { requireScope } from "../require-scope.ts"
import { cardAt } from "./a2a-card.ts"
import { A2aFailure, a2aFailure, asA2aFailure } from "@hufu/core/a2a/a2a-failure"
import { withLegacyMembers } from "./a2a-legacy-card.ts"
import { a2aMethods, type A2aMethod } from "./a2a-methods.ts"
import { restFailure, routeOf, serveRest } from "./a2a-rest.ts"
import { answerJson } from "./a2a-reply.ts"
import { idOf, readCall, rpcFailure, serveRpc } from "./a2a-rpc.ts"
import { type A2aAsking, createA2aAnswers } from "./a2a-serve.ts"
import type { A2aParts, A2aVisit } from "./a2a-visit.ts"

export interface A2aDoor {
  takes(path: string): boolean
  handle(req: IncomingMessage, res: ServerResponse): void
}

const wellKnown = "/.well-known/agent-card.json"
const jsonTypes = /^application\/(?:a2a\+)?json\s*(?:;|$)/i

/** The door at `/a2a/{server}`: JSON-RPC and HTTP+JSON of A2A 1.0, and JSON-RPC of 0.3, at one address. */
export function createA2aDoor(parts: A2aParts): A2aDoor {
  const { governor, config, log } = parts
  const { limits } = config
  const answers = createA2aAnswers(parts)
  const presence = createPresence(governor, {
    request: limits.requestsPerAgent,
    stream: limits.streamsPerAgent,
    session: 0,
  })

  async function visit(req: IncomingMessage, res: ServerResponse): Promise<void> {
    guard(req)
    const { caller, checkBody } = parts.identify(req)
    governor.standing(caller)
    requireScope(caller, "read")
    const url = new URL(req.url ?? "", "http://localhost")
    const [, server, below = ""] = /^\/a2a\/([a-z0-9][a-z0-9._-]{0,62})(\/.*)?$/.exec(url.pathname) ?? []
    if (server === undefined)
      throw new Failure("not_found", "use `/a2a/{server}`, with the name of a partner or a tool server")
    const extensions = extensionsOf(req)
    const arrived = {
      req,
      res,
      caller,
      server,
      extensions,
      ...(checkBody === undefined ? {} : { checkBody }),
    }
    if (below === wellKnown) return showCard(arrived)
    if (isRpcPath(below)) return serveByRpc(arrived, url)
    const version = versionOf(req, url)
    if (version === "0.3")
      throw a2aFailure(
        "VersionNotSupported",
        "over HTTP only A2A 1.0 is served: send the header `A2A-Version: 1.0`",
      )
    return serveByRest({ ...arrived, version }, below, url.searchParams)
  }

  function guard(req: IncomingMessage): void {
    checkHost(req.headers.host, req.headers.origin, config.hosts)
    if (req.headers[viaHeader] === config.node)
      throw new Failure("forbidden", "a partner's address leads back to Hufu: correct its registration")
  }

  async function serveByRpc(arrived: Omit<A2aVisit, "version">, url: URL): Promise<void> {
    const { req, res } = arrived
    let id: string | number | null = null
    try {
      const version = versionOf(req, url)
      if (req.method !== "POST")
        throw new Failure("method_not_allowed", "this address takes POST; below it are others")
      const { bytes, value } = await readBody(req, limits.bodyBytes)
      arrived.checkBody?.(bytes)
      id = idOf(value)
      const visit = { ...arrived, version }
      const call = readCall(value, version)
      await under(visit, call.method, (asking) => serveRpc(visit, call, answers, asking))
    } catch (error) {
      refuseRpc(res, error, id)
    }
  }

  function refuseRpc(res: ServerResponse, error: unknown, id: string | number | null): void {
    report(error)
    if (res.headersSent) return void res.destroy()
    const failure = asA2aFailure(error)
    // A client looks at the status for what is wrong before the method is; what is wrong with the method stands in the answer.
    const isOfMethod = !isFailure(error) || [400, 404, 409, 415].includes(error.status)
    answerJson(
      res,
      isOfMethod ? 200 : failure.httpStatus,
      rpcFailure(id, failure),
      headersFor(res.req, error),
    )
  }

  function report(error: unknown): void {
    if (!(error instanceof A2aFailure) && !isFailure(error))
      log.warn({ error }, "a request of A2A could not be handled")
  }

  async function serveByRest(arrived: A2aVisit, below: string, query: URLSearchParams): Promise<void> {
    const { req } = arrived
    const route = routeOf(req.method ?? "", below, query)
    if (route === undefined) throw new Failure("not_found", "there is no such method of A2A at this address")
    let params = route.params
    if (route.hasBody) {
      const { bytes, value } = hasNoBody(req)
        ? { bytes: Buffer.alloc(0), value: {} }
        : await readBody(req, limits.bodyBytes, jsonTypes)
      arrived.checkBody?.(bytes)
      if (!isJsonObject(value))
        throw new Failure("invalid_input", "the body is not acceptable: send an object")
      params = { ...value, ...params }
    }
    await under(arrived, route.method, (asking) => serveRest(arrived, { ...route, params }, answers, asking))
  }

  /** Runs one request under the agent's bounds: it ends when the client goes away, and at once when everything of the agent is stopped. */
  async function under(
    arrived: A2aVisit,
    method: A2aMethod,
    work: (asking: A2aAsking) => Promise<void>,
  ): Promise<void> {
    const { caller, server, extensions, res } = arrived
    const controller = new AbortController()
    const leave = presence.enter(caller, a2aMethods[method].streams ? "stream" : "request", (reason) => {
      controller.abort(
        new Failure("stopped", `the agent or the partner was stopped: \`${reason.slice(0, 200)}\``),
      )
    })
    const gone = () => controller.abort(new Error("the client has gone"))
    res.once("close", gone)
    try {
      await work({
        caller,
        server,
        extensions,
        signal: controller.signal,
        card: () => cardFor(arrived, controller.signal),
      })
    } catch (error) {
      // What a stop ended is told as a stop, and what nobody waits for any more is told to nobody.
      if (res.destroyed) return
      throw controller.signal.aborted ? controller.signal.reason : error
    } finally {
      res.removeListener("close", gone)
      leave()
    }
    if (controller.signal.aborted && !res.writableEnded) throw controller.signal.reason
  }

  async function cardFor(
    { caller, server }: Pick<A2aVisit, "caller" | "server">,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const described = await parts.describe(server, caller, signal)
    if (described === undefined)
      throw new Failure("not_found", `there is no partner and no tool server \`${server}\``)
    return parts.signCard(cardAt(server, described, config.origin()))
  }

  async function showCard(arrived: Omit<A2aVisit, "version">): Promise<void> {
    const { req, res } = arrived
    if (req.method !== "GET" && req.method !== "HEAD")
      throw new Failure("method_not_allowed", "a card is read by GET")
    const version = req.headers["a2a-version"]
    const card = await cardFor(arrived, AbortSignal.timeout(limits.waitMs))
    const shown = version === undefined || version === "0.3" ? withLegacyMembers(card) : card
    const body = JSON.stringify(shown)
    const headers = {
      etag: `"${hash("sha256", body, "base64url")}"`,
      // It says what this very agent may use, and may change with a recall at any moment.
      "cache-control": "private, no-cache, max-age=0",
      vary: "Authorization, A2A-Version",
    }
    if (req.headers["if-none-match"] === headers.etag) return void res.writeHead(304, headers).end()
    res.writeHead(200, {
      ...headers,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    })
    res.end(req.method === "HEAD" ? undefined : body)
  }

  function headersFor(req: IncomingMessage, error: unknown): Record<string, string> {
    if (!isFailure(error)) return {}
    const headers: Record<string, string> = {}
    if (error.status === 401 || error.code === "insufficient_scope")
      headers["www-authenticate"] = challengeOf(error, req, config.tokenHelp)
    if (error.code === "signature_refused") headers["accept-signature"] = acceptSignature
    if (error.status === 405) headers["allow"] = "POST, GET, DELETE"
    if (error.status === 429) headers["retry-after"] = "1"
    // What was not read of the request would be taken for the next one.
    if (!req.complete) headers["connection"] = "close"
    return headers
  }

  return {
    takes: (path) => path === "/a2a" || path.startsWith("/a2a/"),
    handle(req, res) {
      res.on("error", () => {})
      visit(req, res).catch((error: unknown) => {
        const path = (req.url ?? "").split("?", 1)[0] ?? ""
        if (isRpcPath(/^\/a2a\/[^/]+(\/.*)?$/.exec(path)?.[1] ?? "")) return refuseRpc(res, error, null)
        report(error)
        if (res.headersSent) return void res.destroy()
        restFailure(res, error, headersFor(req, error))
        return undefined
      })
    },
  }
}

/** JSON-RPC is at a name itself; what is below it is addressed by the binding of HTTP. */
function isRpcPath(below: string): boolean {
  return below === "" || below === "/"
}

/** The version of the protocol that a client speaks; none is 0.3 (A2A 1.0 §3.6.2), and what comes after the second number is no matter. */
function versionOf(req: IncomingMessage, url: URL): A2aVisit["version"] {
  const header = req.headers["a2a-version"]
  const said = (Array.isArray(header) ? header[0] : header) ?? url.searchParams.get("A2A-Version") ?? ""
  const version = said.trim() === "" ? "0.3" : /^(\d{1,4}\.\d{1,4})(?:\.\d{1,6})?$/.exec(said.trim())?.[1]
  if (version === "1.0" || version === "0.3") return version
  throw a2aFailure(
    "VersionNotSupported",
    `the version \`${said.slice(0, 20)}\` of A2A is not served: speak 1.0 or 0.3`,
  )
}

function extensionsOf(req: IncomingMessage): string[] {
  const said = [req.headers["a2a-extensions"], req.headers["x-a2a-extensions"]]
    .flat()
    .filter((each) => each !== undefined)
  return [...new Set(said.flatMap((each) => each.split(",")).map((each) => each.trim()))]
    .filter((each) => each !== "" && each.length <= 2048)
    .slice(0, 64)
}

function hasNoBody(req: IncomingMessage): boolean {
  return req.headers["transfer-encoding"] === undefined && (req.headers["content-length"] ?? "0") === "0"
}
