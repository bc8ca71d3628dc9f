import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { readSecret, writeSecret } from "../store/secret-file.ts"

/** The key by which this user's guards and node know each other; made at the first start. */
export function openLocalKey(dataFolder: string): Uint8Array {
  const path = join(dataFolder, "keys", "local.key")
  const known = readSecret(path)
  if (known !== null) return known
  const made = randomBytes(32).toString("hex")
  writeSecret(path, made)
  return Buffer.from(made)
}
