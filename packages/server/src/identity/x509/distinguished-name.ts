import { oids } from "./object-identifiers.ts"
import { oid, sequence, setOf, utf8 } from "./write-der.ts"

/** A name as certificates write it. */
export function distinguishedName({
  organization,
  commonName,
}: {
  organization?: string
  commonName: string
}): Uint8Array {
  const part = (of: string, text: string) => setOf(sequence(oid(of), utf8(text)))
  return sequence(
    ...(organization === undefined ? [] : [part(oids.organization, organization)]),
    part(oids.commonName, commonName),
  )
}
