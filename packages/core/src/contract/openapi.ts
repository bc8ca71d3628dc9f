import { z } from "zod"
import { failureCodes } from "../failure.ts"
import { Mandate, MandateDraft } from "../mandate/mandate.ts"
import type { Operation, Scope } from "./operation.ts"
import { NodeEvent } from "./node-event.ts"
import * as passkey from "./passkey.ts"
import * as records from "./records.ts"

type Schema = Record<string, unknown>
type Table = Readonly<Record<string, Operation>>

/** Where each named schema stands in the document. */
const at = (id: string) => `#/components/schemas/${id}`

const securityOf: Record<Scope, readonly Schema[]> = {
  public: [{}],
  local: [{ session: [] }, { browser: [] }, { localSocket: [] }],
  person: [{ session: [] }],
  hook: [{ session: [] }, { hook: [] }],
  agent: [{ session: [] }, { agent: [] }],
  developer: [{ session: [] }, { developer: [] }],
}

/** The OpenAPI 3.1 document of a contract: what the routes do, derived from what they are made of. */
export function openapi(table: Table, version: string): Schema {
  const inputs = schemasOf(
    Object.entries(table).map(([id, { input }]) => [`${id}.input`, input]),
    "input",
  )
  const outputs = schemasOf(
    [...namedRecords(), ...Object.entries(table).map(([id, { output }]): Named => [`${id}.output`, output])],
    "output",
  )
  const paths: Record<string, Schema> = {}
  for (const [id, operation] of Object.entries(table)) {
    const item = (paths[operation.path] ??= {})
    item[operation.method.toLowerCase()] = describe(id, operation, inputs[`${id}.input`] ?? {})
  }
  // What a request takes is written where it is taken; only what several share is a component.
  const shared = Object.entries(inputs).filter(([id]) => !id.endsWith(".input"))
  return {
    openapi: "3.1.0",
    info: { title: "Hufu", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths,
    components: {
      schemas: { ...Object.fromEntries(shared), ...outputs, Problem: problem },
      securitySchemes,
    },
  }
}

function describe(id: string, operation: Operation, input: Schema): Schema {
  const names = new Set([...operation.path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))
  // `z.toJSONSchema` writes an object's members under `properties`.
  const members = Object.entries((input["properties"] ?? {}) as Record<string, Schema>)
  const required = (input["required"] ?? []) as string[]
  const inQuery = operation.method === "GET" || operation.method === "DELETE"
  const rest = members.filter(([name]) => !names.has(name))
  const parameters = members
    .filter(([name]) => inQuery || names.has(name))
    .map(([name, schema]) =>
      names.has(name)
        ? { name, in: "path", required: true, schema }
        : { name, in: "query", required: required.includes(name), schema },
    )
  return {
    operationId: id,
    summary: operation.en,
    "x-summary-zh": operation.zh,
    tags: [id.split(".")[0]],
    ...(operation.socketOnly ? { "x-socket-only": true } : {}),
    security: operation.socketOnly ? [{ localSocket: [] }] : securityOf[operation.scope],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(inQuery || rest.length === 0 ? {} : { requestBody: bodyOf(rest, required) }),
    responses: {
      200: answerOf(id, operation),
      default: {
        description: "a problem (RFC 9457)",
        content: { "application/problem+json": { schema: { $ref: at("Problem") } } },
      },
    },
  }
}

/** What a stream answers is the schema of one event's data. */
function answerOf(id: string, { stream }: Operation): Schema {
  const type = stream ? "text/event-stream" : "application/json"
  const description = stream ? "server-sent events, whose `data` is JSON of this schema each" : "done"
  return { description, content: { [type]: { schema: { $ref: at(`${id}.output`) } } } }
}

function bodyOf(members: [string, Schema][], required: readonly string[]): Schema {
  const needed = members.map(([name]) => name).filter((name) => required.includes(name))
  const schema = {
    type: "object",
    properties: Object.fromEntries(members),
    ...(needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
  }
  return { required: needed.length > 0, content: { "application/json": { schema } } }
}

type Named = readonly [id: string, schema: z.ZodType]

function namedRecords(): Named[] {
  return Object.entries({ ...records, ...passkey, NodeEvent, Mandate, MandateDraft })
}

/** JSON Schemas that refer to each other by their place in the document. */
function schemasOf(named: readonly Named[], io: "input" | "output"): Record<string, Schema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of named) if (!registry.has(schema)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: at, io, unrepresentable: "any" })
  const all: Record<string, Schema> = {}
  const prefix = `${io}.`
  for (const [id, schema] of Object.entries(schemas)) {
    if (id === "__shared")
      for (const [key, each] of Object.entries(schema.$defs ?? {})) all[prefix + key] = each
    else all[id] = schema
  }
  for (const [id, schema] of named) all[id] ??= { $ref: at(registry.get(schema)?.id ?? id) }
  return Object.fromEntries(Object.entries(all).map(([id, schema]) => [id, settle(schema, prefix)]))
}

/** Points every reference at a component and drops what only a document of its own would need. */
function settle(schema: Schema, prefix: string): Schema {
  const text = JSON.stringify(schema).replaceAll(`${at("__shared")}#/$defs/`, at(prefix))
  const { $schema: _schema, $id: _id, ...rest } = JSON.parse(text) as Schema // what JSON.stringify wrote
  return rest
}

const problem = {
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { enum: Object.keys(failureCodes) },
    requestId: { type: "string" },
  },
  required: ["type", "title", "status", "detail", "code", "requestId"],
}

const securitySchemes = {
  session: {
    type: "http",
    scheme: "bearer",
    description:
      "a session of the person, from `session.create` (five minutes) or `session.passkey` (fifteen minutes without use); operations that need the person want one that was opened within the last minute",
  },
  browser: {
    type: "http",
    scheme: "bearer",
    description:
      "a browser's token, from `signin.exchange`: looks and narrows, at the origin that exchanged it",
  },
  developer: {
    type: "http",
    scheme: "bearer",
    description:
      "an organisation that signed in at its own issuer, from `organisation.finish`: good for an hour, for its own registrations",
  },
  hook: {
    type: "http",
    scheme: "bearer",
    description: "a hook's credential: starts tasks in the user's words",
  },
  agent: {
    type: "http",
    scheme: "bearer",
    description: "an agent's own credential: what concerns that agent",
  },
  localSocket: {
    type: "http",
    scheme: "negotiate",
    description: "not a header: the node's local socket, which only this operating-system user can open",
  },
}
