import { Failure } from "../failure.ts"

/** Signs some bytes; injected, so that a private key never enters this package. */
export type Sign = (bytes: Uint8Array) => Uint8Array

/** Whether an Ed25519 signature holds, by the runtime's WebCrypto. UNTRUSTED input: a malformed key is `false`. */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const subtle = webCrypto()
  try {
    // The copies give WebCrypto plain buffers, whatever view the caller holds.
    const key = await subtle.importKey("raw", new Uint8Array(publicKey), "Ed25519", false, ["verify"])
    return await subtle.verify("Ed25519", key, new Uint8Array(signature), new Uint8Array(message))
  } catch (cause) {
    // Fail loudly where the algorithm is missing: "forged" would be a false accusation.
    if (cause instanceof Error && cause.name === "NotSupportedError") throw unavailable(cause)
    return false
  }
}

function webCrypto(): typeof globalThis.crypto.subtle {
  // Browsers hide `subtle` from pages that did not come over HTTPS, whatever the type says.
  const subtle = (globalThis.crypto as Partial<typeof globalThis.crypto> | undefined)?.subtle
  if (!subtle) throw unavailable()
  return subtle
}

function unavailable(cause?: unknown): Failure {
  return new Failure(
    "crypto_unavailable",
    "this runtime cannot check Ed25519 signatures; open the page over HTTPS in a current browser, or use the command line",
    { cause },
  )
}
