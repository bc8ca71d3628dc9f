import { readFileSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { Failure } from "@hufu/core/failure"
import type { JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { type CedarRecord, entityUid } from "@hufu/core/policy/cedar-value"
import type { Entities, Entity } from "@hufu/core/policy/entities"
import { decide, type Verdict } from "@hufu/core/policy/verdict"
import { z } from "zod"
import type { Config } from "../config.ts"
import { loadPolicies, type RuleSource } from "../fence/rules/load.ts"
import type { ParsedRule } from "../fence/rules/parse-rules.ts"
import type { AccessRequest } from "./access-request.ts"
import { type AccessSchema, readAccessSchema } from "./access-schema.ts"

/** Rules of the operator about subjects and resources of their own, which other programs ask about. */
export interface AccessRules {
  readonly schema: AccessSchema
  /** The ids of what is known of a type, in order. */
  known(type: string): readonly string[]
  decide(request: AccessRequest): Verdict
}

const mostEntities = 10_000
const longestFile = 4_194_304

const KnownEntities = z
  .array(
    z.strictObject({
      type: z.string(),
      id: z.string(),
      properties: z.record(z.string(), z.json()).default({}),
      parents: z
        .array(z.strictObject({ type: z.string(), id: z.string() }))
        .max(100)
        .default([]),
    }),
  )
  .max(mostEntities)

/** Loads them with the same checks as the rules of the fence, or refuses to; undefined where none are configured. */
export function openAccessRules(config: Config["access"], dataDir: string): AccessRules | undefined {
  if (config === undefined) return undefined
  const read = (path: string) => readText(path, dataDir)
  const schema = readAccessSchema(config.schema, read(config.schema))
  const sources = config.rules.map((name): RuleSource => ({ layer: "user", name, text: read(name) }))
  const { compiled, rules } = loadPolicies(sources, schema.text)
  refuseRedacting(rules)
  const stored = config.entities === undefined ? [] : readEntities(config.entities, read(config.entities))
  const byKey = new Map<string, (typeof stored)[number]>()
  const ids = new Map<string, string[]>()
  for (const entity of stored) {
    const key = keyOf(schema, entity)
    if (byKey.has(key))
      throw new Failure("rule_invalid", `give the entity \`${key}\` only once in \`${config.entities}\``)
    byKey.set(key, entity)
    ids.set(entity.type, [...(ids.get(entity.type) ?? []), entity.id])
  }
  const inside = ancestorsOf(schema, byKey)
  const facts = new Map<string, Entity>(
    [...byKey].map(([key, { type, properties }]) => [
      key,
      { attributes: schema.attributesOf(type, properties), ancestors: inside(key) },
    ]),
  )

  /** What is stored, with what the request says of it on top. */
  function entity(type: string, key: string, properties: Properties = {}): Entity {
    const known = facts.get(key)
    return {
      attributes: { ...known?.attributes, ...schema.attributesOf(type, properties) },
      ancestors: known?.ancestors ?? new Set(),
    }
  }

  return {
    schema,
    known: (type) => ids.get(type) ?? [],
    decide({ subject, action, resource, context }) {
      const principal = entityUid(needType(schema, subject.type), subject.id)
      const target = entityUid(needType(schema, resource.type), resource.id)
      // INVARIANT: what the schema does not foresee is denied, whatever a rule says of everything.
      if (!schema.actionsFor(subject.type, resource.type).includes(action.name))
        throw new Failure("not_found", `no action \`${action.name.slice(0, 200)}\` applies to these types`)
      const given: CedarRecord = schema.contextOf(action.name, {
        ...context,
        action: action.properties ?? {},
      })
      const own = new Map([
        [principal.key, entity(subject.type, principal.key, subject.properties)],
        [target.key, entity(resource.type, target.key, resource.properties)],
      ])
      const entities: Entities = { get: (key) => own.get(key) ?? facts.get(key) }
      const request = {
        principal,
        action: entityUid(schema.actionType, action.name),
        resource: target,
        context: given,
      }
      return decide(compiled, request, entities)
    },
  }
}

/** Whoever asks gets a decision and no result: what a rule wants taken out of one, or done beside it, would go by unnoticed. */
function refuseRedacting(rules: readonly ParsedRule[]): void {
  const more = rules.find(({ redacts, obliges }) => redacts.length > 0 || obliges.length > 0)
  if (more === undefined) return
  const why =
    more.redacts.length > 0
      ? "take `@redact` away: a decision has no result that anything could be taken out of"
      : "take `@oblige` away: a decision has no door that would do it"
  throw new Failure("rule_invalid", `${more.place}: rule \`${more.id}\`: ${why}`)
}

type Properties = Readonly<Record<string, JsonValue>>
type Known = z.infer<typeof KnownEntities>[number]

function needType(schema: AccessSchema, name: string): string {
  const type = schema.typeOf(name)
  if (type === undefined)
    throw new Failure("not_found", `the access schema has no type \`${name.slice(0, 200)}\``)
  return type
}

function keyOf(schema: AccessSchema, { type, id }: Pick<Known, "type" | "id">): string {
  return entityUid(needType(schema, type), id).key
}

function ancestorsOf(
  schema: AccessSchema,
  byKey: ReadonlyMap<string, Known>,
): (key: string) => ReadonlySet<string> {
  return (start) => {
    const found = new Set<string>()
    const open = [start]
    for (let next = open.pop(); next !== undefined; next = open.pop())
      for (const parent of byKey.get(next)?.parents ?? []) {
        const key = keyOf(schema, parent)
        if (key === start) throw new Failure("rule_invalid", `take the entity \`${key}\` out of itself`)
        if (found.has(key)) continue
        found.add(key)
        open.push(key)
      }
    return found
  }
}

function readEntities(name: string, text: string): readonly Known[] {
  const parsed = KnownEntities.safeParse(parseStrict(text))
  if (parsed.success) return parsed.data
  throw new Failure(
    "rule_invalid",
    `${name}: give a list of at most ${mostEntities} entities as \`{type, id, properties, parents}\``,
  )
}

function readText(path: string, dataDir: string): string {
  try {
    const text = readFileSync(isAbsolute(path) ? path : join(dataDir, path), "utf8")
    if (text.length <= longestFile) return text
  } catch (cause) {
    throw new Failure("rule_invalid", `\`${path}\` cannot be read: correct \`access\` in the configuration`, {
      cause,
    })
  }
  throw new Failure("rule_invalid", `${path}: keep the file to ${longestFile} characters`)
}
