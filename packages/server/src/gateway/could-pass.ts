import { couldCover } from "@hufu/core/mandate/could-cover"
import { UNKNOWN } from "@hufu/core/policy/cedar-value"
import { possibleEffects, profileStanding } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"
import type { RuleSet } from "../fence/rules/load.ts"
import type { UncertainFacts } from "../fence/rules/schema.ts"
import { aboveOf, type AssessParts, type Question } from "./assess.ts"

type OpenQuestion = Omit<Question, "arguments" | "lifted" | "task"> & {
  readonly task: { readonly id: string }
}

/**
 * Whether some arguments could be allowed or asked about: what tools/list shows. The same rules and the same mandates decide as for a
 * call, with what only the arguments say left unknown, so that listing and calling never disagree.
 */
export function couldPass(
  parts: AssessParts,
  question: OpenQuestion,
  rules: RuleSet = parts.rules(question.caller.agent, question.task.id),
): boolean {
  const { profile } = parts.tools.find(question.server, question.tool)
  return [...possibleEffects(profile)].some((effect) => couldPassAs(effect, { parts, question, rules }))
}

function couldPassAs(
  effect: Effect,
  { parts, question, rules }: { parts: AssessParts; question: OpenQuestion; rules: RuleSet },
): boolean {
  const { caller, server, task, tool } = question
  const known = parts.tools.find(server, tool)
  const standing = profileStanding(known.profile)
  const could = couldCover(parts.mandates.live(caller.agent, task.id), {
    effect,
    server,
    tool,
    reviewed: (standing.reviewed || standing.confirmed) && !known.changed,
    now: parts.clock.now(),
    budgetLeft: (mandate, grant) => parts.budgets.left(mandate, grant),
    above: aboveOf(parts),
  })
  if (!could.allow && !could.ask) return false
  const agent = parts.agents.records.get(caller.agent)
  const isLive = agent?.state === "live"
  const packs = parts.packs.openFacts(server, tool)
  const facts: UncertainFacts = {
    principal: { id: caller.agent, suspended: !isLive },
    effect,
    resource: {
      id: `${server}/${tool}`,
      server,
      name: tool,
      effect,
      reviewed: standing.reviewed,
      confirmed: standing.confirmed,
      changed: known.changed,
      ...(known.signals.length > 0 ? { signals: known.signals } : {}),
      reversible: known.profile.reversible,
      sensitivity: known.profile.sensitivity,
    },
    context: {
      onBehalfOf: caller.principal,
      mode: UNKNOWN,
      door: caller.door,
      mandate: { live: true, covers: UNKNOWN, forbids: false, asks: UNKNOWN, otherwise: UNKNOWN },
      targets: UNKNOWN,
      amount: UNKNOWN,
      currency: UNKNOWN,
      unclear: UNKNOWN,
      signals: UNKNOWN,
      labels: UNKNOWN,
      provenance: UNKNOWN,
      ...(packs === undefined ? {} : { packs }),
      ...(parts.places.finder().speaksOf(effect, server, tool) ? { place: UNKNOWN } : {}),
      ...(rules.readsPeople ? { person: UNKNOWN, session: UNKNOWN } : {}),
      time: UNKNOWN,
      standing: { live: isLive && !parts.stop.stopped },
    },
  }
  const { allow, ask } = rules.couldBe(facts)
  return allow || ask
}
