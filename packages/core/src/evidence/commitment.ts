import { Failure } from "../failure.ts"
import { toHex } from "./hex.ts"
import { sha256, type Hash } from "./sha256.ts"

/** Length of a salt in bytes: enough that a guess of the value cannot be tried out. */
export const SALT_BYTES = 32

/** Keeps a commitment apart from every other use of the hash; the salt's fixed length ends it. */
const DOMAIN = new TextEncoder().encode("hufu-commitment/v1\n")

/**
 * Binds to a value (its canonical JSON text) without showing it: without the salt nothing can be learnt or
 * tried, and once the salt is erased nobody can ever open it.
 */
export function commit(salt: Uint8Array, value: string, hash: Hash = sha256): string {
  if (salt.length !== SALT_BYTES) {
    throw new Failure("invalid_evidence", `a salt has ${SALT_BYTES} random bytes; make a new one`)
  }
  const text = new TextEncoder().encode(value)
  const input = new Uint8Array(DOMAIN.length + SALT_BYTES + text.length)
  input.set(DOMAIN)
  input.set(salt, DOMAIN.length)
  input.set(text, DOMAIN.length + SALT_BYTES)
  return toHex(hash(input))
}

/** Whether a salt and a value open a commitment. UNTRUSTED input; never throws. */
export function opensCommitment(
  commitment: string,
  opening: { salt: Uint8Array; value: string },
  hash: Hash = sha256,
): boolean {
  return opening.salt.length === SALT_BYTES && commit(opening.salt, opening.value, hash) === commitment
}
