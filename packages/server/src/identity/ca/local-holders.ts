import { createHash } from "node:crypto"
import type { AgentRecord } from "@hufu/core/contract/records"
import { formatAic, makeAic, parseAic } from "@hufu/core/identity/aic"
import type { AgentAuthority } from "../../authority/agents.ts"
import type { Holder, Holders } from "./holders.ts"

/** As whose registrar and vendor a node gives codes to its own agents. */
export interface LocalCodes {
  readonly registrar: string
  readonly vendor: string
  /** At least two bytes, in hexadecimal; a code's checksum follows from it. */
  readonly salt: string
}

/** Nine digits of base 36. */
const ontologies = 36n ** 9n

/** The one code that follows from an id of this node's: of an agent, or of whatever Hufu answers for as an agent. */
export function localCode(id: string, { registrar, vendor, salt }: LocalCodes): string {
  const digest = createHash("sha256").update(`hufu-aic/1\0${id}`).digest("hex")
  const serial = (BigInt(`0x${digest}`) % (ontologies - 1n)) + 1n
  const levels = { version: "1", registrar, vendor, instance: "1" }
  return formatAic(
    makeAic({ ...levels, ontology: serial.toString(36).toUpperCase() }, Buffer.from(salt, "hex")),
  )
}

/**
 * The agents of this node as holders, each by the one code that follows from its id: it stands nowhere, so that nothing can contradict it.
 */
export function localHolders(agents: Pick<AgentAuthority, "records">, codes: LocalCodes): Holders {
  const codeOf = new Map<string, string>()
  const agentOf = new Map<string, string>()

  function aicOf(id: string): string {
    const known = codeOf.get(id)
    if (known !== undefined) return known
    const aic = localCode(id, codes)
    codeOf.set(id, aic)
    agentOf.set(aic, id)
    return aic
  }

  const holderOfAgent = (agent: AgentRecord): Holder => ({
    id: agent.id,
    aic: aicOf(agent.id),
    version: agent.version,
    state: agent.state,
    stateChangedAt: agent.stateChangedAt,
    dns: [],
    ip: [],
    days: undefined,
  })

  const find: Holders["find"] = (id) => {
    const agent = agents.records.get(id)
    return agent && holderOfAgent(agent)
  }

  return {
    find,
    holderOf(text) {
      const aic = parseAic(text)
      if (aic === undefined) return undefined
      for (const agent of agents.records.all()) aicOf(agent.id)
      const id = agentOf.get(formatAic(aic))
      return id === undefined ? undefined : find(id)
    },
    *outOfService() {
      for (const agent of agents.records.all()) if (agent.state !== "live") yield holderOfAgent(agent)
    },
  }
}
