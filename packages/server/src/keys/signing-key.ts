import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto"
import { fromBase64Url } from "@hufu/core/evidence/base64"
import { type Ed25519Jwk, jwkOf } from "@hufu/core/token/ed25519-jwk"

/** The start of an Ed25519 key in PKCS #8; the 32 bytes of the key follow. */
const pkcs8Start = Buffer.from("302e020100300506032b657004220420", "hex")

/** An Ed25519 key pair out of a derived key of 32 bytes. */
export function signingKey(secret: KeyObject): { privateKey: KeyObject; jwk: Ed25519Jwk } {
  const der = Buffer.concat([pkcs8Start, secret.export()])
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" })
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" })
  return { privateKey, jwk: jwkOf(fromBase64Url(x)) }
}
