import { createPublicKey, hash, type JsonWebKey, verify } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { parseJws } from "@hufu/core/token/jws"
import { z } from "zod"

/** What a request has to prove (RFC 9449). */
export interface DpopRequest {
  readonly proof: string
  readonly method: string
  /** The path of the request, without the query. */
  readonly path: string
  readonly token: string
  /** In seconds since 1970. */
  readonly now: number
  /** Whether an origin is one of this node's own. */
  readonly isOwn: (origin: string) => boolean
}

/** A proof that holds: by which key, and what makes it this one. */
export interface DpopProof {
  /** JWK SHA-256 thumbprint. */
  readonly key: string
  readonly id: string
  /** When it does not count any more, in seconds since 1970. */
  readonly until: number
}

const windowSeconds = 60
const maxBytes = 4096
export const dpopAlgorithms = ["ES256", "Ed25519", "EdDSA"] as const

const text = z.string().min(1).max(256)
const Header = z.object({
  typ: z.literal("dpop+jwt"),
  alg: z.enum(dpopAlgorithms),
  jwk: z.discriminatedUnion("kty", [
    z.strictObject({
      kty: z.literal("OKP"),
      crv: z.literal("Ed25519"),
      x: text,
      kid: text.optional(),
      alg: text.optional(),
      use: text.optional(),
    }),
    z.strictObject({
      kty: z.literal("EC"),
      crv: z.literal("P-256"),
      x: text,
      y: text,
      kid: text.optional(),
      alg: text.optional(),
      use: text.optional(),
    }),
  ]),
})
const Claims = z.object({ jti: text, htm: text, htu: z.string().max(4096), iat: z.int(), ath: text })

/** Checks a proof of possession. UNTRUSTED input: throws Failure("access_token_refused") with why. That it is new is for the caller to tell. */
export function readDpopProof({ proof, method, path, token, now, isOwn }: DpopRequest): DpopProof {
  const jws = parseJws(proof, maxBytes)
  const header = Header.safeParse(jws?.header).data
  const claims = Claims.safeParse(jws?.payload).data
  if (jws === undefined || header === undefined || claims === undefined || !isSigned(header, jws))
    throw refusedProof("the `DPoP` header is no proof by an Ed25519 or P-256 key of its own (RFC 9449)")
  if (claims.htm !== method || !isFor(claims.htu, path, isOwn))
    throw refusedProof("the proof of possession is for another request: sign this method and this address")
  if (Math.abs(now - claims.iat) > windowSeconds)
    throw refusedProof("the proof of possession is not of this minute: set the client's clock and sign again")
  if (claims.ath !== hash("sha256", token, "base64url"))
    throw refusedProof("the proof of possession is for another token: sign the digest of this one")
  return { key: thumbprintOf(header.jwk), id: claims.jti, until: claims.iat + windowSeconds }
}

type Header = z.infer<typeof Header>

function isSigned({ alg, jwk }: Header, jws: { signed: string; signature: Uint8Array }): boolean {
  if ((alg === "ES256") !== (jwk.kty === "EC")) return false
  try {
    const key = createPublicKey({ format: "jwk", key: publicPart(jwk) })
    const data = Buffer.from(jws.signed)
    return jwk.kty === "EC"
      ? verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, jws.signature)
      : verify(null, data, key, jws.signature)
  } catch {
    // Not a point of the curve.
    return false
  }
}

function publicPart(jwk: Header["jwk"]): JsonWebKey {
  return jwk.kty === "EC"
    ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }
    : { crv: jwk.crv, kty: jwk.kty, x: jwk.x }
}

/** RFC 7638: the members in this order. */
function thumbprintOf(jwk: Header["jwk"]): string {
  return hash("sha256", JSON.stringify(publicPart(jwk)), "base64url")
}

function isFor(htu: string, path: string, isOwn: (origin: string) => boolean): boolean {
  if (!URL.canParse(htu)) return false
  const url = new URL(htu)
  return isOwn(url.origin) && url.pathname === path
}

function refusedProof(sentence: string): Failure {
  return new Failure("access_token_refused", sentence, { extra: { refused: "proof" } })
}
