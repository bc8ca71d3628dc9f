import { createHash, type KeyObject } from "node:crypto"
import { keyBits } from "./extensions.ts"

/** SHA-1 of a key's bits, by which OCSP names keys (RFC 6960 §4.2.1); it proves nothing. */
export function keyIdentifierSha1(key: KeyObject): Uint8Array {
  return createHash("sha1").update(keyBits(key)).digest()
}

/** By which an issuer is named in a question, for each digest that is taken. */
export function issuerHashes(name: Uint8Array, key: KeyObject) {
  const of = (hash: "sha1" | "sha256") => ({
    name: createHash(hash).update(name).digest(),
    key: createHash(hash).update(keyBits(key)).digest(),
  })
  return { sha1: of("sha1"), sha256: of("sha256") }
}
