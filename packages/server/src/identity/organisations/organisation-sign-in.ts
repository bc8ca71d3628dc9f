import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Failure } from "@hufu/core/failure"
import * as oauth from "oauth4webapi"
import type { Clock } from "../../clock.ts"
import type { Account } from "../ownership/developers.ts"

/** Where organisations sign in, as the operator has set it. */
export interface SignInIssuer {
  readonly issuer: string
  readonly clientId: string
  /** File with the client's secret, relative to the data folder; without one the client is public and has PKCE alone. */
  readonly secretFile?: string | undefined
  /** What people call it. */
  readonly name: string
}

export interface OrganisationSignIn {
  begin(issuer: string): Promise<{ url: string; binding: string; expiresAt: number }>
  /** Who came back. Throws Failure("sign_in_refused"). UNTRUSTED input. */
  finish(binding: string, address: string): Promise<{ account: Account; name: string | undefined }>
}

export interface OrganisationSignInParts {
  readonly issuers: readonly SignInIssuer[]
  readonly dataFolder: string
  readonly clock: Clock
  /** The address to which issuers lead back. */
  readonly redirect: () => string
}

const lastsMs = 600_000
const maxUsed = 10_000
const requestMs = 10_000
const maxAnswerBytes = 256 * 1024
const metadataMs = 600_000

/**
 * A relying party of OpenID Connect: authorisation code with PKCE, state, nonce and the issuer's own name (RFC 9207); the ID token is
 * checked with the issuer's keys. Only issuers of the configuration are ever contacted.
 */
export function openOrganisationSignIn({
  issuers,
  dataFolder,
  clock,
  redirect,
}: OrganisationSignInParts): OrganisationSignIn {
  /** What began needs no memory, so that nobody fills it: all of it follows from the binding, which its beginner keeps. */
  const macKey = randomBytes(32)
  const used = new Map<string, number>()
  const known = new Map<string, { server: oauth.AuthorizationServer; at: number }>()
  const keys = new Map<string, oauth.JWKSCacheInput>()

  function issuerOf(text: string): SignInIssuer {
    const found = issuers.find(({ issuer }) => issuer === text)
    if (found !== undefined) return found
    throw new Failure(
      "not_found",
      "organisations do not sign in there: `hufu organisation issuers` shows where they do",
    )
  }

  const optionsFor = ({ issuer }: SignInIssuer) => ({
    [oauth.customFetch]: boundedFetch,
    // The configuration takes plain HTTP on this machine alone.
    [oauth.allowInsecureRequests]: issuer.startsWith("http://"),
  })

  async function serverOf(of: SignInIssuer): Promise<oauth.AuthorizationServer> {
    const before = known.get(of.issuer)
    if (before !== undefined && clock.monotonic() - before.at < metadataMs) return before.server
    const url = new URL(of.issuer)
    const response = await oauth.discoveryRequest(url, { algorithm: "oidc", ...optionsFor(of) })
    const server = await oauth.processDiscoveryResponse(url, response)
    known.set(of.issuer, { server, at: clock.monotonic() })
    return server
  }

  function clientOf({ clientId, secretFile }: SignInIssuer) {
    const client: oauth.Client = { client_id: clientId }
    if (secretFile === undefined) return { client, auth: oauth.None() }
    const secret = readFileSync(resolve(dataFolder, secretFile), "utf8").trim()
    return { client, auth: oauth.ClientSecretBasic(secret) }
  }

  const macOf = (what: string, binding: string, head: string) =>
    createHmac("sha256", macKey).update(`${what}\n${binding}\n${head}`).digest("base64url")

  /** What goes to the issuer and comes back by it: when this began and where, which nobody else could have written. */
  const stateOf = (binding: string, head: string) => `${head}.${macOf("state", binding, head)}`

  async function begin(text: string) {
    const of = issuerOf(text)
    const server = await serverOf(of).catch((cause: unknown) => {
      throw new Failure("upstream_unavailable", "the issuer does not answer: try again later", { cause })
    })
    if (server.authorization_endpoint === undefined)
      throw new Failure("upstream_unavailable", "the issuer has no page on which to sign in")
    const binding = randomBytes(32).toString("base64url")
    const head = `${Math.floor(clock.monotonic())}.${issuers.indexOf(of)}`
    const url = new URL(server.authorization_endpoint)
    for (const [name, value] of Object.entries({
      client_id: of.clientId,
      redirect_uri: redirect(),
      response_type: "code",
      scope: "openid profile",
      state: stateOf(binding, head),
      nonce: macOf("nonce", binding, head),
      code_challenge: await oauth.calculatePKCECodeChallenge(macOf("verifier", binding, head)),
      code_challenge_method: "S256",
    }))
      url.searchParams.set(name, value)
    return { url: url.href, binding, expiresAt: clock.now() + lastsMs }
  }

  /** UNTRUSTED: what an address says of when and where its sign-in began, once its beginner's binding confirms it. */
  function take(binding: string, state: string): { of: SignInIssuer; head: string } {
    const head = state.split(".").slice(0, 2).join(".")
    const [since, at] = head.split(".").map(Number)
    const of = issuers[at ?? -1]
    const now = clock.monotonic()
    const digest = digestOf(binding)
    const isOurs = of !== undefined && isSame(state, stateOf(binding, head))
    if (of === undefined || !isOurs || !(now - (since ?? 0) <= lastsMs) || used.has(digest))
      throw refused(
        "this sign-in did not begin here, was used already or took more than ten minutes",
        "begun-elsewhere",
      )
    // Once, whatever comes of it. One that is forgotten here has been spent at its issuer.
    for (const [each, usedAt] of used) {
      if (now - usedAt <= lastsMs && used.size < maxUsed) break
      used.delete(each)
    }
    used.set(digest, now)
    return { of, head }
  }

  async function finish(binding: string, address: string) {
    const came = new URL(address)
    if (!isSame(came.origin + came.pathname, redirect()))
      throw refused("this is not the address to which the issuer leads back", "address")
    const { of, head } = take(binding, came.searchParams.get("state") ?? "")
    try {
      const server = await serverOf(of)
      const { client, auth } = clientOf(of)
      const parameters = oauth.validateAuthResponse(server, client, came, stateOf(binding, head))
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        auth,
        parameters,
        redirect(),
        macOf("verifier", binding, head),
        optionsFor(of),
      )
      const answer = await oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: macOf("nonce", binding, head),
        requireIdToken: true,
      })
      const cache = keys.get(of.issuer) ?? {}
      keys.set(of.issuer, cache)
      await oauth.validateApplicationLevelSignature(server, response, {
        ...optionsFor(of),
        [oauth.jwksCache]: cache,
      })
      const claims = oauth.getValidatedIdTokenClaims(answer)
      if (claims === undefined || claims.sub.length > 255)
        throw refused("the issuer does not say who came", "nobody")
      const { name } = claims
      return {
        account: { issuer: of.issuer, subject: claims.sub },
        name: typeof name === "string" ? name : undefined,
      }
    } catch (error) {
      if (error instanceof Failure) throw error
      if (error instanceof oauth.AuthorizationResponseError) throw saidNo(error)
      throw refused("what the issuer answered does not hold", "answer", { cause: error })
    }
  }

  return { begin, finish }
}

/** Why a sign-in came to nothing, as a page tells it in the language of whoever reads. */
type Why = "begun-elsewhere" | "address" | "answer" | "nobody" | "issuer"

function refused(
  why: string,
  reason: Why,
  { cause, ...extra }: { cause?: unknown; issuerError?: string; issuerSays?: string } = {},
): Failure {
  return new Failure("sign_in_refused", `${why}: begin again`, {
    extra: { reason, ...extra },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** UNTRUSTED: the issuer's own word for it and what it says, bounded; it answers what began here, as its state shows. */
function saidNo({ error, error_description: says = "" }: oauth.AuthorizationResponseError): Failure {
  const issuerError = error.slice(0, 100)
  return refused(`the issuer let nobody in, and says \`${issuerError}\``, "issuer", {
    issuerError,
    issuerSays: says.slice(0, 300),
  })
}

function digestOf(binding: string): string {
  return createHash("sha256").update(binding).digest("base64url")
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** UNTRUSTED: what an issuer answers, not a byte more than may be, and no redirect. */
async function boundedFetch(url: string, options: object): Promise<Response> {
  // The options are those of `fetch`, as the library hands them over.
  const init = options as RequestInit
  const response = await fetch(url, {
    ...init,
    redirect: "manual",
    signal: AbortSignal.timeout(requestMs),
  })
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxAnswerBytes)
      throw new Failure("too_large", `an issuer's answer has at most ${maxAnswerBytes / 1024} KiB`)
    chunks.push(chunk)
  }
  const body = [101, 204, 205, 304].includes(response.status) ? null : Buffer.concat(chunks)
  return new Response(body, { status: response.status, headers: response.headers })
}
