import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts"

/** Under which name it stands in the metadata of what was said. */
const name = "aip"

const known = {
  message: ["type", "id", "sentAt", "senderRole", "senderId", "taskId", "sessionId", "dataItems"],
  command: ["command", "commandParams"],
  event: ["status", "product", "products", "append", "lastChunk", "commandHistory", "statusHistory"],
  status: ["state", "stateChangedAt", "dataItems"],
  product: ["id", "name", "description", "dataItems"],
  item: ["type", "text", "data", "name", "mimeType", "uri", "bytes", "metadata"],
} as const

/**
 * Everything of a message that its parts do not say. It passes between two sides of AIP with the original, so that it has to be among what
 * is judged: an agent could say anything in a member that nobody looks at.
 */
export function besideMessage(message: JsonObject): { metadata?: JsonObject } {
  const { status } = message
  const members = {
    ...without(message, [...known.message, ...known.command, ...known.event]),
    ...named("dataItems", besideItems(message["dataItems"])),
    ...(isJsonObject(status)
      ? named("status", {
          ...without(status, known.status),
          ...named("dataItems", besideItems(status["dataItems"])),
        })
      : {}),
  }
  return inMetadata(members)
}

/**
 * The same of a product.
 *
 * @param event the message that it came in, where it came in one of its own
 */
export function besideProduct(product: JsonObject, event?: JsonObject): { metadata?: JsonObject } {
  const about = event === undefined ? {} : besideMessage(event)
  return inMetadata({
    ...without(product, known.product),
    ...named("dataItems", besideItems(product["dataItems"])),
    ...named("event", isJsonObject(about.metadata?.[name]) ? about.metadata[name] : {}),
  })
}

/** Of each item; nothing where there is nothing of any. */
function besideItems(items: JsonValue | undefined): JsonObject[] {
  const all = Array.isArray(items)
    ? items.map((item) => (isJsonObject(item) ? without(item, known.item) : {}))
    : []
  return all.some((each) => Object.keys(each).length > 0) ? all : []
}

function without(object: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([key, value]) => value !== null && !members.includes(key)),
  )
}

function named(key: string, value: JsonObject | JsonObject[]): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [key]: value }
}

function inMetadata(members: JsonObject): { metadata?: JsonObject } {
  return Object.keys(members).length === 0 ? {} : { metadata: { [name]: members } }
}
