import { childrenOf, type DerValue, need, oidOf, readDer, unsignedOf } from "./read-der.ts"
import { oids } from "./object-identifiers.ts"
import { Failure } from "@hufu/core/failure"
import { tags } from "./write-der.ts"

/** Which certificate is asked about. */
export interface CertificateId {
  /** As it was asked, to be answered in the same bytes. */
  readonly raw: Uint8Array
  readonly hash: "sha1" | "sha256" | "other"
  readonly issuerName: Uint8Array
  readonly issuerKey: Uint8Array
  readonly serial: Uint8Array
}

export interface OcspRequest {
  readonly asked: readonly CertificateId[]
  /** The extension as it stands in the request, to be given back. */
  readonly nonce: Uint8Array | undefined
}

const maxAsked = 16
const maxNonceBytes = 128
const within = { version: 0xa0, requestor: 0xa1, extensions: 0xa2, signature: 0xa0 } as const

/** UNTRUSTED: reads a question (RFC 6960 §4.1). Its signature, if any, is not looked at: everybody may ask. */
export function readOcspRequest(bytes: Uint8Array): OcspRequest {
  const [asking, signature, ...rest] = childrenOf(readDer(bytes), tags.sequence, 2)
  if (rest.length > 0 || (signature && signature.tag !== within.signature)) throw malformed()
  const parts = childrenOf(asking, tags.sequence, 4)
  const list = parts.find(({ tag }) => tag === tags.sequence)
  const version = parts.find(({ tag }) => tag === within.version)
  if (version && (unsignedOf(childrenOf(version, within.version, 1)[0])[0] ?? 1) !== 0) throw malformed()
  const asked = childrenOf(list, tags.sequence, maxAsked).map((request) =>
    certificateId(childrenOf(request, tags.sequence, 2)[0]),
  )
  if (asked.length === 0) throw malformed()
  return { asked, nonce: nonceIn(parts.find(({ tag }) => tag === within.extensions)) }
}

function certificateId(value: DerValue | undefined): CertificateId {
  const [algorithm, name, key, serial, ...rest] = childrenOf(value, tags.sequence, 4)
  if (value === undefined || rest.length > 0) throw malformed()
  const hash = oidOf(childrenOf(algorithm, tags.sequence, 2)[0])
  return {
    raw: value.raw,
    hash: hash === oids.sha1 ? "sha1" : hash === oids.sha256 ? "sha256" : "other",
    issuerName: need(name, tags.octetString).content,
    issuerKey: need(key, tags.octetString).content,
    serial: unsignedOf(serial, 32),
  }
}

function nonceIn(wrapped: DerValue | undefined): Uint8Array | undefined {
  if (wrapped === undefined) return undefined
  const list = childrenOf(childrenOf(wrapped, within.extensions, 1)[0], tags.sequence, 8)
  const found = list.filter((each) => oidOf(childrenOf(each, tags.sequence, 3)[0]) === oids.ocspNonce)
  const [nonce, ...more] = found
  // RFC 9654 §2.1: 1 to 128 bytes.
  if (more.length > 0 || (nonce && nonce.raw.length > maxNonceBytes + 32)) throw malformed()
  return nonce?.raw
}

function malformed(): Failure {
  return new Failure("invalid_input", "this is no OCSP request: send one of at most 16 certificates")
}
