import { extension, authorityKeyIdentifier } from "./extensions.ts"
import { oids } from "./object-identifiers.ts"
import { signed } from "./sign-certificate.ts"
import type { Signer } from "./suite-keys.ts"
import { context, enumerated, integer, sequence, tagged, tags, time } from "./write-der.ts"

/** One certificate that holds no more. */
export interface Revoked {
  readonly serial: Uint8Array
  readonly at: number
  /** A code of RFC 5280 §5.3.1; 0 is left out, as it asks. */
  readonly reason: number
}

export interface ListDraft {
  readonly issuer: Uint8Array
  readonly number: number
  readonly from: number
  readonly next: number
  readonly revoked: Iterable<Revoked>
}

/** A certificate revocation list (RFC 5280 §5), version 2, of everything that the issuer revoked. */
export function signRevocationList(draft: ListDraft, signer: Signer): Uint8Array {
  const rows = [...draft.revoked].map(({ serial, at, reason }) =>
    sequence(
      integer(serial),
      time(at),
      ...(reason === 0 ? [] : [sequence(extension(oids.reasonCode, enumerated(reason)))]),
    ),
  )
  const extensions = sequence(
    authorityKeyIdentifier(signer.publicKey),
    extension(oids.crlNumber, integer(draft.number)),
  )
  return signed(
    sequence(
      integer(1),
      signer.algorithm,
      draft.issuer,
      time(draft.from),
      time(draft.next),
      // An empty list of rows is left out (§5.1.2.6).
      ...(rows.length === 0 ? [] : [tagged(tags.sequence, ...rows)]),
      context(0, { constructed: true }, extensions),
    ),
    signer,
  )
}
