import { hash } from "node:crypto"
import { commit, SALT_BYTES } from "@hufu/core/evidence/commitment"
import { nativeHash } from "./native-hash.ts"

const domain = Buffer.from("hufu-commitment/v1\n")
const start = domain.length + SALT_BYTES
/** A character takes three bytes at most. */
const longestText = 4096
const input = Buffer.alloc(start + longestText * 3)
domain.copy(input)

/** The commitment that core makes, over memory that is used again: every call makes several. */
export function commitNatively(salt: Uint8Array, value: string): string {
  if (value.length > longestText || salt.length !== SALT_BYTES) return commit(salt, value, nativeHash)
  input.set(salt, domain.length)
  const length = input.write(value, start)
  return hash("sha256", input.subarray(0, start + length), "hex")
}
