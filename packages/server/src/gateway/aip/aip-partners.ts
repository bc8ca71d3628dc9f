import { isDeepStrictEqual } from "node:util"
import type { PartnerDefinition } from "../delegation/open-interconnect.ts"
import { type AgentCertificatesParts, agentCertificates } from "./agent-certificates.ts"
import type { Groups } from "./group/groups.ts"
import { type AipPartner, type AipPartnerParts, createAipPartner } from "./aip-partner.ts"

interface Parts extends AgentCertificatesParts {
  readonly upstream: AipPartnerParts["upstream"]
  /** The groups of this node, once they are open. */
  readonly groups: () => Groups | undefined
}

/** Every partner of this node that speaks AIP, with its connections. */
export interface AipPartners {
  /** Closes the connections to whoever was known by that name before. */
  open(definition: PartnerDefinition): AipPartner
  /** The same as long as nothing of it has changed. */
  at(definition: PartnerDefinition): AipPartner
  close(): Promise<void>
}

export function aipPartners({ upstream, ca, clock, groups }: Parts): AipPartners {
  const certificateFor = agentCertificates({ ca, clock })
  const known = new Map<string, { readonly definition: PartnerDefinition; readonly partner: AipPartner }>()

  function open(definition: PartnerDefinition): AipPartner {
    const { name, url, headers, aic, isOwnAgent } = definition
    void known.get(name)?.partner.close()
    const partner = createAipPartner({
      server: { name, transport: "http", url, headers },
      aic,
      isOwnAgent,
      upstream,
      certificateFor,
      now: () => clock.now(),
      led: (sender, groupId) =>
        sender.aic === undefined ? undefined : groups()?.led(sender.aic, groupId, name),
    })
    known.set(name, { definition, partner })
    return partner
  }

  return {
    open,
    at(definition) {
      const there = known.get(definition.name)
      return there !== undefined && isDeepStrictEqual(there.definition, definition)
        ? there.partner
        : open(definition)
    },
    async close() {
      await Promise.all([...known.values()].map(({ partner }) => partner.close()))
      known.clear()
    },
  }
}
