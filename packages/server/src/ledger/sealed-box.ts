import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from "node:crypto"

const algorithm = "aes-256-gcm"
export const nonceBytes = 12
const tagBytes = 16

/** What `seal` gives: nonce, and ciphertext with its tag at the end. */
export interface Sealed {
  readonly nonce: Uint8Array
  readonly body: Uint8Array
}

/** Encrypts bytes with AES-256-GCM, bound to the name under which they are kept. */
export function seal(key: KeyObject, name: string, plain: Uint8Array): Sealed {
  const nonce = freshNonce()
  const cipher = createCipheriv(algorithm, key, nonce)
  cipher.setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return { nonce, body }
}

/** The bytes that were sealed; throws when key, name or a single bit differs. */
export function unseal(key: KeyObject, name: string, { nonce, body }: Sealed): Buffer {
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  const end = Math.max(body.length - tagBytes, 0)
  decipher.setAAD(Buffer.from(name))
  decipher.setAuthTag(body.subarray(end))
  return Buffer.concat([decipher.update(body.subarray(0, end)), decipher.final()])
}

/** Random bytes are drawn for many nonces at once: each draw costs more than an encryption. */
const pool = Buffer.alloc(nonceBytes * 256)
let drawn = pool.length

function freshNonce(): Uint8Array {
  if (drawn >= pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  // A copy: the pool is overwritten.
  const nonce = Uint8Array.from(pool.subarray(drawn, drawn + nonceBytes))
  drawn += nonceBytes
  return nonce
}
