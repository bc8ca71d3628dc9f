import { hash } from "node:crypto"
import { dictionaryOf, refused, type SignedMessage } from "@hufu/core/identity/http-signature"
import { isInnerList } from "@hufu/core/identity/structured-field"

const algorithms = new Map([
  ["sha-256", "sha256"],
  ["sha-512", "sha512"],
])

/** What compares a body with the `Content-Digest` (RFC 9530) of its request; it throws Failure("signature_refused") for another body. */
export function bodyDigest(message: SignedMessage): (body: Uint8Array) => void {
  const known = Array.from(dictionaryOf(message, "content-digest")).flatMap(([name, member]) => {
    const algorithm = algorithms.get(name)
    if (algorithm === undefined) return []
    if (isInnerList(member) || !(member.value instanceof Uint8Array))
      throw refused("`content-digest` holds a byte sequence for each algorithm (RFC 9530)")
    return [{ algorithm, digest: member.value }]
  })
  if (known.length === 0) throw refused("`content-digest` has to hold a `sha-256` or a `sha-512` of the body")
  return (body) => {
    for (const { algorithm, digest } of known)
      if (!hash(algorithm, body, "buffer").equals(digest))
        throw refused("the body is another one than was signed: sign exactly the bytes that are sent")
  }
}
