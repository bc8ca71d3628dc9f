import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { contract } from "@hufu/core/contract/contract"
import type { Operation } from "@hufu/core/contract/operation"
import { openapi } from "@hufu/core/contract/openapi"
import { asFailure, Failure } from "@hufu/core/failure"
import { addressOwner } from "@hufu/core/identity/ip-address"
import type { Language } from "@hufu/core/words"
import { type Context, Hono } from "hono"
import type { Logger } from "pino"
import { requireFresh } from "../authority/person-proof.ts"
import type { TokenAuthority } from "../authority/tokens.ts"
import type { Clock } from "../clock.ts"
import type { OperationContext } from "../operation/context.ts"
import type { Operations } from "../operation/operations.ts"
import type { AccessAnswers } from "../access/answer-access.ts"
import { accessMetadata, accessMetadataPath, answerAccess, requestIdOf } from "./access/serve-access.ts"
import { caBase } from "../identity/ca/ca-addresses.ts"
import type { CertificateAuthority } from "../identity/ca/certificate-authority.ts"
import { serveCa } from "./ca/serve-ca.ts"
import { callOperation, type RawInput, readInput } from "./call-operation.ts"
import type { ConsoleFiles } from "./console/console-files.ts"
import { serveConsole } from "./console/serve-console.ts"
import type { EventFeed } from "./events/event-feed.ts"
import { callerOf, isStillAllowed } from "./events/follower.ts"
import { readEntryPermalink, writeEntry } from "./entry-permalink.ts"
import { checkHost } from "./host-guard.ts"
import { type CallerParts, identifyCaller, requireScope } from "./identify-caller.ts"
import type { Guide } from "./guide/guide.ts"
import { docsPage } from "./page/docs-page.ts"
import { approvalPage, homePage } from "./page/home-page.ts"
import { pagePolicy } from "./page/layout.ts"
import { serveLog } from "./log/serve-log.ts"
import { languageOf, problemOf } from "./problem.ts"
import { readBody, readQuery } from "./read-request.ts"
import type { Discovery } from "../registry/discovery/discovery.ts"
import type { Atr } from "../registry/atr/atr.ts"
import { nodeOwner } from "../registry/sync/webhooks.ts"
import type { ServedFaces } from "../registry/served-faces.ts"
import type { WellKnown } from "../registry/well-known.ts"
import { adpBase, serveAdp } from "./registry/serve-adp.ts"
import { ardBase, serveArd } from "./registry/serve-ard.ts"
import { serveAtr } from "./registry/serve-atr.ts"
import { dspBase, type DspDoor, type DspSender, serveDsp } from "./registry/serve-dsp.ts"
import { serveFaces, serveWellKnown } from "./registry/serve-faces.ts"
import { mcpRegistryBase, serveMcpRegistry } from "./registry/serve-mcp-registry.ts"
import { serveTokens } from "./serve-tokens.ts"
import { findRoute, type Route } from "./route-table.ts"

export interface AppParts extends CallerParts {
  readonly operations: Operations
  readonly clock: Clock
  readonly events: EventFeed
  readonly access: AccessAnswers
  /** The built console, if there is one. */
  readonly console: ConsoleFiles | undefined
  /** The folder of the published log, if it is served here too. */
  readonly servedLog: string | undefined
  /** The status list of mandate tokens, where they are issued. */
  readonly tokens: Pick<TokenAuthority, "list" | "key">
  /** The certificate authority; left out where none is served. */
  readonly ca?: CertificateAuthority
  /** Approved registrations, in the forms of other systems. */
  readonly faces: ServedFaces
  /** What stands at this host's well-known addresses. */
  readonly wellKnown: WellKnown
  /** What ATR asks of a registry. */
  readonly atr: Atr
  /** Finding agents among them. */
  readonly discovery: Pick<Discovery, "adp" | "ard" | "servers">
  /** By which other registries mirror this one; undefined where it is not shared. */
  readonly dsp: (() => Pick<DspDoor, "dsp" | "webhooks">) | undefined
  /** An agent that is registered here, where a request is its own. Throws for who proves nothing. */
  readonly agentSender: (request: IncomingMessage) => DspSender | undefined
  /** Where people open the console. */
  readonly consoleOrigin: () => string
  /** Further Host header values that are served. */
  readonly hosts: readonly string[]
  readonly version: string
  readonly logger: Pick<Logger, "error" | "info">
}

/** How a request reached the node; set by the listener, never by a header. */
export interface Bindings {
  readonly transport: "socket" | "http"
  /** From which address it came; of the local socket there is none. */
  readonly address?: string | undefined
  /** The request as it came over the network. */
  readonly incoming?: IncomingMessage
}

type AppContext = Context<{ Bindings: Bindings }>

const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": pagePolicy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const

/** The control plane: the contract's operations, OpenAPI, and the plain pages. */
export function createApp(parts: AppParts): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>()
  const documents = documentsOf(parts.version)

  app.use(async function guard(c, next) {
    secure(c)
    if (transportOf(c) === "http") checkHost(c.req.header("host"), c.req.header("origin"), parts.hosts)
    await next()
  })
  app.get("/healthz", (c) => c.json({ ok: true }))
  app.get("/openapi.json", (c) => c.body(documents.openapi(), 200, { "content-type": "application/json" }))
  app.get("/docs", (c) => c.html(documents.docs(langOf(c))))
  app.get("/docs/*", async (c) => {
    const page = (await documents.guide()).page(c.req.path.slice("/docs/".length).replace(/\/$/, ""))
    if (page === undefined) throw nowhere()
    return c.html(page)
  })
  app.all("/v1/*", (c) => answer(parts, c))
  app.all("/access/*", (c) => decideAccess(parts, c))
  app.get(accessMetadataPath, (c) => c.json(accessMetadata(parts.consoleOrigin())))
  app.all("/log/*", (c) => serveLog(c, parts.servedLog))
  app.get("/status/*", (c) => serveTokens(c, parts.tokens))
  app.all(`${caBase}/*`, (c) => answerCa(parts, c))
  for (const base of [adpBase, ardBase, mcpRegistryBase])
    app.all(`${base}/*`, (c) => discoverBy(parts, c, base))
  app.all(`${dspBase}/*`, (c) => answerDsp(parts, c))
  // Under the same address without a file's name the console shows the registration to people.
  app.get("/.well-known/*", (c) => serveWellKnown(c, parts.wellKnown))
  app.get("/registry/*", (c, next) =>
    c.req.path.endsWith(".json") || !parts.console?.page() ? serveFaces(c, parts.faces) : next(),
  )
  app.all("/entries/*", async (c, next) => (await answerEntry(parts, c)) ?? next())
  app.get("*", async (c, next) => (await serveConsole(c, parts)) ?? next())
  addPages(app, parts)
  app.notFound((c) => fail(c, nowhere()))
  app.onError((error, c) => {
    const failure = asFailure(error)
    const requestId = randomUUID()
    if (failure.code === "internal") parts.logger.error({ err: failure.cause, requestId }, "a request failed")
    return fail(c, failure, requestId)
  })
  return app
}

// What is served where no console is built. INVARIANT: anyone on this machine can read these two pages, so they show no arguments
// and decide nothing.
function addPages(app: Hono<{ Bindings: Bindings }>, { operations }: AppParts): void {
  const context = { requestId: "page", transport: "socket" as const }
  app.get("/", async (c) => {
    const status = await operations["node.status"]({}, context)
    const { items } = await operations["hold.list"]({ state: "waiting", limit: 100 }, context)
    return c.html(homePage(langOf(c), { status, holds: items, now: Date.now() }))
  })
  app.get("/approvals/:hold", async (c) => {
    const { success, data } = contract["hold.show"].input.safeParse({ hold: c.req.param("hold") })
    if (!success) throw nowhere()
    return c.html(approvalPage(langOf(c), await operations["hold.show"](data, context), Date.now()))
  })
}

async function answer(parts: AppParts, c: AppContext): Promise<Response> {
  const found = findRoute(c.req.method, c.req.path)
  if ("allowed" in found) {
    if (found.allowed.length === 0) throw nowhere()
    c.header("allow", found.allowed.join(", "))
    throw new Failure("method_not_allowed", `use ${found.allowed.join(" or ")} here`)
  }
  const { route, parameters } = found
  const { operation } = route
  const context = admit(parts, c, route)
  const { requestId } = context
  const raw = { parameters, query: readQuery(c.req.queries()), body: await readBody(c.req.raw) }
  if (operation.stream) return follow(parts, c, { raw, operation, context })
  const output = await callOperation(parts.operations, route, raw, context)
  // Every output of the contract is JSON.
  return c.json(output as Parameters<typeof c.json>[0], 200, { "x-request-id": requestId })
}

/** The AuthZEN 1.0 Authorization API. */
async function decideAccess(parts: AppParts, c: AppContext): Promise<Response> {
  const requestId = requestIdOf(c.req.header("x-request-id")) ?? randomUUID()
  c.header("x-request-id", requestId)
  try {
    const admit = () => identify(parts, c, requestId)
    const answer = await answerAccess(c.req.raw, c.req.path, { answers: parts.access, admit })
    if (answer === undefined) throw nowhere()
    // Every answer is JSON.
    return c.json(answer as Parameters<typeof c.json>[0])
  } catch (error) {
    const failure = asFailure(error)
    if (failure.code === "internal") parts.logger.error({ err: failure.cause, requestId }, "a request failed")
    return fail(c, failure, requestId)
  }
}

/** What ACPs' certificate authority answers. */
async function answerCa(parts: AppParts, c: AppContext): Promise<Response> {
  const { ca, clock, logger } = parts
  const onError = (error: unknown) => logger.error({ err: error }, "a request failed")
  const asked = await serveAtr(c.req.raw, { atr: parts.atr, caller: undefined, onError })
  if (asked !== undefined) return asked
  const answer =
    ca && (await serveCa(c.req.raw, { ca, clock, onError }, () => identify(parts, c, randomUUID())))
  if (answer === undefined) throw nowhere()
  return answer
}

/** The protocols of others by which agents are found, each with its own errors. */
async function discoverBy({ discovery, logger }: AppParts, c: AppContext, base: string): Promise<Response> {
  const request = c.req.raw
  const path = new URL(request.url).pathname
  const onError = (error: unknown) => logger.error({ err: error }, "a request failed")
  // Where nothing else is known of who asks, everybody at one address is one caller.
  const by = addressOwner(c.env?.address ?? "")
  const answer =
    base === adpBase
      ? await serveAdp(request, path, { aic: undefined, name: by }, { ...discovery.adp(), onError })
      : base === ardBase
        ? await serveArd(request, path, { ard: discovery.ard(), by, onError })
        : serveMcpRegistry(request, { servers: discovery.servers(), by, onError })
  if (answer === undefined) throw nowhere()
  return answer
}

/** What other registries are told, so that they mirror this one. */
async function answerDsp(parts: AppParts, c: AppContext): Promise<Response> {
  const { dsp, logger } = parts
  const onError = (error: unknown) => logger.error({ err: error }, "a request failed")
  const answer =
    dsp &&
    (await serveDsp(
      c.req.raw,
      { path: c.req.path, caller: c.env?.address ?? "" },
      {
        ...dsp(),
        onError,
        senderOf() {
          const agent = c.env?.incoming && parts.agentSender(c.env.incoming)
          if (agent !== undefined) return agent
          requireFresh(identify(parts, c, randomUUID()).session, parts.clock)
          return { owner: nodeOwner }
        },
      },
    ))
  if (answer === undefined) throw nowhere()
  return answer
}

/** The permanent address of an entry: to programs what `log.entry` answers, to whom that answers; undefined where it is a page. */
async function answerEntry(parts: AppParts, c: AppContext): Promise<Response | undefined> {
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    c.header("allow", "GET, HEAD")
    throw new Failure("method_not_allowed", "use GET here")
  }
  c.header("vary", "accept")
  const { entry, form } = readEntryPermalink(new URL(c.req.url).pathname, c.req.header("accept") ?? "")
  // The page asks for the entry itself; where no console is built there is none.
  if (form === undefined && parts.console?.page()) return undefined
  const found = findRoute("GET", `/v1/log/entries/${entry}`)
  if ("allowed" in found) throw nowhere()
  const context = admit(parts, c, found.route)
  const { requestId } = context
  const proof = await parts.operations["log.entry"]({ entry }, context)
  const { body, type } = writeEntry(proof, form ?? "json")
  return c.body(body, 200, { "content-type": type, "x-request-id": requestId })
}

/** Who asks, once it is clear that they may. */
function admit(parts: AppParts, c: AppContext, route: Route): OperationContext {
  const context = identify(parts, c, randomUUID())
  requireScope(route, context, parts.clock)
  return context
}

function identify(parts: AppParts, c: AppContext, requestId: string): OperationContext {
  const transport = transportOf(c)
  return identifyCaller(
    {
      authorization: c.req.header("authorization"),
      // Nobody has looked at what comes over the local socket, where no page is.
      origin: transport === "http" ? c.req.header("origin") : undefined,
      host: c.req.header("host"),
      transport,
      requestId,
    },
    parts,
  )
}

function follow(
  parts: AppParts,
  c: AppContext,
  { raw, operation, context }: { raw: RawInput; operation: Operation; context: OperationContext },
): Response {
  // The one stream of the contract takes `from` alone.
  const { from } = readInput(operation, raw) as { from?: string }
  const stream = parts.events.open({
    from: c.req.header("last-event-id") ?? from,
    caller: callerOf(context),
    isAllowed: () => isStillAllowed(context, parts),
  })
  return c.body(stream, 200, { "content-type": "text/event-stream", "x-request-id": context.requestId })
}

function fail(c: AppContext, failure: Failure, requestId: string = randomUUID()): Response {
  const body = problemOf(failure, requestId, langOf(c))
  secure(c)
  // Every status of the failure table is an HTTP error status with a body.
  return c.json(body, failure.status as 400, {
    "content-type": "application/problem+json",
    "x-request-id": requestId,
    ...(failure.status === 401 ? { "www-authenticate": 'Bearer realm="hufu"' } : {}),
  })
}

function secure(c: AppContext): void {
  for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value)
}

function nowhere(): Failure {
  return new Failure("not_found", "there is nothing at this address: `/docs` lists what there is")
}

/** Both are the same for the life of the process, and dear to make. */
function documentsOf(version: string) {
  let schema: string | undefined
  const pages = new Map<Language, string>()
  let guide: Promise<Guide> | undefined
  return {
    // What reads Markdown is loaded when somebody reads.
    guide: () => (guide ??= import("./guide/guide.ts").then(({ openGuide }) => openGuide())),
    openapi: () => (schema ??= JSON.stringify(openapi(contract, version))),
    docs(lang: Language) {
      const page = pages.get(lang) ?? docsPage(contract, lang)
      pages.set(lang, page)
      return page
    },
  }
}

function langOf(c: AppContext): Language {
  return languageOf(c.req.header("accept-language"), c.req.query("lang"))
}

function transportOf(c: AppContext): Bindings["transport"] {
  return c.env?.transport === "socket" ? "socket" : "http"
}
