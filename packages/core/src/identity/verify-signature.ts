import { verifyEd25519 } from "../evidence/ed25519.ts"
import { fromBase64Url } from "../evidence/base64.ts"
import { Failure } from "../failure.ts"
import type { PublicJwk } from "./key-suite.ts"

/** How JOSE names what a key can do (RFC 7518, RFC 8037); what is not here is not accepted, and `none` never. */
export const joseAlgorithms = ["EdDSA", "Ed25519", "ES256", "RS256", "PS256"] as const
export type JoseAlgorithm = (typeof joseAlgorithms)[number]

/**
 * Whether a signature holds, by the runtime's WebCrypto. The key decides which algorithms are possible, and never the signature alone. UNTRUSTED
 * input: a key or an algorithm that does not fit is `false`.
 */
export async function verifySignature(
  jwk: PublicJwk,
  algorithm: string,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (jwk.kty === "OKP")
    return (
      (algorithm === "EdDSA" || algorithm === "Ed25519") &&
      verifyEd25519(fromBase64Url(jwk.x), message, signature)
    )
  const parameters = parametersOf(jwk, algorithm)
  if (parameters === undefined) return false
  // Browsers hide `subtle` from pages that did not come over HTTPS, whatever the type says.
  const subtle = (globalThis.crypto as Partial<typeof globalThis.crypto> | undefined)?.subtle
  if (!subtle)
    throw new Failure(
      "crypto_unavailable",
      "this runtime cannot check signatures; open the page over HTTPS in a current browser, or use the command line",
    )
  try {
    const key = await subtle.importKey("jwk", { ...jwk, key_ops: ["verify"] }, parameters.key, false, [
      "verify",
    ])
    return await subtle.verify(parameters.check, key, new Uint8Array(signature), new Uint8Array(message))
  } catch (cause) {
    if (cause instanceof Error && cause.name === "NotSupportedError")
      throw new Failure(
        "crypto_unavailable",
        `this runtime cannot check ${algorithm} signatures; use the command line`,
        { cause },
      )
    return false
  }
}

function parametersOf(jwk: PublicJwk, algorithm: string) {
  const hash = "SHA-256"
  if (jwk.kty === "EC" && jwk.crv === "P-256" && algorithm === "ES256")
    return { key: { name: "ECDSA", namedCurve: "P-256" }, check: { name: "ECDSA", hash } }
  if (jwk.kty !== "RSA") return undefined
  if (algorithm === "RS256")
    return { key: { name: "RSASSA-PKCS1-v1_5", hash }, check: { name: "RSASSA-PKCS1-v1_5" } }
  if (algorithm === "PS256")
    return { key: { name: "RSA-PSS", hash }, check: { name: "RSA-PSS", saltLength: 32 } }
  return undefined
}
