import type { Said } from "../delegation/happening.ts"
import type { Original } from "../delegation/part.ts"
import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts"
import type { A2aMessage } from "./a2a-content.ts"
import { a2aOfPart, partOfA2a } from "./a2a-part.ts"
import { without } from "./absent.ts"

/** What a message says. Its tasks and its context are the delegation's, and its role is whoever said it. */
export function saidOfA2a(message: A2aMessage): Said {
  const { extensions, referenceTaskIds } = message
  const object: JsonObject = without({
    extensions: some(extensions),
    referenceTaskIds: some(referenceTaskIds),
  })
  return {
    id: message.messageId,
    parts: message.parts.map(partOfA2a),
    ...without({ metadata: message.metadata }),
    ...originalOf(object),
  }
}

/** What only A2A has, where it has something. */
export function originalOf(object: JsonObject): { original?: Original } {
  return Object.keys(object).length === 0 ? {} : { original: { protocol: "a2a", object } }
}

/** What only A2A has, of what was kept. */
export function keptOf(original: Original | undefined): JsonObject {
  return original?.protocol === "a2a" ? original.object : {}
}

/** As whom and about what something is said. */
export interface Speaking {
  readonly role: "ROLE_USER" | "ROLE_AGENT"
  readonly contextId: string | undefined
  readonly taskId: string | undefined
}

/** What was said, as a message of A2A. */
export function a2aOfSaid({ id, parts, metadata, original }: Said, speaking: Speaking): A2aMessage {
  const kept = keptOf(original)
  return {
    messageId: id,
    ...without({ contextId: speaking.contextId, taskId: speaking.taskId }),
    role: speaking.role,
    parts: parts.map(a2aOfPart),
    ...without({
      metadata,
      extensions: textsIn(kept["extensions"]),
      referenceTaskIds: textsIn(kept["referenceTaskIds"]),
    }),
  }
}

function some<T>(items: readonly T[] | undefined): T[] | undefined {
  return items === undefined || items.length === 0 ? undefined : [...items]
}

/** A text of what was kept; it may have come from a store that others can write. */
export function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined
}

export function textsIn(value: JsonValue | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  return some(value.filter((each) => typeof each === "string"))
}

export function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
