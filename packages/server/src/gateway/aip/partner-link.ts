import { X509Certificate } from "node:crypto"
import { checkServerIdentity, getCACertificates, type PeerCertificate } from "node:tls"
import { aipErrors } from "@hufu/core/aip/aip-error"
import { Failure } from "@hufu/core/failure"
import { formatAic, isSameAic, parseAic } from "@hufu/core/identity/aic"
import { partnerConnections } from "../delegation/partner.ts"
import { HttpUpstream, type HttpUpstreamOptions } from "../mcp/upstream/http-upstream.ts"
import type { HttpServer } from "../mcp/upstream/server-definition.ts"
import { lied } from "./partner-answer.ts"

/** By what Hufu shows a partner for whom it asks. PEM. */
export interface AgentCertificate {
  readonly key: string
  readonly cert: string
  /** The roots of the authorities for agents that count here, beside those of the system. */
  readonly roots: readonly string[]
  /** From when on another one is taken. */
  readonly renewAt: number
}

/** The connections to one partner in the name of one agent. */
export interface PartnerLink {
  readonly upstream: HttpUpstream
  /** Who is there: as registered, or as the certificate said first. */
  aic(): string | undefined
}

/** Opens none yet. */
export function partnerLink(
  server: HttpServer,
  {
    aic,
    certificate,
    ...options
  }: HttpUpstreamOptions & { aic: string | undefined; certificate: AgentCertificate | undefined },
): PartnerLink {
  let known = aic
  const tls =
    certificate === undefined
      ? {}
      : {
          tls: {
            key: certificate.key,
            cert: certificate.cert,
            ca: [...getCACertificates("default"), ...certificate.roots],
            checkServerIdentity(host: string, peer: PeerCertificate) {
              const fault = checkServerIdentity(host, peer)
              if (fault !== undefined) return fault
              const holder = holderOf(peer)
              if (holder instanceof Failure) return holder
              if (holder === undefined) return known === undefined ? undefined : nobody(known)
              if (known !== undefined && !isSameAic(holder, known)) return lied(holder, known)
              known = holder
              return undefined
            },
          },
        }
  const connections = { connections: partnerConnections }
  return { upstream: new HttpUpstream(server, { ...options, ...tls, ...connections }), aic: () => known }
}

/** The AIC of a certificate: its common name, with which the URI beside it agrees (ACPs 07 §6.0). Undefined where it names no agent. */
function holderOf({ raw }: PeerCertificate): string | undefined | Failure {
  const { subject, subjectAltName } = new X509Certificate(raw)
  const named = parseAic(/(?:^|\n)CN=(.+)(?:\n|$)/.exec(subject)?.[1] ?? "")
  const beside = /URI:acps:\/\/([0-9A-Za-z.]+)/.exec(subjectAltName ?? "")?.[1]
  if (named === undefined && beside === undefined) return undefined
  const aic = named && formatAic(named)
  if (aic !== undefined && (beside === undefined || isSameAic(beside, aic))) return aic
  const { code, name } = aipErrors.authenticationRequired
  return new Failure(
    "forbidden",
    `the partner's certificate names two agents or none (${code} ${name}): its holder has to get a valid one`,
    { extra: { refused: "identity", aip: code } },
  )
}

function nobody(known: string): Failure {
  const { code, name } = aipErrors.authenticationRequired
  return new Failure(
    "forbidden",
    `the partner has to be \`${known}\`, and its certificate names no agent (${code} ${name})`,
    { extra: { refused: "identity", aip: code } },
  )
}
