import type { KeyObject } from "node:crypto"
import { spkiOf, type Signer } from "./suite-keys.ts"
import { bits, context, integer, sequence, time } from "./write-der.ts"

export interface CertificateDraft {
  readonly serial: Uint8Array
  /** Names as they are written. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Both are whole seconds. */
  readonly from: number
  readonly until: number
  readonly publicKey: KeyObject
  readonly extensions: readonly Uint8Array[]
}

/** A certificate (RFC 5280 §4.1), version 3. */
export function signCertificate(draft: CertificateDraft, signer: Signer): Uint8Array {
  const version = context(0, { constructed: true }, integer(2))
  return signed(
    sequence(
      version,
      integer(draft.serial),
      signer.algorithm,
      draft.issuer,
      sequence(time(draft.from), time(draft.until)),
      draft.subject,
      spkiOf(draft.publicKey),
      context(3, { constructed: true }, sequence(...draft.extensions)),
    ),
    signer,
  )
}

/** What is to be signed, with how it was and the signature. */
export function signed(content: Uint8Array, signer: Signer, ...more: readonly Uint8Array[]): Uint8Array {
  return sequence(content, signer.algorithm, bits(signer.sign(content)), ...more)
}
