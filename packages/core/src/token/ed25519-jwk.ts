import { z } from "zod"
import { fromBase64Url, toBase64Url } from "../evidence/base64.ts"
import { sha256 } from "../evidence/sha256.ts"
import { isFailure } from "../failure.ts"

/** The public key of whoever holds a token (RFC 8037); nothing but Ed25519. */
export const Ed25519Jwk = z.strictObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .refine(isCanonical, "give 32 bytes as base64url"),
})
export type Ed25519Jwk = z.infer<typeof Ed25519Jwk>

function isCanonical(text: string): boolean {
  try {
    return fromBase64Url(text).length === 32
  } catch (error) {
    if (isFailure(error)) return false
    throw error
  }
}

/** The bytes of a key. */
export function keyOf(jwk: Ed25519Jwk): Uint8Array {
  return fromBase64Url(jwk.x)
}

/** A key of 32 bytes as a JWK. */
export function jwkOf(publicKey: Uint8Array): Ed25519Jwk {
  return { kty: "OKP", crv: "Ed25519", x: toBase64Url(publicKey) }
}

/** The SHA-256 thumbprint of a key (RFC 7638, RFC 8037 appendix A.3). */
export function thumbprintOf({ x }: Pick<Ed25519Jwk, "x">): string {
  const text = `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`
  return toBase64Url(sha256(new TextEncoder().encode(text)))
}

/** By which a derived token names the key of whoever passed it on (RFC 7638, RFC 9278). */
export function thumbprintUri(jwk: Ed25519Jwk): string {
  return `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${thumbprintOf(jwk)}`
}
