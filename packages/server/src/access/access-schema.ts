import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { type CedarRecord, type CedarValue, entityUid } from "@hufu/core/policy/cedar-value"
import { z } from "zod"
import { cedar } from "../fence/rules/cedar.ts"

/** What the schema of the operator says of the things that access rules are about. */
export interface AccessSchema {
  /** Cedar's text of it, by which rules are checked. */
  readonly text: string
  /** The Cedar type of a type's name; undefined when the schema has none. */
  typeOf(name: string): string | undefined
  /** The Cedar type of actions. */
  readonly actionType: string
  /** The names of the actions that apply to such a subject and resource. */
  actionsFor(subject: string, resource: string): readonly string[]
  /** The attributes of an entity as far as the schema knows them; throws where one does not fit. */
  attributesOf(type: string, properties: Properties): CedarRecord
  /** The context of an action, the same. */
  contextOf(action: string, given: Properties): CedarRecord
}

type Properties = Readonly<Record<string, JsonValue>>

/** A type as the schema resolves it; `required` belongs to the attribute that has it. */
interface Type {
  readonly type: string
  readonly name?: string | undefined
  readonly element?: Type | undefined
  readonly attributes?: Readonly<Record<string, Type>> | undefined
}
const Type: z.ZodType<Type> = z.lazy(() =>
  z.object({
    type: z.string(),
    name: z.string().optional(),
    element: Type.optional(),
    attributes: z.record(z.string(), Type).optional(),
  }),
)
const Namespace = z.object({
  commonTypes: z.record(z.string(), Type).default({}),
  entityTypes: z.record(z.string(), z.object({ shape: Type.optional() })),
  actions: z.record(
    z.string(),
    z.object({
      appliesTo: z
        .object({
          principalTypes: z.array(z.string()),
          resourceTypes: z.array(z.string()),
          context: Type.optional(),
        })
        .optional(),
    }),
  ),
})

const deepest = 16
const none: Type = { type: "Record", attributes: {} }

/** Reads a schema in Cedar's own text; one that is not sound, or has several namespaces, is refused. */
export function readAccessSchema(name: string, text: string): AccessSchema {
  const read = cedar().schemaToJsonWithResolvedTypes(text)
  if (read.type === "failure") throw invalid(name, read.errors[0]?.message ?? "it does not parse")
  const namespaces = Object.entries(z.record(z.string(), Namespace).parse(read.json)).filter(
    ([, { entityTypes, actions }]) => Object.keys({ ...entityTypes, ...actions }).length > 0,
  )
  const [only] = namespaces
  if (only === undefined || namespaces.length > 1)
    throw invalid(name, "give it exactly one namespace, or none")
  const [namespace, { commonTypes, entityTypes, actions }] = only
  const prefix = namespace === "" ? "" : `${namespace}::`
  const short = (type: string) => (type.startsWith(prefix) ? type.slice(prefix.length) : type)

  function record(of: Type, given: Properties, place: string, depth: number): CedarRecord {
    const { attributes = {} } = resolve(of)
    const known = Object.keys(given).filter((attribute) => Object.hasOwn(attributes, attribute))
    return Object.fromEntries(
      known.map((attribute) => [
        attribute,
        value(attributes[attribute] ?? none, given[attribute] ?? null, `${place}.${attribute}`, depth + 1),
      ]),
    )
  }

  function value(of: Type, given: JsonValue, place: string, depth: number): CedarValue {
    if (depth > deepest) throw misfit(place, `nested at most ${deepest} deep`)
    const type = resolve(of)
    if (type.type === "Record" && isJsonObject(given)) return record(type, given, place, depth)
    if (type.type === "Set" && Array.isArray(given)) {
      return given.map((member) => value(type.element ?? none, member, `${place}[]`, depth + 1))
    }
    if (type.type === "Entity" && typeof given === "string") return entityUid(type.name ?? "", given)
    if (type.type === "String" && typeof given === "string") return given
    if (type.type === "Long" && Number.isSafeInteger(given)) return Number(given)
    if (/^Bool(ean)?$/.test(type.type) && typeof given === "boolean") return given
    throw misfit(place, `a value of type ${type.type}`)
  }

  function resolve(type: Type): Type {
    const common = commonTypes[short(type.name ?? type.type)] ?? commonTypes[short(type.type)]
    return type.type === "Entity" || common === undefined ? type : resolve(common)
  }

  return {
    text,
    typeOf: (type) => (Object.hasOwn(entityTypes, type) ? `${prefix}${type}` : undefined),
    actionType: `${prefix}Action`,
    actionsFor: (subject, resource) =>
      Object.entries(actions).flatMap(([action, { appliesTo }]) =>
        appliesTo?.principalTypes.map(short).includes(subject) &&
        appliesTo.resourceTypes.map(short).includes(resource)
          ? [action]
          : [],
      ),
    attributesOf: (type, properties) => record(entityTypes[type]?.shape ?? none, properties, type, 0),
    contextOf: (action, given) => record(actions[action]?.appliesTo?.context ?? none, given, "context", 0),
  }
}

function misfit(place: string, wanted: string): Failure {
  return new Failure("invalid_input", `give \`${place.slice(0, 200)}\` as ${wanted}`)
}

function invalid(name: string, reason: string): Failure {
  return new Failure("rule_invalid", `${name}: ${reason.replaceAll(/\s+/g, " ").slice(0, 300)}`)
}
