import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import { agentNames } from "../../identity/ca/certificate-profile.ts"
import type { CertificateAuthority } from "../../identity/ca/certificate-authority.ts"
import { toPem } from "../../identity/x509/pem.ts"
import { generateKey, signerOf } from "../../identity/x509/suite-keys.ts"
import type { PartnerOrder } from "../delegation/partner.ts"
import type { AgentCertificate } from "./partner-link.ts"

export interface AgentCertificatesParts {
  readonly ca: Pick<CertificateAuthority, "authorities" | "certificates" | "holders">
  readonly clock: Clock
}

/** A day is the shortest that the authority issues; it is renewed at half of it. */
const days = 1
const maxKept = 1000

/**
 * The certificates by which this node speaks to partners in the name of its agents (clientAuth, the AIC as the common name). They are
 * issued when first needed; their keys are in memory alone, so that a restart issues others.
 */
export function agentCertificates({ ca, clock }: AgentCertificatesParts) {
  const kept = new Map<string, { readonly made: Promise<AgentCertificate>; until: number }>()

  async function make(agent: string): Promise<AgentCertificate> {
    const holder = ca.holders.find(agent)
    if (holder === undefined)
      throw new Failure(
        "agent_unknown",
        "this agent has no identity code, so that no partner can be shown one",
      )
    const issuer = ca.authorities.active("intermediate")
    const { suite } = issuer.signer()
    const key = await generateKey(suite)
    const { record, certificate } = await ca.certificates.issue({
      holder,
      usage: "client",
      publicKey: signerOf(key, suite).publicKey,
      suite,
      names: agentNames(holder.aic, { dns: [], ip: [] }),
      days,
      account: null,
      by: "node",
    })
    return {
      key: key.export({ format: "pem", type: "pkcs8" }).toString(),
      cert: toPem("CERTIFICATE", certificate) + toPem("CERTIFICATE", issuer.certificate),
      roots: ca.authorities
        .all()
        .filter(({ state }) => state !== "revoked")
        .map((each) => toPem("CERTIFICATE", each.certificate)),
      renewAt: (clock.now() + record.until) / 2,
    }
  }

  /** Undefined where there is no authority, or where the agent has no code. */
  return async function certificateFor({
    agent,
    aic,
  }: PartnerOrder["sender"]): Promise<AgentCertificate | undefined> {
    if (
      aic === undefined ||
      !ca.authorities.all().some(({ role, state }) => role === "intermediate" && state === "active")
    )
      return undefined
    const holder = ca.holders.find(agent)
    const name = `${agent} ${holder?.version} ${holder?.aic}`
    const there = kept.get(name)
    if (there !== undefined && there.until > clock.now()) return there.made
    const made = make(agent)
    const entry = { made, until: Number.POSITIVE_INFINITY }
    const [oldest] = kept.size >= maxKept ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(name, entry)
    try {
      const certificate = await made
      entry.until = certificate.renewAt
      return certificate
    } catch (error) {
      kept.delete(name)
      throw error
    }
  }
}
