import { Failure } from "@hufu/core/failure"
import { isLiveAt } from "@hufu/core/mandate/grant-covers"
import { boundBy } from "@hufu/core/mandate/passed-on"
import { sayMandate } from "@hufu/core/mandate/say"
import { widerPass } from "../authority/wider-pass.ts"
import { actorOf, type OperationContext } from "./context.ts"
import { chainOf } from "./chain-of.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"
import { previewMandate } from "./preview-mandate.ts"

const changer = (context: OperationContext) => ({
  id: actorOf(context),
  isPerson: context.session !== undefined,
})

/** Mandates, and how they are passed on. */
export function mandateOperations(parts: OperationParts) {
  const { agents, tasks, mandates, person, interventions, stop, clock } = parts
  const wider = widerPass(parts)

  /** INVARIANT: an agent passes on only what it holds, and learns nothing of what others hold. */
  function requireHeld(mandate: string, { agent }: OperationContext): void {
    if (agent && !mandates.ofAgent(agent.agent).some(({ id }) => id === mandate))
      throw new Failure("not_found", "this agent holds no such mandate: ask for `/v1/mandates:held`")
  }

  /** The task of the receiving agent for which something is passed on. */
  async function taskOf(agent: string, given: string | undefined): Promise<string> {
    if (given === undefined) return (await tasks.ensure(agent, person.id)).id
    const task = tasks.records.get(given)
    if (task?.agent === agent && task.state === "live") return given
    throw new Failure("not_found", "that agent has no such live task: `hufu task list` shows what there is")
  }

  return {
    "mandate.grant": ({ agent, mandate }, context) =>
      mandates.grant({
        agent: agents.need(agent).id,
        principal: person.id,
        draft: mandate,
        by: actorOf(context),
      }),
    "mandate.preview": async (input) => previewMandate(parts, input),
    "mandate.list": async ({ agent }) => ({
      items: [...(agent === undefined ? mandates.all() : mandates.ofAgent(agents.need(agent).id))],
    }),
    "mandate.narrow": ({ mandate, to }, context) => mandates.narrow(mandate, to, changer(context)),
    "mandate.revoke": ({ mandate }, context) => interventions.revokeMandate(mandate, changer(context)),
    "mandate.explain": async ({ mandate: id }) => {
      const mandate = mandates.need(id)
      const spent = [-1, ...mandate.grants.keys()].map((grant) => ({
        grant,
        ...parts.budgets.spent(id, grant),
      }))
      return {
        mandate,
        en: sayMandate(mandate, "en"),
        zh: sayMandate(mandate, "zh"),
        spent: spent.filter(({ count }) => count > 0),
      }
    },
    "mandate.pass": async ({ mandate, to, task, part }, context) => {
      if (stop.stopped)
        throw new Failure(
          "stopped",
          "everything is stopped on this node: a person has to lift the stop first",
        )
      requireHeld(mandate, context)
      const receiver = agents.need(to)
      const known = await taskOf(receiver.id, task)
      return wider.pass(mandate, { to: receiver.id, task: known, part, by: actorOf(context) })
    },
    "mandate.token": async ({ mandate, key }, context) => {
      requireHeld(mandate, context)
      return parts.tokens.issue({ mandate, key, by: actorOf(context) })
    },
    "mandate.held": async ({ agent: ref }, context) => {
      const agent = context.agent?.agent ?? (ref === undefined ? undefined : agents.need(ref).id)
      if (agent === undefined)
        throw new Failure(
          "invalid_input",
          "say which agent: only an agent that shows its own credential need not",
        )
      const task = await tasks.ensure(agent, person.id)
      return {
        items: mandates.live(agent, task.id).map((mandate) => {
          const above = mandates.above(mandate)
          const links = above && [mandate, ...boundBy({ mandate, above })]
          return { mandate, holds: links?.every((link) => isLiveAt(link, clock.now())) === true }
        }),
      }
    },
    "mandate.chain": async ({ mandate }) => chainOf(parts, mandate),
  } satisfies Partial<Operations>
}
