import { isFailure } from "@hufu/core/failure"
import { z } from "zod"
import { loadRules } from "../fence/rules/load.ts"
import { couldPass } from "../gateway/could-pass.ts"
import { actorOf } from "./context.ts"
import { explainAttempt } from "./explain-attempt.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** The node itself, the person, rules, dry runs and the stop. */
export function nodeOperations(parts: OperationParts) {
  const { person, agents, servers, holds, ledger, stop } = parts

  function draftRules(text: string) {
    return loadRules([...parts.rollOut.sources(), { layer: "user", name: "draft.cedar", text }])
  }

  return {
    "node.status": async () => ({
      ...parts.about(),
      pid: process.pid,
      stopped: stop.stopped,
      personEnrolled: person.enrolled,
      agents: agents.records.size,
      servers: servers.live().length,
      waiting: holds.waiting(),
      entries: ledger.size(),
      rules: parts.rules().digest,
      witnesses: parts.witnessing.status(),
      room: parts.room(),
      ...parts.connections.counts(),
      scrub: parts.scrub(),
      published: parts.published(),
    }),
    "retention.show": async () => parts.retention.settings(),
    "retention.set": async (change, context) => parts.retention.set(change, actorOf(context)),
    "session.create": ({ secret }, { transport }) => person.signIn(secret, transport),
    "person.enrol": async ({ secret }) => ({ person: await person.enrol(secret) }),
    "person.change": async ({ secret }) => ({ person: await person.change(secret) }),
    "decision.explain": async ({ agent: ref, server: serverRef, tool, arguments: args, rules: text }) => {
      const server = servers.need(serverRef).name
      const { question, seen, rules, reasons, words } = await explainAttempt(
        parts,
        { agent: agents.need(ref), server, tool, arguments: args, door: "api" },
        (agent, task) => (text === undefined ? parts.rules(agent, task) : draftRules(text)),
      )
      return {
        verdict: seen.verdict.verdict,
        effect: seen.grounded.effect,
        reasons: [...reasons],
        mandate: seen.coverage.mandate ?? null,
        words,
        redacts: [...rules.redacts(seen.verdict.rules)],
        facts: z.json().parse(seen.facts),
        policy: rules.digest,
        visible: couldPass(parts.assess, question, rules),
      }
    },
    "stop.declare": ({ reason }, context) => parts.interventions.stopAll(actorOf(context), reason),
    "stop.lift": async (_input, context) => {
      await stop.lift(actorOf(context))
      return { stopped: stop.stopped }
    },
    "rules.list": async () => {
      const rules = parts.rules()
      return { digest: rules.digest, items: rules.rules.map(({ id, layer, text }) => ({ id, layer, text })) }
    },
    "rules.validate": async ({ text }) => {
      try {
        draftRules(text)
        return { ok: true, faults: [] }
      } catch (error) {
        if (!isFailure(error, "rule_invalid")) throw error
        return {
          ok: false,
          faults: [error.message, ...z.array(z.string()).catch([]).parse(error.extra["faults"])],
        }
      }
    },
  } satisfies Partial<Operations>
}
