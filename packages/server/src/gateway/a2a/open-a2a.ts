import type { ServerRecord } from "@hufu/core/contract/records"
import type { ServerSecrets } from "../../authority/servers.ts"
import { askPartner } from "../../fence/profile/method-profiles.ts"
import type { Delegations, WriteNotice } from "../delegation/delegations.ts"
import type { ProtocolDoor } from "../delegation/interconnect-door.ts"
import type { ToolServer } from "../delegation/mcp-partner.ts"
import type { PartnerDefinition } from "../delegation/open-interconnect.ts"
import type { Caller, Governor } from "../governor.ts"
import { textOf } from "../mcp/rpc.ts"
import { isPartner } from "../server-directory.ts"
import { createA2aDoor } from "./a2a-door.ts"
import { writeA2aNotice } from "./a2a-notice.ts"
import { type A2aPartner, createA2aPartner } from "./a2a-partner.ts"
import {
  type A2aConfig,
  type A2aLimits,
  type A2aParts,
  defaultA2aLimits,
  type Described,
} from "./a2a-visit.ts"

export interface A2aNodeParts extends Pick<A2aParts, "identify" | "signCard" | "clock" | "log"> {
  readonly governor: Pick<Governor, "standing" | "onStop" | "visible">
  /** The registered servers and partners by name, live ones only. */
  readonly server: (name: string) => ServerRecord | undefined
  readonly secrets: (server: ServerRecord) => Pick<ServerSecrets, "headers" | "aic">
  readonly toolServer: (name: string, caller: Caller) => ToolServer | undefined
  readonly config: Omit<A2aConfig, "limits"> & {
    /** Names of partners that lead into this network. */
    readonly privateNames: readonly string[]
    readonly answerMs: number
    readonly limits?: Partial<A2aLimits>
  }
}

/** A2A at a node: its door, its partners and its notices. */
export interface A2a {
  /** The partner at a definition, one for each. */
  readonly partner: (definition: PartnerDefinition) => A2aPartner
  readonly writeNotice: WriteNotice
  readonly door: (delegations: Delegations) => ProtocolDoor
  close(): Promise<void>
}

/** Nothing is contacted before it is first used. */
export function openA2a(parts: A2aNodeParts): A2a {
  const { privateNames, answerMs, limits, ...config } = parts.config
  const partners = new Map<string, { readonly as: string; readonly partner: A2aPartner }>()

  function partner(definition: PartnerDefinition): A2aPartner {
    const { name, url, headers } = definition
    const as = JSON.stringify([url, headers])
    const known = partners.get(name)
    if (known?.as === as) return known.partner
    void known?.partner.close()
    const made = createA2aPartner({
      server: { name, transport: "http", url, headers },
      origin: () => config.origin(),
      node: config.node,
      privateNames,
      now: () => parts.clock.monotonic(),
      answerMs,
    })
    partners.set(name, { as, partner: made })
    return made
  }

  /** Who answers behind a name, for an agent that could be allowed to ask it. */
  async function describe(name: string, caller: Caller, signal: AbortSignal): Promise<Described | undefined> {
    const server = parts.server(name)
    if (server === undefined) return undefined
    if (!isPartner(server) || server.url === null) return describeTools(parts.toolServer(name, caller))
    if (!parts.governor.visible(caller, name, [askPartner]).has(askPartner)) return undefined
    const { headers, aic } = parts.secrets(server)
    const definition = { name, url: server.url, headers, aic, isOwnAgent: false }
    if (server.transport === "a2a")
      return { kind: "card", card: (await partner(definition).card(signal)).card }
    return {
      kind: "skills",
      name,
      description: `An agent that speaks AIP, at \`${new URL(definition.url).host}\` / 使用 AIP 的智能体`,
      skills: [{ id: "ask", name: "ask", description: "Takes a message / 接收消息", tags: ["aip"] }],
    }
  }

  return {
    partner,
    writeNotice: writeA2aNotice,
    door: (delegations) =>
      createA2aDoor({
        ...parts,
        delegations,
        describe,
        config: { ...config, limits: { ...defaultA2aLimits, ...limits } },
      }),
    async close() {
      await Promise.all([...partners.values()].map((each) => each.partner.close()))
      partners.clear()
    },
  }
}

async function describeTools(server: ToolServer | undefined): Promise<Described | undefined> {
  if (server === undefined) return undefined
  const tools = await server.tools()
  return {
    kind: "skills",
    name: server.name,
    description: `The tools of \`${server.name}\`, called by one data part {"tool": name, "arguments": {…}} / 工具服务 \`${server.name}\` 的工具：用一个数据部分调用`,
    skills: tools.map((tool) => ({
      id: textOf(tool["name"]),
      name: textOf(tool["title"]),
      description: textOf(tool["description"]),
      tags: ["tool"],
    })),
  }
}
