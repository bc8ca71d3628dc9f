import { Failure } from "@hufu/core/failure"
import { agentUrlOf } from "@hufu/core/identity/web-bot-auth"
import { thumbprintOf } from "@hufu/core/token/ed25519-jwk"
import { actorOf, type OperationContext } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

const sourceOf = ({ hook, session }: OperationContext) =>
  hook ? "hook" : session?.by === "passkey" ? "console" : "terminal"

const ed25519Jwk = (x: string) => ({ kty: "OKP", crv: "Ed25519", x }) as const

/** A hook speaks for one agent. */
function requireOwnHook({ hook }: OperationContext, agent: string): void {
  if (hook && hook.agent !== agent)
    throw new Failure(
      "forbidden",
      "this hook belongs to another agent: issue one for this agent with `hufu credential issue --kind hook`",
    )
}

/** Agents, versions, credentials and tasks. */
export function agentOperations(parts: OperationParts) {
  const { agents, credentials, tasks, mandates, person, interventions, ca, elsewhere } = parts
  return {
    "agent.create": async ({ name, credential, days, demo }, context) => {
      const by = actorOf(context)
      const agent = await agents.create({ name, identifiedBy: "credential", demo, by })
      const issued = credential ? await credentials.issue({ agent: agent.id, kind: "agent", days, by }) : null
      return { agent, credential: issued?.credential ?? null }
    },
    "agent.list": async () => ({ items: [...agents.records.all()] }),
    "agent.show": async ({ agent: ref }) => {
      if (agents.find(ref) === undefined && parts.known.find(ref) !== undefined)
        throw new Failure(
          "not_found",
          `\`${ref}\` is a registration and no agent of this node: look at it with \`hufu registry show\``,
        )
      const agent = agents.need(ref)
      return {
        agent,
        versions: [...agents.versions.all()].filter((version) => version.agent === agent.id),
        credentials: credentials.of(agent.id),
        mandates: [...mandates.ofAgent(agent.id)],
        task: await tasks.ensure(agent.id, person.id),
      }
    },
    "agent.suspend": ({ agent, reason }, context) => interventions.suspend(agent, actorOf(context), reason),
    "agent.revoke": ({ agent, reason }, context) => interventions.revoke(agent, actorOf(context), reason),
    "agent.resume": async ({ agent: ref }, context) => {
      const agent = agents.need(ref)
      elsewhere.refuse(agent.id)
      return agents.setState(agent, "live", actorOf(context), "")
    },
    "version.declare": async ({ agent: ref, label, parts: digests }, context) => {
      const by = actorOf(context)
      const version = await agents.declareVersion(agents.need(ref), { label, parts: digests }, by)
      // A certificate belongs to a version; whoever holds a list of those that were revoked sees it too.
      await ca.certificates.settle(version.agent, by)
      return version
    },
    "credential.issue": ({ agent, kind, days }, context) =>
      credentials.issue({ agent, kind, days, by: actorOf(context) }),
    "credential.challenge": async ({ agent, key, url, type }) =>
      parts.keyChallenges.issue({
        agent: agents.need(agent).id,
        key: ed25519Jwk(key),
        url: agentUrlOf(url, type),
      }),
    "credential.prove": async (
      { agent: ref, key, url: given, type, challenge, signature, days },
      context,
    ) => {
      const agent = agents.need(ref).id
      const url = agentUrlOf(given, type)
      parts.keyChallenges.require({ agent, key: ed25519Jwk(key), url }, { challenge, signature })
      const about = { is: "key", url, thumbprint: thumbprintOf({ x: key }), publicKey: key } as const
      return credentials.admit({ agent, about, days, by: actorOf(context) })
    },
    "credential.revoke": ({ credential }, context) =>
      interventions.revokeCredential(credential, actorOf(context)),
    "task.start": ({ agent: ref, words }, context) => {
      const agent = agents.need(ref)
      requireOwnHook(context, agent.id)
      return tasks.start({
        agent: agent.id,
        principal: person.id,
        words,
        source: sourceOf(context),
        by: actorOf(context),
      })
    },
    "task.add": async ({ task, words }, context) => {
      requireOwnHook(context, tasks.find(task).agent)
      return tasks.addWords({ task, words, source: sourceOf(context), by: actorOf(context) })
    },
    "task.list": async ({ agent, limit }) => ({
      items: tasks.list(agent === undefined ? undefined : agents.need(agent).id, limit),
    }),
    "task.show": async ({ task: id }) => {
      const task = tasks.find(id)
      return {
        task,
        added: tasks.addedWords(id),
        mandates: [...mandates.ofAgent(task.agent)].filter((mandate) => mandate.task === id),
        actions: parts.actions.list({ task: id, limit: 100 }).items,
      }
    },
    "task.end": ({ task }, context) => interventions.endTask(task, actorOf(context)),
  } satisfies Partial<Operations>
}
