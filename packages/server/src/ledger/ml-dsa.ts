import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto"
import { fromBase64Url, toBase64Url } from "@hufu/core/evidence/base64"
import type { NoteSigner, VerifyMlDsa44 } from "@hufu/core/evidence/signed-note"
import { verifierKey } from "@hufu/core/evidence/vkey"

/** Checks an ML-DSA-44 signature by the native implementation; a malformed key or signature is `false`. */
export const verifyMlDsa44: VerifyMlDsa44 = (publicKey, message, signature) => {
  try {
    const jwk = { kty: "AKP", alg: "ML-DSA-44", pub: toBase64Url(publicKey) }
    return verify(null, message, createPublicKey({ key: jwk, format: "jwk" }), signature)
  } catch {
    return false
  }
}

/** Makes an ML-DSA-44 key under a name, and the text under which it is kept. */
export function createMlDsaKey(name: string): { signer: NoteSigner; text: string } {
  const { privateKey } = generateKeyPairSync("ml-dsa-44")
  return {
    signer: signerOf(name, privateKey),
    text: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  }
}

/** PKCS #8 of an ML-DSA-44 key as its seed alone: what stands before the 32 bytes. */
const seedPrefix = Buffer.from("3034020100300b060960864801650304031104228020", "hex")

/** The ML-DSA-44 key that a seed of 32 bytes gives, under a name. */
export function mlDsaKeyOf(seed: Uint8Array, name: string): NoteSigner {
  const key = Buffer.concat([seedPrefix, seed])
  return signerOf(name, createPrivateKey({ key, format: "der", type: "pkcs8" }))
}

/** Reads a kept key; null when the text is no ML-DSA-44 key. */
export function parseMlDsaKey(text: string, name: string): NoteSigner | null {
  try {
    const privateKey = createPrivateKey(text)
    return privateKey.asymmetricKeyType === "ml-dsa-44" ? signerOf(name, privateKey) : null
  } catch {
    return null
  }
}

function signerOf(name: string, privateKey: KeyObject): NoteSigner {
  // The declarations lag behind the runtime: a key of this type has its public bytes in `pub`.
  const { pub } = createPublicKey(privateKey).export({ format: "jwk" }) as { pub?: string }
  const key = verifierKey(name, fromBase64Url(pub ?? ""), "ml-dsa-44")
  return { key, sign: (bytes) => sign(null, bytes, privateKey) }
}
