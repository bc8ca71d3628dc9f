import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto"

const prefix = "hufu1."
const nonceBytes = 12
const tagBytes = 16
const maxLength = 256 * 1024

/** What a client carries from one round of an action to the next, without reading or changing it. */
export interface SealedState extends JsonObject {
  agent: string
  principal: string
  /** Digest of the method, the server and what is asked of it: the state fits no other action. */
  digest: string
  expiresAt: number
}

/** Seals request states with a key of this node (AES-256-GCM). */
export interface Sealer {
  seal(state: SealedState): string
  /** The state, or `undefined` when it was not sealed here, was changed or has expired. */
  open(text: string, nowMs: number): SealedState | undefined
}

/** @param key secret bytes of this node; the sealing key is derived from them */
export function createSealer(key: Uint8Array): Sealer {
  const derived = Buffer.from(hkdfSync("sha256", key, "", "hufu mcp request state", 32))
  return {
    seal(state) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv("aes-256-gcm", derived, nonce)
      const sealed = Buffer.concat([
        nonce,
        cipher.update(JSON.stringify(state), "utf8"),
        cipher.final(),
        cipher.getAuthTag(),
      ])
      return prefix + sealed.toString("base64url")
    },
    open(text, nowMs) {
      const state = text.length <= maxLength && text.startsWith(prefix) ? unseal(text, derived) : undefined
      return state !== undefined && state.expiresAt > nowMs ? state : undefined
    },
  }
}

function unseal(text: string, key: Buffer): SealedState | undefined {
  const bytes = Buffer.from(text.slice(prefix.length), "base64url")
  if (bytes.length < nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
    const value: unknown = JSON.parse(plain.toString("utf8"))
    // Authenticated above: this node wrote it, so it is a state.
    return isJsonObject(value as JsonObject) ? (value as SealedState) : undefined
  } catch {
    return undefined
  }
}
