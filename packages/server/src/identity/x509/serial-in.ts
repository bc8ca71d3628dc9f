import { childrenOf, readDer, unsignedOf } from "./read-der.ts"
import { tags } from "./write-der.ts"

/** UNTRUSTED: the serial number of a certificate. */
export function serialIn(certificate: Uint8Array): Uint8Array {
  const [content] = childrenOf(readDer(certificate), tags.sequence, 3)
  return unsignedOf(childrenOf(content, tags.sequence, 10)[1], 32)
}
