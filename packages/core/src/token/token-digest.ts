import { toBase64Url } from "../evidence/base64.ts"
import { sha256 } from "../evidence/sha256.ts"

/** SHA-256 of what was signed, by which a derived token commits to its parent and a proof to its token. */
export function tokenDigest(signed: string): string {
  return toBase64Url(sha256(new TextEncoder().encode(signed)))
}
