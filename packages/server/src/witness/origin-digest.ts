import { createHash } from "node:crypto"

/** The name of a log in a witness's paths. */
export function originDigest(origin: string): string {
  return createHash("sha256").update(origin).digest("hex")
}
