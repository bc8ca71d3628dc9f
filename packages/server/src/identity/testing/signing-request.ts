import { createPublicKey, type KeyObject } from "node:crypto"
import { distinguishedName } from "../x509/distinguished-name.ts"
import { type AltNames, basicConstraints, extendedKeyUsage, subjectAltName } from "../x509/extensions.ts"
import { oids } from "../x509/object-identifiers.ts"
import { signed } from "../x509/sign-certificate.ts"
import { signerOf, spkiOf, suiteOf } from "../x509/suite-keys.ts"
import { context, integer, oid, sequence, setOf } from "../x509/write-der.ts"

export interface RequestDraft {
  readonly commonName: string
  readonly organization?: string
  readonly altNames?: Partial<AltNames>
  readonly purpose?: string
  readonly ca?: true
  /** Signs instead of the key itself. */
  readonly by?: KeyObject
}

/** A certificate request in DER, as a client makes it. */
export function signingRequest(key: KeyObject, draft: RequestDraft): Uint8Array {
  const extensions = [
    ...(draft.altNames === undefined
      ? []
      : [subjectAltName({ uri: [], dns: [], ip: [], ...draft.altNames })]),
    ...(draft.purpose === undefined ? [] : [extendedKeyUsage(draft.purpose)]),
    ...(draft.ca === undefined ? [] : [basicConstraints({ ca: true, below: null })]),
  ]
  const attribute = sequence(oid(oids.extensionRequest), setOf(sequence(...extensions)))
  const { commonName, organization } = draft
  const signer = draft.by ?? key
  const suite = suiteOf(createPublicKey(signer))
  if (suite === undefined) throw new Error("this key signs no request")
  return signed(
    sequence(
      integer(0),
      distinguishedName({ commonName, ...(organization === undefined ? {} : { organization }) }),
      spkiOf(createPublicKey(key)),
      context(0, { constructed: true }, ...(extensions.length === 0 ? [] : [attribute])),
    ),
    signerOf(signer, suite),
  )
}
