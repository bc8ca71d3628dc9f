import {
  type CedarRecord,
  type CedarValue,
  type EntityUid,
  entityUid,
  UNKNOWN,
} from "@hufu/core/policy/cedar-value"
import type { Entities, Entity } from "@hufu/core/policy/entities"
import type { RuleRequest } from "@hufu/core/policy/evaluator"
import { Failure } from "@hufu/core/failure"
import { type Effect, effects } from "@hufu/core/words"
import { checkFact } from "./fact-shape.ts"
import { agentShape, contextShape, type RuleFacts, toolShape, type UncertainFacts } from "./schema.ts"

const anyAction = entityUid("Hufu::Action", "any")

const actions: ReadonlyMap<Effect, EntityUid> = new Map(
  effects.map((effect) => [effect, entityUid("Hufu::Action", effect)]),
)

const actionEntity: Entity = { attributes: {}, ancestors: new Set([anyAction.key]) }

/** Turns facts into a request and its entities, and refuses facts that do not have their shape. */
export function ruleRequest(facts: RuleFacts | UncertainFacts): { request: RuleRequest; entities: Entities } {
  checkFact(agentShape, facts.principal, "principal")
  checkFact(toolShape, facts.resource, "resource")
  checkFact(contextShape, facts.context, "context")
  const action = actions.get(facts.effect)
  if (action === undefined)
    throw new Failure("invalid_input", `give an effect that exists, not \`${facts.effect}\``)
  const principal = entityUid("Hufu::Agent", facts.principal.id)
  const resource = entityUid("Hufu::Tool", facts.resource.id)
  const server = entityUid("Hufu::Server", facts.resource.server)
  const { packs, ...given } = facts.context
  const context: CedarRecord = { ...packsOf(packs), ...given, anyTarget: anyTarget(given.targets) }
  const entities = new Map<string, Entity>([
    [principal.key, { attributes: facts.principal, ancestors: new Set() }],
    [action.key, actionEntity],
    [resource.key, { attributes: facts.resource, ancestors: new Set([server.key]) }],
  ])
  return { request: { principal, action, resource, context }, entities }
}

/** INVARIANT: no pack takes the place of a fact that the gateway gives. */
function packsOf(packs: UncertainFacts["context"]["packs"]): CedarRecord {
  return packs === undefined || packs === UNKNOWN ? {} : packs
}

type Targets = UncertainFacts["context"]["targets"]
type Target = Exclude<Exclude<Targets, typeof UNKNOWN>[number], typeof UNKNOWN>

function anyTarget(targets: Targets): CedarValue {
  if (targets === UNKNOWN) return UNKNOWN
  const known = targets.filter((target) => target !== UNKNOWN)
  const isComplete = known.length === targets.length
  const every = (read: (target: Target) => CedarValue | undefined) => distinct(known.map(read), isComplete)
  return {
    own: anyOwn(known, isComplete),
    kinds: every((target) => target.kind),
    values: every((target) => target.value),
    hosts: every((target) => target.host),
    paths: every((target) => target.path),
  }
}

function anyOwn(targets: readonly Target[], isComplete: boolean): CedarValue {
  if (targets.some((target) => target.own === true)) return true
  return isComplete && targets.every((target) => target.own === false) ? false : UNKNOWN
}

/** One unknown member could also be none, so it leaves the whole set unknown. */
function distinct(values: readonly (CedarValue | undefined)[], isComplete: boolean): CedarValue {
  if (!isComplete || values.includes(UNKNOWN)) return UNKNOWN
  return [...new Set(values)].filter((value) => value !== undefined)
}
