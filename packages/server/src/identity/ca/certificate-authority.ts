import type { CaReport } from "@hufu/core/contract/ca"
import type { Declare } from "../../authority/declare.ts"
import type { Clock } from "../../clock.ts"
import type { Store } from "../../store/store.ts"
import { type Accounts, openAccounts } from "../acme/accounts.ts"
import { type Acme, createAcme } from "../acme/acme.ts"
import { type Bindings, openBindings } from "../acme/bindings.ts"
import { type Nonces, openNonces } from "../acme/nonces.ts"
import { openOrders } from "../acme/orders.ts"
import { type Authorities, openAuthorities } from "./authorities.ts"
import { type CaAddresses, caAddresses } from "./ca-addresses.ts"
import { type Certificates, openCertificates } from "./certificates.ts"
import type { Holders } from "./holders.ts"
import { type OcspResponder, ocspResponder } from "./ocsp-responder.ts"
import { type RevocationLists, revocationLists } from "./revocation-lists.ts"
import { type TrustBundle, trustBundle } from "./trust-bundle.ts"

/** The authority for agents' certificates, with everything that it is asked. */
export interface CertificateAuthority {
  readonly authorities: Authorities
  readonly certificates: Certificates
  readonly holders: Holders
  readonly accounts: Accounts
  readonly bindings: Bindings
  readonly nonces: Nonces
  readonly acme: Acme
  readonly lists: RevocationLists
  readonly responder: OcspResponder
  addresses(): CaAddresses
  bundle(): TrustBundle
  report(): CaReport
  /** Shows no more of an erased agent than that there was something. */
  forgetContent(holder: string): void
}

export interface CertificateAuthorityParts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly holders: Holders
  /** Under which address others reach it: it stands in certificates. */
  readonly url: () => string
  readonly onError: (error: unknown) => void
}

/** Opens it; nothing is made, and no key is read, before somebody asks. */
export function openCertificateAuthority({
  url,
  onError,
  ...parts
}: CertificateAuthorityParts): CertificateAuthority {
  const { clock, holders } = parts
  const addresses = () => caAddresses(url())
  const authorities = openAuthorities({ ...parts, addresses })
  const certificates = openCertificates({ ...parts, authorities, addresses })
  const [bindings, accounts, nonces] = [openBindings(parts), openAccounts(parts), openNonces(clock)]
  const common = { clock, authorities, certificates, holders }
  return {
    authorities,
    certificates,
    holders,
    accounts,
    bindings,
    nonces,
    acme: createAcme({ ...common, addresses, bindings, accounts, orders: openOrders(clock), nonces }),
    lists: revocationLists(common),
    responder: ocspResponder({ ...common, onError }),
    addresses,
    bundle: () => trustBundle(authorities, clock),
    forgetContent(holder) {
      certificates.forgetContent(holder)
      accounts.forgetContent(holder)
    },
    report: () => ({
      url: url(),
      authorities: authorities.shown(),
      accounts: accounts.size,
      revoked: certificates.revokedCount,
    }),
  }
}
