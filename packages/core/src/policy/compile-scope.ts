import { z } from "zod"
import type { EntityUid } from "./cedar-value.ts"
import { isWithinEntity } from "./entity-operators.ts"
import type { Environment } from "./evaluator.ts"
import { Failure } from "../failure.ts"
import { uidFromJson } from "./from-json.ts"

/** One part of a rule's head: a test, and the entities that it names, one of which must be involved. */
export interface Scope {
  readonly test: (environment: Environment) => boolean
  /** Keys of which the variable, or something that it is in, must be one; undefined when any will do. */
  readonly keys: readonly string[] | undefined
}

type Variable = "principal" | "action" | "resource"

const Entity = z.strictObject({ entity: z.unknown() })
const ScopeJson = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("All") }),
  z.strictObject({ op: z.literal("=="), entity: z.unknown() }),
  z.strictObject({
    op: z.literal("in"),
    entity: z.unknown().optional(),
    entities: z.array(z.unknown()).optional(),
  }),
  z.strictObject({ op: z.literal("is"), entity_type: z.string(), in: Entity.optional() }),
])

/** Compiles `principal …`, `action …` or `resource …` of a rule's head. */
export function compileScope(variable: Variable, json: unknown): Scope {
  const parsed = ScopeJson.safeParse(json)
  // A template's slot ends here: rules are static.
  if (!parsed.success) throw new Failure("rule_invalid", `the scope of \`${variable}\` is not supported`)
  const scope = parsed.data
  if (scope.op === "All") return { test: () => true, keys: undefined }
  if (scope.op === "==") return exactly(variable, uidFromJson(scope.entity))
  if (scope.op === "in") return within(variable, (scope.entities ?? [scope.entity]).map(uidFromJson))
  return ofType(
    variable,
    scope.entity_type,
    scope.in === undefined ? undefined : within(variable, [uidFromJson(scope.in.entity)]),
  )
}

function exactly(variable: Variable, { key }: EntityUid): Scope {
  return { test: (environment) => environment[variable].key === key, keys: [key] }
}

function ofType(variable: Variable, type: string, rest: Scope | undefined): Scope {
  return {
    test: (environment) => environment[variable].type === type && (rest?.test(environment) ?? true),
    keys: rest?.keys,
  }
}

function within(variable: Variable, outers: readonly EntityUid[]): Scope {
  return {
    test: (environment) =>
      outers.some((outer) => isWithinEntity(environment[variable], outer, environment.entities)),
    keys: outers.map((outer) => outer.key),
  }
}
