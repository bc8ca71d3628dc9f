import { z } from "zod"
import { type CedarRecord, type CedarValue, entityUid, type EntityUid } from "./cedar-value.ts"
import { type Entities, type EntityInput, entityStore } from "./entities.ts"
import { extensionFunctions } from "./extension-function.ts"
import { Failure } from "../failure.ts"
import { isLong } from "./long.ts"
import { isFault } from "./outcome.ts"

const TypeAndId = z.object({ type: z.string(), id: z.string() })
const Uid = z.union([z.strictObject({ __entity: TypeAndId }), TypeAndId])
const Call = z.strictObject({
  __extn: z.object({ fn: z.string(), arg: z.unknown().optional(), args: z.array(z.unknown()).optional() }),
})
const Attributes = z.record(z.string(), z.unknown())
const Entity = z.object({
  uid: Uid,
  attrs: Attributes,
  parents: z.array(Uid),
  tags: Attributes.optional(),
})

/** UNTRUSTED: JSON from a caller may nest without end. */
const deepest = 64

/** Reads an entity uid in either of the forms of Cedar's JSON. */
export function uidFromJson(json: unknown): EntityUid {
  const parsed = Uid.safeParse(json)
  if (!parsed.success) throw new Failure("invalid_input", "give an entity as `{type, id}`")
  const { type, id } = "__entity" in parsed.data ? parsed.data.__entity : parsed.data
  return entityUid(type, id)
}

/** Reads a value in Cedar's JSON format; longs beyond 2^53 may be given as bigints. */
export function valueFromJson(json: unknown, depth = 0): CedarValue {
  if (depth > deepest) throw new Failure("invalid_input", `nest values at most ${deepest} deep`)
  if (typeof json === "boolean" || typeof json === "string") return json
  if (typeof json === "number" || typeof json === "bigint") return longFromJson(json)
  if (Array.isArray(json)) return json.map((member) => valueFromJson(member, depth + 1))
  const record = Attributes.safeParse(json)
  if (!record.success) throw new Failure("invalid_input", "give values as Cedar JSON, without null")
  if (Object.hasOwn(record.data, "__entity")) return uidFromJson(record.data)
  if (Object.hasOwn(record.data, "__extn")) return extensionFromJson(record.data, depth)
  return recordFromJson(record.data, depth)
}

/** Reads a record in Cedar's JSON format, such as a context. */
export function recordFromJson(json: Readonly<Record<string, unknown>>, depth = 0): CedarRecord {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, valueFromJson(value, depth + 1)]),
  )
}

/** Reads a list of entities in Cedar's JSON format. */
export function entitiesFromJson(json: unknown): Entities {
  const parsed = z.array(Entity).safeParse(json)
  if (!parsed.success)
    throw new Failure("invalid_input", "give entities as a list of `{uid, attrs, parents}`")
  return entityStore(parsed.data.map(entityFromJson))
}

function entityFromJson({ uid, attrs, parents, tags }: z.infer<typeof Entity>): EntityInput {
  const entity = {
    uid: uidFromJson(uid),
    attributes: recordFromJson(attrs),
    parents: parents.map(uidFromJson),
  }
  return tags === undefined ? entity : { ...entity, tags: recordFromJson(tags) }
}

function longFromJson(json: number | bigint): CedarValue {
  const long = typeof json === "bigint" && Number.isSafeInteger(Number(json)) ? Number(json) : json
  if (!isLong(long)) throw new Failure("invalid_input", "give numbers as integers of at most 64 bits")
  return long
}

function extensionFromJson(json: unknown, depth: number): CedarValue {
  const call = Call.safeParse(json)
  if (!call.success) throw new Failure("invalid_input", "give an extension value as `{__extn: {fn, arg}}`")
  const { fn, arg, args = [arg] } = call.data.__extn
  const extension = extensionFunctions.get(fn)
  if (extension === undefined || extension.arity !== args.length) {
    throw new Failure("invalid_input", `use an extension function that exists, not \`${fn}\``)
  }
  const value = extension.call(args.map((item) => valueFromJson(item, depth + 1)))
  if (isFault(value)) throw new Failure("invalid_input", `correct the value given to \`${fn}\``)
  return value
}
