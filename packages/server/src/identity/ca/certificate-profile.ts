import type { KeyObject } from "node:crypto"
import type { CertificateRecord } from "@hufu/core/contract/ca"
import { Failure } from "@hufu/core/failure"
import { distinguishedName } from "../x509/distinguished-name.ts"
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoint,
  extendedKeyUsage,
  keyUsage,
  ocspNoCheck,
  subjectAltName,
  subjectKeyIdentifier,
} from "../x509/extensions.ts"
import { oids } from "../x509/object-identifiers.ts"
import type { Authority } from "./authorities.ts"
import type { CaAddresses } from "./ca-addresses.ts"

/** What a certificate calls its holder: the common name is an AIC for agents, and the URI of it stands beside the other names. */
export interface NamesOf {
  readonly commonName: string
  readonly uri: readonly string[]
  readonly dns: readonly string[]
  readonly ip: readonly string[]
}

/** The names of an agent's certificate (ACPs ATR): the AIC, and nothing but the AIC, is who it is. */
export function agentNames(
  aic: string,
  { dns, ip }: { dns: readonly string[]; ip: readonly string[] },
): NamesOf {
  return { commonName: aic, uri: [`acps://${aic}`], dns, ip }
}

export function certificateNames({ commonName }: NamesOf): { subject: Uint8Array } {
  return { subject: distinguishedName({ commonName }) }
}

export const defaultDays = 49
export const maxDays = 1825
const dayMs = 86_400_000
const backdateMs = 60_000
/** What the node issues to itself lives in memory only. */
const nodeDays = 7

const purposes: Readonly<Record<CertificateRecord["usage"], string>> = {
  client: oids.clientAuth,
  server: oids.serverAuth,
  ocsp: oids.ocspSigning,
  door: oids.serverAuth,
}

interface ExtensionsOf {
  readonly publicKey: KeyObject
  readonly names: NamesOf
  readonly issuer: Authority
  readonly addresses: CaAddresses
}

/** How long a certificate holds and what stands in it. No certificate outlives the key that signed it. */
export function profileOf(
  usage: CertificateRecord["usage"],
  { now, days, issuer }: { now: number; days: number | undefined; issuer: Authority },
) {
  const isAgents = usage === "client" || usage === "server"
  const lasts = isAgents ? Math.min(Math.max(days ?? defaultDays, 1), maxDays) : nodeDays
  const until = Math.min(seconds(now + lasts * dayMs), issuer.until)
  if (until <= now)
    throw new Failure(
      "forbidden",
      "the authority's own certificate has run out: make another with `hufu ca rotate intermediate`",
    )
  return {
    from: seconds(now - backdateMs),
    until,
    extensions: ({ publicKey, names, issuer: by, addresses }: ExtensionsOf): Uint8Array[] => [
      basicConstraints({ ca: false }),
      isAgents ? keyUsage("digitalSignature", "keyEncipherment") : keyUsage("digitalSignature"),
      extendedKeyUsage(purposes[usage]),
      ...(usage === "ocsp" ? [ocspNoCheck()] : [subjectAltName(names)]),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(by.publicKey),
      authorityInfoAccess({ ocsp: addresses.ocsp, issuer: addresses.issuer(by.id) }),
      crlDistributionPoint(addresses.crl(by.id)),
    ],
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
