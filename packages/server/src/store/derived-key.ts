import { createHmac, createSecretKey, type KeyObject } from "node:crypto"

/** A key for one purpose, which only whoever has the vault's key can have. */
export function derivedKey(vaultKey: KeyObject, purpose: string): KeyObject {
  return createSecretKey(createHmac("sha256", vaultKey).update(`hufu-key/1\0${purpose}`).digest())
}
