import { toPem } from "../x509/pem.ts"
import type { Authorities } from "./authorities.ts"
import type { IssuedCertificate } from "./certificates.ts"

/** A certificate with what signed it, up to the root and without it; with the way from the root before that, where there is one. */
export function chainOf({ record, certificate }: IssuedCertificate, authorities: Authorities): string {
  const issuer = authorities.find(record.issuer)
  const cross = issuer && authorities.find(issuer.parent)?.cross
  return [certificate, issuer?.certificate, cross]
    .map((each) => (each === undefined ? "" : toPem("CERTIFICATE", each)))
    .join("")
}
