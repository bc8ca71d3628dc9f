import { z } from "zod"
import { Ed25519Jwk } from "../token/ed25519-jwk.ts"

/**
 * 签名套件: how a key signs. `ed25519` is the default; `sm2` is written in records, and checked only where the platform's OpenSSL
 * provides it.
 */
export const keySuites = ["ed25519", "p-256", "rsa-2048", "rsa-3072", "rsa-4096", "sm2"] as const
export const KeySuite = z.enum(keySuites)
export type KeySuite = z.infer<typeof KeySuite>

const Coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const P256Jwk = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: Coordinate,
  y: Coordinate,
})
const Sm2Jwk = z.strictObject({ kty: z.literal("EC"), crv: z.literal("SM2"), x: Coordinate, y: Coordinate })
/** The modulus of 2048, 3072 or 4096 bits; its first bit is set, so that none of them is shorter than it looks. */
const RsaJwk = z.strictObject({
  kty: z.literal("RSA"),
  n: z
    .string()
    .regex(/^[g-z0-9_-][A-Za-z0-9_-]{341}$|^[g-z0-9_-][A-Za-z0-9_-]{511}$|^[g-z0-9_-][A-Za-z0-9_-]{682}$/),
  e: z.literal("AQAB"),
})

/** A public key that some suite knows (RFC 7517), with no member that says more. UNTRUSTED until a signature by it holds. */
export const PublicJwk = z.union([Ed25519Jwk, P256Jwk, Sm2Jwk, RsaJwk])
export type PublicJwk = z.infer<typeof PublicJwk>

/** How a key signs. */
export function suiteOf(jwk: PublicJwk): KeySuite {
  if (jwk.kty === "OKP") return "ed25519"
  if (jwk.kty === "EC") return jwk.crv === "SM2" ? "sm2" : "p-256"
  if (jwk.n.length === 342) return "rsa-2048"
  return jwk.n.length === 512 ? "rsa-3072" : "rsa-4096"
}

/** What the thumbprint of a key is taken of (RFC 7638): its required members, in order. */
export function thumbprintText(jwk: PublicJwk): string {
  if (jwk.kty === "RSA") return JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n })
  if (jwk.kty === "OKP") return JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x })
  return JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })
}
