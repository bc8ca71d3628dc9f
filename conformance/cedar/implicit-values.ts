import { z } from "zod"

type Type =
  | { readonly type: "Record"; readonly attributes?: Readonly<Record<string, Type>> | undefined }
  | { readonly type: "Set"; readonly element: Type }
  | { readonly type: "EntityOrCommon" | "Entity" | "Extension"; readonly name: string }
  | { readonly type: "String" | "Long" | "Boolean" | "Bool" }
const Type: z.ZodType<Type> = z.lazy(() =>
  z.union([
    z.object({ type: z.literal("Record"), attributes: z.record(z.string(), Type).optional() }),
    z.object({ type: z.literal("Set"), element: Type }),
    z.object({ type: z.enum(["EntityOrCommon", "Entity", "Extension"]), name: z.string() }),
    z.object({ type: z.enum(["String", "Long", "Boolean", "Bool"]) }),
  ]),
)

/** What of a Cedar schema in JSON tells how values are meant; of the empty namespace. */
const Schema = z.object({
  "": z.object({
    entityTypes: z.record(z.string(), z.object({ shape: Type.optional() })),
    actions: z.record(z.string(), z.object({ appliesTo: z.object({ context: Type.optional() }).optional() })),
  }),
})

const Entities = z.array(
  z.looseObject({ uid: z.looseObject({ type: z.string() }), attrs: z.record(z.string(), z.unknown()) }),
)
const extensions: Readonly<Record<string, string>> = { ipaddr: "ip", decimal: "decimal" }

/** Writes values out as Cedar's JSON has them where no schema says what a plain record or text stands for. */
export function withSchema(schemaJson: unknown) {
  const { entityTypes, actions } = Schema.parse(schemaJson)[""]

  function explicit(value: unknown, type: Type | undefined): unknown {
    if (type === undefined) return value
    if (type.type === "Set" && Array.isArray(value)) return value.map((each) => explicit(each, type.element))
    if (type.type === "Record") return members(value, type.attributes ?? {})
    if (!("name" in type)) return value
    if (Object.hasOwn(entityTypes, type.name) && !hasMember(value, "__entity")) return { __entity: value }
    const fn = extensions[type.name]
    return fn !== undefined && typeof value === "string" ? { __extn: { fn, arg: value } } : value
  }

  function members(value: unknown, types: Readonly<Record<string, Type>>): unknown {
    const record = z.record(z.string(), z.unknown()).safeParse(value)
    if (!record.success) return value
    return Object.fromEntries(
      Object.entries(record.data).map(([name, member]) => [name, explicit(member, types[name])]),
    )
  }

  return {
    entities: (json: unknown) =>
      Entities.parse(json).map((entity) => ({
        ...entity,
        attrs: explicit(entity.attrs, entityTypes[entity.uid.type]?.shape),
      })),
    context: (json: unknown, action: string) => explicit(json, actions[action]?.appliesTo?.context),
  }
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
}
