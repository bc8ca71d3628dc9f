import { keyIdentifierSha1 } from "./issuer-hashes.ts"
import { oids } from "./object-identifiers.ts"
import { signed } from "./sign-certificate.ts"
import type { Signer } from "./suite-keys.ts"
import { context, enumerated, generalizedTime, octets, oid, sequence, tagged } from "./write-der.ts"

/** What is said of one certificate. */
export type CertificateStatus =
  | { readonly is: "good" }
  | { readonly is: "revoked"; readonly at: number; readonly reason: number }
  | { readonly is: "unknown" }

/** Answers without an answer (RFC 6960 §4.2.1). */
export const ocspErrors = { malformedRequest: 1, internalError: 2, tryLater: 3, unauthorized: 6 } as const

export interface OcspAnswer {
  readonly at: number
  readonly next: number
  readonly answers: readonly { readonly id: Uint8Array; readonly status: CertificateStatus }[]
  readonly nonce: Uint8Array | undefined
  /** The certificate of whoever signs it. */
  readonly certificate: Uint8Array
}

/** A basic OCSP response (RFC 6960 §4.2). */
export function signOcspResponse(answer: OcspAnswer, signer: Signer): Uint8Array {
  const responder = context(2, { constructed: true }, octets(keyIdentifierSha1(signer.publicKey)))
  const rows = answer.answers.map(({ id, status }) =>
    sequence(
      id,
      statusValue(status),
      generalizedTime(answer.at),
      context(0, { constructed: true }, generalizedTime(answer.next)),
    ),
  )
  const content = sequence(
    responder,
    generalizedTime(answer.at),
    sequence(...rows),
    ...(answer.nonce === undefined ? [] : [context(1, { constructed: true }, sequence(answer.nonce))]),
  )
  const basic = signed(content, signer, context(0, { constructed: true }, sequence(answer.certificate)))
  const wrapped = sequence(oid(oids.ocspBasic), octets(basic))
  return sequence(enumerated(0), context(0, { constructed: true }, wrapped))
}

export function ocspError(of: keyof typeof ocspErrors): Uint8Array {
  return sequence(enumerated(ocspErrors[of]))
}

function statusValue(status: CertificateStatus): Uint8Array {
  if (status.is === "good") return tagged(0x80)
  if (status.is === "unknown") return tagged(0x82)
  const reason = status.reason === 0 ? [] : [context(0, { constructed: true }, enumerated(status.reason))]
  return context(1, { constructed: true }, generalizedTime(status.at), ...reason)
}
