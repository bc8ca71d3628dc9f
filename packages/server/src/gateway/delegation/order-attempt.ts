import { FilePart, Part } from "@hufu/core/delegation/part"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { z } from "zod"
import { askPartner } from "../../fence/profile/method-profiles.ts"
import type { Attempt, Caller } from "../governor.ts"
import type { Ask } from "./delegations.ts"
import type { Partner } from "./partner.ts"

/** A tool of an MCP server, called by what one agent says to another: one data part with these two members. */
export const ToolCall = z.strictObject({
  tool: z.string().min(1).max(256),
  arguments: z.record(z.string(), z.json()).default({}),
})
export type ToolCall = z.infer<typeof ToolCall>

/** The tool call that a message is, if it is one. */
export function toolCallIn(said: Said | undefined): ToolCall | undefined {
  const [part, ...more] = said?.parts.filter(({ kind }) => kind !== "text") ?? []
  if (part?.kind !== "data" || more.length > 0) return undefined
  const call = ToolCall.safeParse(part.data)
  return call.success ? call.data : undefined
}

/**
 * What an order attempts, the same whatever door it came through (INVARIANT 2): all that reaches the partner, also what only its own
 * protocol has.
 */
export function attemptOf(
  caller: Caller,
  to: { readonly server: string; readonly protocol: Protocol },
  ask: Ask,
  name: string,
): Attempt {
  const { server, protocol } = to
  const { order, said, context, under } = ask
  const base = { to: server, context, task: name }
  const isBare = said === undefined || (said.parts.length === 0 && said.metadata === undefined)
  if ((order === "cancel" || order === "complete") && isBare)
    // Nothing is said by it: an order that was let out covers that it is taken back, and that what came of it is taken.
    return { caller, server, tool: `delegation/${order}`, arguments: base, answers: true }
  return {
    caller,
    server,
    tool: askPartner,
    ...(under === undefined ? {} : { under }),
    arguments: {
      ...base,
      ...(said === undefined
        ? {}
        : {
            message: said.id,
            parts: said.parts.map(partJson),
            ...(said.metadata === undefined ? {} : { metadata: said.metadata }),
            ...originalIn(said, protocol),
          }),
      ...(ask.parameters === undefined ? {} : { parameters: ask.parameters }),
    },
  }
}

/** The message with the parts that a person approved in place of its own. */
export function withEdited(said: Said, edited: JsonObject): Said | undefined {
  const parts = z.array(Part).safeParse(edited["parts"] ?? [])
  if (!parts.success) return undefined
  const { original: _original, metadata: _metadata, ...kept } = said
  const { metadata } = edited
  return { ...kept, parts: parts.data, ...(isJsonObject(metadata) ? { metadata } : {}) }
}

/**
 * What of a happening is content: what a partner has written, and the asking agent will read. What came with it in the partner's own form
 * is part of it, for an asking agent that speaks the same protocol gets that too.
 */
export function contentOf(happening: Happening, protocol: Protocol): JsonObject | undefined {
  if (happening.kind === "product") {
    const { original: _original, ...product } = happening.product
    const originals = { ...originalIn(happening, protocol), ...originalIn(happening.product, protocol) }
    // Members that are not there have no value.
    return { ...(JSON.parse(JSON.stringify(product)) as JsonObject), ...originals }
  }
  const { said } = happening
  const outside = happening.kind === "state" ? originalIn(happening, protocol) : {}
  const inside = said === undefined ? {} : originalIn(said, protocol)
  const originals = { ...outside, ...(inside.original === undefined ? {} : { message: inside.original }) }
  const isSaid = said !== undefined && (said.parts.length > 0 || said.metadata !== undefined)
  if (!isSaid && Object.keys(originals).length === 0) return undefined
  return {
    parts: (said?.parts ?? []).map(partJson),
    ...(said?.metadata === undefined ? {} : { metadata: said.metadata }),
    ...originals,
  }
}

type Protocol = Partner["protocol"]

/** What came in the form of the protocol that is spoken with the partner; in any other form nothing of it goes any further. */
function originalIn(
  { original }: { readonly original?: Said["original"] | undefined },
  protocol: Protocol,
): { original?: JsonObject } {
  if (original?.protocol !== protocol) return {}
  return Object.entries(original.object).every(isPlain) ? {} : { original: original.object }
}

/** What says no more than the state and the time that a happening has anyway: no content. */
function isPlain([name, value]: [string, JsonValue]): boolean {
  if (name === "snapshot") return typeof value === "boolean"
  if (name === "state") return typeof value === "string" && /^TASK_STATE_[A-Z_]{1,32}$/.test(value)
  return name === "timestamp" && typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{1,24}Z$/.test(value)
}

/** A happening with its content replaced by what a rule has left of it; what came with it in another form is left out. */
export function withContent(happening: Happening, content: JsonObject): Happening | undefined {
  const parts = z.array(Part).safeParse(content["parts"] ?? [])
  if (!parts.success) return undefined
  const metadata = isJsonObject(content["metadata"]) ? { metadata: content["metadata"] } : {}
  if (happening.kind === "product") {
    const { id } = happening.product
    const named = Object.fromEntries(
      ["name", "description"].flatMap((name) =>
        typeof content[name] === "string" ? [[name, content[name]]] : [],
      ),
    )
    return { ...withoutOriginal(happening), product: { id, ...named, parts: parts.data, ...metadata } }
  }
  const said = happening.said && { id: happening.said.id, parts: parts.data, ...metadata }
  return said === undefined ? undefined : { ...withoutOriginal(happening), said }
}

function withoutOriginal<T extends Happening>(happening: T): T {
  return { ...happening, original: undefined }
}

/** Members that are not there are left out: an argument has a value. */
function partJson(part: z.infer<typeof Part>): JsonObject {
  const entries = Object.entries(part as Record<string, JsonValue | undefined>)
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** How many bytes a message is, about: its texts, data and files, and what came with it. */
export function sizeOf({ parts, metadata, original }: Said): number {
  let size = JSON.stringify([metadata ?? 0, original?.object ?? 0]).length
  for (const part of parts) size += part.kind === "text" ? part.text.length : JSON.stringify(part).length
  return size
}

/** A file is by its address or with its bytes, and not both. */
export function isWhole(part: z.infer<typeof Part>): boolean {
  return part.kind !== "file" || (part.url === undefined) !== (FilePart.parse(part).bytes === undefined)
}
