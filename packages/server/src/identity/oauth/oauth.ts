import { createHmac, randomBytes } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Input, Output } from "@hufu/core/contract/contract"
import { asFailure, Failure } from "@hufu/core/failure"
import type { Logger } from "pino"
import type { Provider } from "oidc-provider"
import type { AgentAuthority } from "../../authority/agents.ts"
import type { CredentialAuthority } from "../../authority/credentials.ts"
import type { Interventions } from "../../authority/interventions.ts"
import type { Clock } from "../../clock.ts"
import type { TokenHelp } from "../../gateway/mcp/challenge.ts"
import { checkHost } from "../../http/host-guard.ts"
import { signingKey } from "../../keys/signing-key.ts"
import type { Store } from "../../store/store.ts"
import type { SeenProofs } from "../seen-proofs.ts"
import { type AccessTokens, openAccessTokens, publicKeyOf } from "./access-tokens.ts"
import { openClientDocuments } from "./client-documents.ts"
import type { Consents } from "./consents.ts"
import { oauthAdapters } from "./oauth-adapter.ts"
import { boundModel, openOauthItems } from "./oauth-items.ts"
import { isMetadataPath, openResources, pathOf, type Resources } from "./resources.ts"

/** The node as an authorisation server, and its tokens at the MCP door. */
export interface Oauth {
  readonly tokens: AccessTokens
  /** What a client without a token is told. */
  readonly help: TokenHelp
  /** Whether a path is one of its own. */
  takes(path: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
  consents(): Promise<Consents>
  /** Makes a client that acts as an agent by its own credentials. */
  register(draft: Input<"credential.client">, by: string): Promise<Output<"credential.client">>
  /** Forgets what a client said of itself, and what was granted to it. */
  forget(client: string): Promise<void>
  close(): Promise<void>
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly agents: AgentAuthority
  readonly credentials: CredentialAuthority
  readonly interventions: Pick<Interventions, "revokeCredential">
  readonly personId: string
  readonly seen: SeenProofs
  /** Where people open the console. */
  readonly issuer: () => string
  /** Where the node listens. */
  readonly url: () => string
  readonly hosts: readonly string[]
  readonly privateNames: readonly string[]
  readonly hasServer: (name: string) => boolean
  readonly settings: {
    readonly registration: boolean
    readonly clientHosts: readonly string[]
    readonly tokenSeconds: number
  }
  readonly logger: Pick<Logger, "error">
}

const dayMs = 86_400_000
const serverMetadata = new Set([
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
])
const interaction = /^\/oauth\/interaction\/([A-Za-z0-9_-]{8,64})$/

/** Loads nothing of the authorisation server before somebody asks it for something. */
export function openOauth(parts: Parts): Oauth {
  const { store, clock, credentials, settings } = parts
  const { privateKey } = signingKey(store.keyFor("oauth-tokens"))
  const items = openOauthItems(parts)
  const documents = openClientDocuments(settings.clientHosts, {
    ownPort: () => Number(new URL(parts.url()).port),
    privateNames: parts.privateNames,
  })
  let known: Resources | undefined
  const resources = () =>
    (known ??= openResources({
      issuer: parts.issuer(),
      url: parts.url(),
      hosts: parts.hosts,
      hasServer: parts.hasServer,
    }))
  const tokens = openAccessTokens({
    publicKey: publicKeyOf(privateKey),
    credentials,
    resources,
    clock,
    seen: parts.seen,
  })

  let opening:
    | Promise<{ provider: Provider; consents: Consents; handOn: Awaited<ReturnType<typeof load>>["handOn"] }>
    | undefined
  const open = () => (opening ??= load())

  async function load() {
    const [{ openProvider, handOn }, { openConsents }] = await Promise.all([
      import("./open-provider.ts"),
      import("./consents.ts"),
    ])
    const provider = openProvider({
      ...parts,
      resources: resources(),
      privateKey,
      cookieKey: createHmac("sha256", store.keyFor("oauth-cookies")).update("1").digest("base64url"),
      items,
      adapters: oauthAdapters({ items, clock }),
      documents,
    })
    return { provider, handOn, consents: openConsents({ ...parts, provider, items, resources: resources() }) }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkHost(request.headers.host, request.headers.origin, parts.hosts)
    const path = pathOf(request)
    if (isMetadataPath(path)) return serveMetadata(request, response)
    const { provider, consents, handOn } = await open()
    const id = interaction.exec(path)?.[1]
    if (id === undefined) return handOn(provider, resources().issuer, request, response)
    const ticket = new URL(request.url ?? "", resources().issuer).searchParams.get("ticket")
    if (ticket === null) return redirect(response, `${resources().issuer}/consent/${id}`)
    const result = consents.take(id, ticket)
    if (result === undefined)
      throw new Failure("not_found", "this answer was used or is over: begin again in the client")
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  function serveMetadata(request: IncomingMessage, response: ServerResponse): void {
    const body = resources().metadata(request)
    if (body === undefined) throw new Failure("not_found", "no tool server is at that address of this node")
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new Failure("method_not_allowed", "use GET here")
    answer(response, 200, body)
  }

  return {
    tokens,
    help: { metadataUrl: (request) => resources().metadataUrl(request) },
    takes: (path) => path.startsWith("/oauth/") || serverMetadata.has(path) || isMetadataPath(path),
    handle(request, response) {
      response.on("error", () => {})
      serve(request, response).catch((error: unknown) => fail(error, response, parts.logger))
    },
    consents: async () => (await open()).consents,
    async register({ agent, scopes, days }, by) {
      const client = randomBytes(16).toString("base64url")
      const secret = `hufu_client_${randomBytes(32).toString("base64url")}`
      await oauthAdapters({ items, clock })("Client").upsert(
        client,
        {
          client_id: client,
          client_secret: secret,
          grant_types: ["client_credentials"],
          redirect_uris: [],
          response_types: [],
          scope: scopes.join(" "),
          token_endpoint_auth_method: "client_secret_basic",
        },
        (days * dayMs) / 1000,
      )
      const about = { is: "client", client, name: "", by: "person" } as const
      return { client, secret, record: await credentials.admit({ agent, about, days, by }) }
    },
    async forget(client) {
      await items.remove("Client", client)
      await items.removeGrant(boundModel, client)
    },
    close: () => documents.close(),
  }
}

function fail(error: unknown, response: ServerResponse, logger: Pick<Logger, "error">): void {
  // What oidc-provider throws outside its own answers is about a browser that did not begin here.
  const isForeign = error instanceof Error && error.name === "SessionNotFound"
  const failure = isForeign
    ? new Failure(
        "forbidden",
        "the client did not begin in this browser: open its link in the browser in which you answer",
      )
    : asFailure(error)
  if (failure.code === "internal") logger.error({ err: error }, "the authorisation server failed")
  if (response.headersSent) return void response.destroy()
  answer(response, failure.status, { error: failure.code, error_description: failure.message })
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  })
  response.end(text)
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, {
    location: to,
    "content-length": 0,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
  })
  response.end()
}
