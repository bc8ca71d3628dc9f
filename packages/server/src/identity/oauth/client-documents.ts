import { Agent, fetch as fetchWith, type RequestInit } from "undici"
import { Failure } from "@hufu/core/failure"
import {
  type ReachOptions,
  reachableLookup,
  refuseAddress,
} from "../../gateway/mcp/upstream/reachable-address.ts"

/** Where clients may publish what they are (OAuth Client ID Metadata Documents), and how it is fetched. */
export interface ClientDocuments {
  /** Whether the operator has named the host of this address. */
  allows(url: string): boolean
  fetch(url: string, options: RequestInit): Promise<unknown>
  close(): Promise<void>
}

/** @param hosts with the port where it is not 443; nobody else is contacted */
export function openClientDocuments(hosts: readonly string[], reach: ReachOptions): ClientDocuments {
  const agents = new Map<number, Agent>()
  // One for each port, because a name is looked at together with it.
  function agentFor(port: number): Agent {
    const known = agents.get(port)
    if (known !== undefined) return known
    const agent = new Agent({
      connections: 4,
      keepAliveTimeout: 1000,
      connect: { lookup: reachableLookup(port, reach), timeout: 2500 },
    })
    agents.set(port, agent)
    return agent
  }
  const allows = (text: string) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    return url !== undefined && url.protocol === "https:" && hosts.includes(url.host)
  }

  return {
    allows,
    async fetch(text, options) {
      if (!allows(text))
        throw new Failure(
          "forbidden",
          "this host is not contacted: its operator names it under `oauth.clientHosts` of the configuration first",
        )
      const url = new URL(text)
      const port = Number(url.port || 443)
      refuseAddress(url.hostname, port, reach)
      return fetchWith(url, { ...options, redirect: "manual", dispatcher: agentFor(port) })
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.close()))
    },
  }
}
