import { timingSafeEqual, type KeyObject } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { oauthScopes } from "@hufu/core/contract/oauth"
import type { Logger } from "pino"
import { errors, type IssuedToken, type OidcContext, Provider } from "oidc-provider"
import { type CredentialAuthority, nameOf } from "../../authority/credentials.ts"
import type { ClientDocuments } from "./client-documents.ts"
import { dpopAlgorithms } from "./dpop-proof.ts"
import { hashOf, type oauthAdapters } from "./oauth-adapter.ts"
import { boundModel, type OauthItems } from "./oauth-items.ts"
import type { Resources } from "./resources.ts"

export interface ProviderParts {
  readonly resources: Resources
  readonly privateKey: KeyObject
  readonly cookieKey: string
  readonly items: Pick<OauthItems, "get">
  readonly adapters: ReturnType<typeof oauthAdapters>
  readonly credentials: Pick<CredentialAuthority, "findNamed">
  readonly documents: ClientDocuments
  readonly personId: string
  readonly settings: { readonly registration: boolean; readonly tokenSeconds: number }
  readonly logger: Pick<Logger, "error">
}

const scope = oauthScopes.join(" ")
const daySeconds = 86_400
export const grantDays = 90
export const oauthPaths = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  jwks: "/oauth/jwks",
  registration: "/oauth/register",
  revocation: "/oauth/revoke",
  pushed_authorization_request: "/oauth/par",
  end_session: "/oauth/end",
} as const
/** Below this the browser goes to the page on which the person decides, and comes back from it. */
export const interactionPath = "/oauth/interaction/"

/** The authorisation server itself (OAuth 2.1): loaded when somebody first asks it for something. */
export function openProvider(parts: ProviderParts): Provider {
  const { resources, adapters, documents, settings, personId } = parts
  const provider = new Provider(resources.issuer, {
    adapter: adapters,
    clients: [],
    clientAuthMethods: ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
    clientDefaults: {
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      id_token_signed_response_alg: "EdDSA",
      token_endpoint_auth_method: "none",
    },
    conformIdTokenClaims: true,
    cookies: {
      keys: [parts.cookieKey],
      names: { session: "hufu_oauth", interaction: "hufu_oauth_asked", resume: "hufu_oauth_resume" },
      long: { httpOnly: true, sameSite: "lax", path: "/oauth" },
      short: { httpOnly: true, sameSite: "lax" },
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ["EdDSA", "Ed25519", "ES256"],
      idTokenSigningAlgValues: ["EdDSA"],
      userinfoSigningAlgValues: ["EdDSA"],
      introspectionSigningAlgValues: ["EdDSA"],
      authorizationSigningAlgValues: ["EdDSA"],
      requestObjectSigningAlgValues: ["EdDSA"],
      dPoPSigningAlgValues: [...dpopAlgorithms],
    },
    expiresWithSession: () => false,
    extraTokenClaims: (context: OidcContext, token: IssuedToken) => bindToCredential(parts, context, token),
    features: {
      clientCredentials: { enabled: true },
      clientIdMetadataDocument: {
        enabled: true,
        ack: "draft-02",
        allowFetch: async (_context: unknown, id: string) => documents.allows(id),
      },
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      registration: { enabled: settings.registration, issueRegistrationAccessToken: false },
      resourceIndicators: {
        enabled: true,
        // What a token is for is said by whoever asks for it.
        defaultResource(_context: unknown, _client: unknown, oneOf?: readonly string[]) {
          if (oneOf?.length === 1) return oneOf[0]
          throw new errors.InvalidTarget("name the tool server's address as `resource`")
        },
        getResourceServerInfo(_context: unknown, resource: string) {
          if (resources.serverOf(resource) === undefined)
            throw new errors.InvalidTarget("no tool server is at that address of this node")
          return {
            scope,
            audience: resource,
            accessTokenTTL: settings.tokenSeconds,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: "EdDSA" } },
          }
        },
      },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    fetch: (url: string | URL, options: Parameters<ClientDocuments["fetch"]>[1]) =>
      documents.fetch(String(url), options),
    fetchResponseBodyLimits: { jwks_uri: 64 * 1024, sector_identifier_uri: 1024 },
    findAccount: (_context: unknown, id: string) =>
      id === personId ? { accountId: id, claims: () => ({ sub: id }) } : undefined,
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `${interactionPath}${uid}` },
    issueRefreshToken: (_context: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
      client.grantTypeAllowed("refresh_token"),
    jwks: { keys: [{ ...parts.privateKey.export({ format: "jwk" }), alg: "EdDSA", use: "sig" }] },
    // INVARIANT: what was allowed before lets nothing in again: the person is asked each time.
    async loadExistingGrant({ oidc }: OidcContext) {
      const grant = oidc.result?.consent?.grantId
      return grant === undefined ? undefined : provider.Grant.find(grant)
    },
    pkce: { required: () => true },
    renderError(
      context: OidcContext,
      { error, error_description: why }: { error: string; error_description?: string },
    ) {
      context.type = "text/plain; charset=utf-8"
      context.body = `${error}${why === undefined ? "" : `: ${why}`}\n`
    },
    responseTypes: ["code"],
    rotateRefreshToken: true,
    routes: oauthPaths,
    scopes: ["offline_access", ...oauthScopes],
    ttl: {
      AccessToken: settings.tokenSeconds,
      AuthorizationCode: 60,
      ClientCredentials: settings.tokenSeconds,
      Grant: grantDays * daySeconds,
      IdToken: 60,
      Interaction: 600,
      RefreshToken: 30 * daySeconds,
      Session: 600,
    },
  })
  // The cookies are marked secure by how the browser came, which only the configuration knows.
  provider.proxy = true
  provider.Client.prototype.compareClientSecret = function compareHashed(actual) {
    const [given, kept] = [Buffer.from(hashOf(actual)), Buffer.from(this.clientSecret ?? "")]
    return given.length === kept.length && timingSafeEqual(given, kept)
  }
  provider.on("server_error", (_context: unknown, error: unknown) =>
    parts.logger.error({ err: error }, "the authorisation server failed"),
  )
  return provider
}

/**
 * INVARIANT: a token identifies an agent by a credential that the person gave, and that still holds. A client that was let in on its own
 * asking gets no token without the person's answer to exactly that; one that the person made gets none with an answer.
 */
function bindToCredential({ credentials, items }: ProviderParts, { oidc }: OidcContext, token: IssuedToken) {
  const credential = credentials.findNamed(nameOf({ is: "client", client: token.clientId }))
  if (credential?.about?.is !== "client")
    throw new errors.InvalidGrant("the person has not let this client in, or lets it in no more")
  const { by } = credential.about
  if ((by === "person") !== (token.kind === "ClientCredentials"))
    throw new errors.UnauthorizedClient("this client gets no tokens in that way")
  // A grant from before the client was revoked and let in again is not this one.
  if (
    by === "consent" &&
    items.get(boundModel, oidc.entities.Grant?.jti ?? "")?.["credential"] !== credential.id
  )
    throw new errors.InvalidGrant("what the person allowed this client has ended since")
  return { credential: credential.id }
}

/** Hands a request on as it reached this node's own address; what proxies say of themselves is not believed. */
export function handOn(
  provider: Provider,
  issuer: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { protocol, host } = new URL(issuer)
  delete request.headers["x-forwarded-for"]
  request.headers["x-forwarded-proto"] = protocol.slice(0, -1)
  request.headers["x-forwarded-host"] = host
  return provider.callback()(request, response)
}
