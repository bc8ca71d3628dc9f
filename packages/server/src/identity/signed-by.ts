import { constants, createPublicKey, verify } from "node:crypto"
import { type PublicJwk, suiteOf } from "@hufu/core/identity/key-suite"

/**
 * Whether a key signed some bytes, as JOSE or OpenSSL writes it: Ed25519; ECDSA with SHA-256, its two numbers side by side or in DER; RSA
 * with SHA-256, PKCS #1 v1.5 or PSS. The key decides what is possible. UNTRUSTED input.
 */
export function signedBy(jwk: PublicJwk, bytes: Uint8Array, signature: Uint8Array): boolean {
  const suite = suiteOf(jwk)
  // OpenSSL makes no key of its JWK.
  if (suite === "sm2") return false
  try {
    const key = createPublicKey({ format: "jwk", key: { ...jwk } })
    if (suite === "ed25519") return verify(null, bytes, key, signature)
    if (suite === "p-256")
      return (["ieee-p1363", "der"] as const).some((dsaEncoding) =>
        verify("sha256", bytes, { key, dsaEncoding }, signature),
      )
    return [
      { padding: constants.RSA_PKCS1_PADDING },
      { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    ].some((how) => verify("sha256", bytes, { key, ...how }, signature))
  } catch {
    // Such as a point that is not on its curve.
    return false
  }
}
