import type { Mandate } from "../mandate/mandate.ts"
import { isPartOf } from "../mandate/narrow.ts"
import type { Difference } from "../mandate/narrow-grant.ts"
import { type Ed25519Jwk, keyOf, thumbprintUri } from "./ed25519-jwk.ts"
import { isSignedBy, type ParsedJws, parseJws } from "./jws.ts"
import { MandateClaims, tokenBounds, tokenType } from "./mandate-token.ts"
import { tokenDigest } from "./token-digest.ts"
import type { StatusKnown } from "./status-list.ts"

/** What the verifier knows and trusts; no part of it is read from a token. */
export interface ChainTrust {
  /** Whose root tokens count, and by which key. */
  readonly issuers: ReadonlyMap<string, Ed25519Jwk>
  /** Seconds since 1970. */
  readonly now: number
  /** What the status lists that the verifier has read say: `unknown` where it has none that is fresh. */
  readonly statusOf: (uri: string, idx: number) => StatusKnown
}

export type ChainFault =
  | "too_large"
  | "too_long"
  | "malformed"
  | "unknown_issuer"
  | "forged"
  | "not_by_parent"
  | "depth"
  | "not_yet"
  | "expired"
  | "lasts_longer"
  | "other_principal"
  | "not_narrower"
  | "repeated"
  | "no_status"
  | "revoked"
  | "suspended"
  | "status_unknown"

/** A chain that holds at this moment, or why not. */
export type VerifiedChain =
  | {
      readonly ok: true
      /** From the principal's own to the last. */
      readonly mandates: readonly Mandate[]
      readonly leaf: Mandate
      /** Whose signature a call has to have. */
      readonly holder: Ed25519Jwk
      /** Digest of the last token. */
      readonly id: string
    }
  | {
      readonly ok: false
      /** Which token, the root being 0. */
      readonly link: number
      readonly fault: ChainFault
      readonly differences?: readonly Difference[]
    }

interface Link {
  readonly jws: ParsedJws
  readonly claims: MandateClaims
  readonly mandate: Mandate
}

/**
 * Verifies a chain of mandate tokens with nothing but what is given: no clock, no network. UNTRUSTED input; whatever is not shown to hold
 * is refused.
 *
 * @param tokens the principal's own first
 */
export async function verifyTokenChain(tokens: readonly string[], trust: ChainTrust): Promise<VerifiedChain> {
  if (tokens.length === 0 || tokens.length > tokenBounds.links) return no(0, "too_long")
  const size = tokens.reduce((sum, token) => sum + token.length, 0)
  if (size > tokenBounds.chainBytes) return no(0, "too_large")
  const links: Link[] = []
  for (const [at, token] of tokens.entries()) {
    const link = readLink(token)
    if (typeof link === "string") return no(at, link)
    const fault = (await whyNotSigned(link, links[at - 1], trust)) ?? whyNotNow(link, trust)
    if (fault) return no(at, fault)
    const parent = links[at - 1]
    const below = parent ? whyNotBelow(link, parent, links) : whyNoRoot(link)
    if (below) return { ok: false, link: at, ...below }
    links.push(link)
  }
  const last = links.at(-1)
  if (last === undefined) return no(0, "too_long")
  return {
    ok: true,
    mandates: links.map(({ mandate }) => mandate),
    leaf: last.mandate,
    holder: last.claims.cnf.jwk,
    id: tokenDigest(last.jws.signed),
  }
}

function no(link: number, fault: ChainFault): VerifiedChain {
  return { ok: false, link, fault }
}

function readLink(token: string): Link | ChainFault {
  if (token.length > tokenBounds.tokenBytes) return "too_large"
  const jws = parseJws(token, tokenBounds.tokenBytes)
  const claims = MandateClaims.safeParse(jws?.payload).data
  if (jws === undefined || claims === undefined) return "malformed"
  const [{ mandate }] = claims.authorization_details
  return { jws, claims, mandate }
}

/** Draft I1 and I5: by the trusted issuer, then by the key that the parent named, over that very parent. */
async function whyNotSigned(
  { jws, claims }: Link,
  parent: Link | undefined,
  { issuers }: ChainTrust,
): Promise<ChainFault | undefined> {
  const key = parent ? parent.claims.cnf.jwk : issuers.get(claims.iss)
  if (key === undefined) return "unknown_issuer"
  if (parent && (claims.iss !== thumbprintUri(key) || claims.par_hash !== tokenDigest(parent.jws.signed)))
    return "not_by_parent"
  return (await isSignedBy(jws, tokenType, keyOf(key))) ? undefined : "forged"
}

function whyNotNow({ claims, mandate }: Link, { now, statusOf }: ChainTrust): ChainFault | undefined {
  const { iat, exp, status, sub } = claims
  if (sub !== mandate.principal) return "other_principal"
  if (iat > now + tokenBounds.skewSeconds) return "not_yet"
  // Written so that a time that is no number has passed.
  if (!(now < exp)) return "expired"
  if (exp > Math.floor(mandate.until / 1000) || exp - iat > tokenBounds.lifetimeSeconds) return "lasts_longer"
  if (status === undefined) return undefined
  const { uri, idx } = status.status_list
  const known = statusOf(uri, idx)
  if (known === "valid") return undefined
  return known === "invalid" ? "revoked" : known === "suspended" ? "suspended" : "status_unknown"
}

/** A mandate that was passed on in the node stands at the root of a token too: the node answers for what is above it. */
function whyNoRoot({ claims }: Link): { fault: ChainFault } | undefined {
  if (claims.del_depth !== 0 || claims.par_hash !== undefined) return { fault: "depth" }
  return claims.status === undefined ? { fault: "no_status" } : undefined
}

/** Draft I2 to I4, and one principal for the whole chain. */
function whyNotBelow(
  { claims, mandate }: Link,
  parent: Link,
  above: readonly Link[],
): { fault: ChainFault; differences?: readonly Difference[] } | undefined {
  const { claims: outer } = parent
  const isDeeper = claims.del_depth === outer.del_depth + 1
  if (!isDeeper || claims.del_depth > claims.del_max_depth || claims.del_max_depth > outer.del_max_depth)
    return { fault: "depth" }
  if (claims.exp > outer.exp) return { fault: "lasts_longer" }
  if (claims.sub !== outer.sub) return { fault: "other_principal" }
  const isRepeated = above.some(
    (link) =>
      link.claims.jti === claims.jti ||
      link.mandate.id === mandate.id ||
      link.mandate.agent === mandate.agent ||
      link.claims.cnf.jwk.x === claims.cnf.jwk.x,
  )
  if (isRepeated) return { fault: "repeated" }
  const compared = isPartOf(mandate, parent.mandate)
  return compared.ok ? undefined : { fault: "not_narrower", differences: compared.differences }
}
