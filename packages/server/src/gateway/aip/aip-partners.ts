import type { PartnerDefinition } from "../delegation/open-interconnect.ts"
import type { Partner } from "../delegation/partner.ts"
import { type AgentCertificatesParts, agentCertificates } from "./agent-certificates.ts"
import { type AipPartner, type AipPartnerParts, createAipPartner } from "./aip-partner.ts"

interface Parts extends AgentCertificatesParts {
  readonly upstream: AipPartnerParts["upstream"]
}

/** Every partner of this node that speaks AIP, with its connections. */
export interface AipPartners {
  /** Closes the connections to whoever was known by that name before. */
  open(definition: PartnerDefinition): Partner
  close(): Promise<void>
}

export function aipPartners({ upstream, ca, clock }: Parts): AipPartners {
  const certificateFor = agentCertificates({ ca, clock })
  const open = new Map<string, AipPartner>()
  return {
    open({ name, url, headers, aic, isOwnAgent }) {
      void open.get(name)?.close()
      const partner = createAipPartner({
        server: { name, transport: "http", url, headers },
        aic,
        isOwnAgent,
        upstream,
        certificateFor,
        now: () => clock.now(),
      })
      open.set(name, partner)
      return partner
    },
    async close() {
      await Promise.all([...open.values()].map((partner) => partner.close()))
      open.clear()
    },
  }
}
