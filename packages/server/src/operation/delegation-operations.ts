import type { DelegationDraft, OfferedTool } from "@hufu/core/contract/delegation"
import type { AgentRecord } from "@hufu/core/contract/records"
import { isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { z } from "zod"
import type { Hold } from "../authority/holds.ts"
import type { Caller } from "../gateway/governor.ts"
import { actorOf } from "./context.ts"
import type { Delegations } from "./delegations.ts"
import { explainAttempt } from "./explain-attempt.ts"
import { noticedIn } from "./noticed-in.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"
import { wouldSpend } from "./would-spend.ts"

const mostTools = 500
const mostSchemaText = 32 * 1024

/** What agents ask of each other. Nothing of it is loaded before somebody looks. */
export function delegationOperations(parts: OperationParts) {
  const { agents, servers, person, holds, clock } = parts
  let opened: Promise<Delegations> | undefined
  const delegations = () => (opened ??= open())

  async function open(): Promise<Delegations> {
    const { readDelegations } = await import("./delegations.ts")
    return readDelegations(parts)
  }

  /**
   * A person who acts as an agent: it is written down as that, by the word of its door, and whatever binds the agent binds them.
   */
  function callerAs(agent: AgentRecord): Caller {
    return {
      agent: agent.id,
      version: agent.version,
      principal: person.id,
      credential: null,
      door: "console",
      connection: newId("connection", clock.now()),
    }
  }

  /** Takes back what waits; who decides it at this very moment decides it in vain. */
  async function withdraw(hold: Hold, by: string): Promise<void> {
    try {
      await holds.decide(hold, { decision: "cancelled", by })
    } catch (error) {
      if (!isFailure(error, "hold_decided")) throw error
    }
  }

  async function drafted(draft: DelegationDraft) {
    const { askOf, draftAttempt } = await import("./draft-attempt.ts")
    const agent = agents.need(draft.agent)
    const server = servers.need(draft.server)
    const caller = callerAs(agent)
    const ask = askOf(server, draft)
    return { agent, caller, server: server.name, ask, attempt: draftAttempt(caller, server, ask) }
  }

  return {
    "delegation.list": async ({ agent, ...asked }) =>
      (await delegations()).list({
        ...asked,
        ...(agent === undefined ? {} : { agent: agents.need(agent).id }),
      }),
    "delegation.show": async ({ delegation }) => (await delegations()).show(delegation),
    "delegation.trace": async ({ delegation }) => (await delegations()).trace(delegation),
    "delegation.cancel": async ({ delegation }, context) => {
      const read = await delegations()
      const interconnect = await parts.interconnect()
      // The first one first: whoever hears of it asks nothing more.
      for (const { id, hold } of read.under(delegation)) {
        await interconnect.cancel(id, actorOf(context))
        const waiting = hold === null ? undefined : holds.find(hold)
        // Nobody needs to decide any more what nobody waits for.
        if (waiting?.state === "waiting") await withdraw(waiting, actorOf(context))
      }
      return read.record(delegation)
    },
    "delegation.tools": async ({ agent, server }) => {
      const known = parts.toolServer(servers.need(server).name, callerAs(agents.need(agent)))
      return { items: ((await known?.tools()) ?? []).slice(0, mostTools).map(offered) }
    },
    "delegation.preview": async (draft) => {
      const { agent, attempt } = await drafted(draft)
      const { server, tool, arguments: args } = attempt
      const { seen, rules, reasons, words } = await explainAttempt(
        parts,
        { agent, server, tool, arguments: args, door: "console" },
        (of, task) => parts.rules(of, task),
      )
      return {
        verdict: seen.verdict.verdict,
        effect: seen.grounded.effect,
        attempt: { server, tool, arguments: args },
        reasons: [...reasons],
        mandate: seen.coverage.mandate ?? null,
        words,
        noticed: noticedIn(z.json().parse(seen.facts)),
        spends: seen.verdict.verdict === "deny" ? [] : wouldSpend(parts, seen),
        redacts: [...rules.redacts(seen.verdict.rules)],
        policy: rules.digest,
      }
    },
    "delegation.start": async (draft) => {
      const { caller, server, ask } = await drafted(draft)
      const { id } = await (await parts.interconnect()).ask(caller, server, ask)
      return (await delegations()).record(id)
    },
  } satisfies Partial<Operations>
}

/** UNTRUSTED: a tool as its server describes it. */
function offered({ name, description, inputSchema }: JsonObject): OfferedTool {
  const isSmall = isJsonObject(inputSchema) && JSON.stringify(inputSchema).length <= mostSchemaText
  return {
    tool: typeof name === "string" ? name.slice(0, 128) : "",
    description: typeof description === "string" ? description.slice(0, 2000) : "",
    schema: isSmall ? inputSchema : null,
  }
}
