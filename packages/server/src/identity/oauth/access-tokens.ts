import { createPublicKey, type KeyObject, verify } from "node:crypto"
import type { IncomingMessage } from "node:http"
import type { CredentialRecord } from "@hufu/core/contract/records"
import { isOauthScope, type OauthScope } from "@hufu/core/contract/oauth"
import { Failure } from "@hufu/core/failure"
import { parseJws } from "@hufu/core/token/jws"
import { z } from "zod"
import { type CredentialAuthority, nameOf } from "../../authority/credentials.ts"
import type { Clock } from "../../clock.ts"
import type { CallerToken } from "../../gateway/governor.ts"
import type { SeenProofs } from "../seen-proofs.ts"
import { readDpopProof } from "./dpop-proof.ts"
import { pathOf, type Resources } from "./resources.ts"

/** Access tokens of this node's own authorisation server at the MCP door (RFC 9068, RFC 9449). */
export interface AccessTokens {
  /** Whether an `Authorization` header holds one, rather than a credential. */
  takes(authorization: string): boolean
  /** Throws Failure("access_token_refused") with the reason as `refused`, and Failure("unauthenticated") for a client that is let in no more. */
  identify(request: IncomingMessage): { credential: CredentialRecord; token: CallerToken }
}

interface Parts {
  readonly publicKey: KeyObject
  readonly credentials: Pick<CredentialAuthority, "checkNamed">
  readonly resources: () => Resources
  readonly clock: Clock
  readonly seen: SeenProofs
}

const maxBytes = 4096
const maxKnown = 1000
const bearer = /^Bearer ([\w-]{1,1000}\.[\w-]{1,3000}\.[\w-]{1,200})$/
const dpop = /^DPoP ([\w-]{1,1000}\.[\w-]{1,3000}\.[\w-]{1,200})$/i

const Header = z.strictObject({ alg: z.literal("EdDSA"), typ: z.literal("at+jwt"), kid: z.string() })
const Claims = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.int(),
  client_id: z.string(),
  credential: z.string(),
  scope: z.string().default(""),
  cnf: z.object({ jkt: z.string() }).optional(),
})
type Claims = z.infer<typeof Claims>

export function openAccessTokens({ publicKey, credentials, resources, clock, seen }: Parts): AccessTokens {
  /** Checking a signature takes a hundred times as long as finding that it was checked. */
  const known = new Map<string, Claims>()

  function claimsOf(token: string): Claims {
    const before = known.get(token)
    if (before !== undefined) return before
    const jws = parseJws(token, maxBytes)
    const issuer = z.object({ iss: z.string() }).safeParse(jws?.payload).data?.iss
    if (jws === undefined || issuer === undefined)
      throw refused("form", "this is no access token: ask for one anew")
    if (issuer !== resources().issuer)
      throw refused(
        "issuer",
        "this token was issued by another authorisation server, for another service: ask the one that the resource's metadata names",
      )
    if (
      !Header.safeParse(jws.header).success ||
      !verify(null, Buffer.from(jws.signed), publicKey, jws.signature)
    )
      throw refused("signature", "the signature of this token is not one of this node: ask for a token anew")
    const claims = Claims.safeParse(jws.payload).data
    if (claims === undefined)
      throw refused("form", "this is a token for something else than a tool server: ask for an access token")
    if (known.size >= maxKnown) known.clear()
    known.set(token, claims)
    return claims
  }

  function requireBinding(
    request: IncomingMessage,
    { isDpop, token, claims }: { isDpop: boolean; token: string; claims: Claims },
  ): void {
    const key = claims.cnf?.jkt
    const { dpop: proof } = request.headers
    if (key === undefined) {
      if (isDpop)
        throw refused("binding", "this token is bound to no key: send it as `Authorization: Bearer …`")
      return
    }
    if (!isDpop || typeof proof !== "string")
      throw refused(
        "binding",
        "this token is bound to a key: send it as `Authorization: DPoP …` with a proof (RFC 9449)",
      )
    const own = resources()
    const read = readDpopProof({
      proof,
      token,
      isOwn: (origin) => own.isOwn(origin),
      method: request.method ?? "",
      path: pathOf(request),
      now: Math.floor(clock.now() / 1000),
    })
    if (read.key !== key)
      throw refused("binding", "the proof of possession is by another key than the token is bound to")
    if (!seen.take(`dpop ${key}`, read.id, (read.until + 1) * 1000))
      throw refused("replay", "this proof of possession has come before: make one for each request")
  }

  return {
    takes: (authorization) => dpop.test(authorization) || bearer.test(authorization),
    identify(request) {
      const authorization = request.headers.authorization ?? ""
      const bound = dpop.exec(authorization)?.[1]
      const token = bound ?? bearer.exec(authorization)?.[1] ?? ""
      const claims = claimsOf(token)
      const own = resources()
      if (claims.exp * 1000 <= clock.now())
        throw refused("expiry", "this token has expired: refresh it, or ask for one anew")
      if (!own.audiencesOf(pathOf(request))(claims.aud))
        throw refused(
          "audience",
          "this token is for another resource: ask for one with the address of this one as `resource`",
        )
      requireBinding(request, { isDpop: bound !== undefined, token, claims })
      const credential = credentials.checkNamed(nameOf({ is: "client", client: claims.client_id }))
      // The person may have let the same client in again since, as another agent.
      if (credential.id !== claims.credential)
        throw refused("revoked", "what the person allowed this client has ended since: ask for a token anew")
      return { credential, token: { scopes: scopesOf(claims.scope), metadata: own.metadataUrl(request) } }
    },
  }
}

/** The key by which its own tokens are checked. */
export function publicKeyOf(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey)
}

function scopesOf(text: string): ReadonlySet<OauthScope> {
  return new Set(text.split(" ").filter((each) => isOauthScope(each)))
}

function refused(why: string, sentence: string): Failure {
  return new Failure("access_token_refused", sentence, { extra: { refused: why } })
}
