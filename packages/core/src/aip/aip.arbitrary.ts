import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  oneof,
  option,
  record,
  string,
  tuple,
  uuid,
} from "fast-check"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { taskCommands } from "./aip-message.ts"
import { aipStates } from "./aip-state.ts"
import { beijingTime } from "./aip-time.ts"

/** Random messages of AIP with everything that their schemas have, and with members that they do not have. For tests only. */

// fast-check types what it makes as `unknown`; it makes JSON.
const json = (jsonValue({ maxDepth: 2 }) as Arbitrary<JsonValue>).map(withoutPrototype)
const anyObject: Arbitrary<JsonObject> = dictionary(
  string({ maxLength: 6 }).filter((name) => name !== "__proto__"),
  json,
  { maxKeys: 3 },
)
const time = oneof(
  integer({ min: 0, max: 4e12 }).map(beijingTime),
  constantFrom("2025-09-01T12:00:00+08:00", "2025-09-01T12:00:00.123456", "2025-09-01T04:00:00Z"),
)
const metadata = oneof(
  anyObject,
  constant<JsonObject>({ mediaType: "text/markdown" }),
  constant<JsonObject>({ mediaType: 7 }),
)
const base64 = string({ maxLength: 9 }).map((text) => btoa(encodeURIComponent(text)))

/** A member of this name is no more once zod has looked at an object, so that nobody sets a prototype by it. */
function withoutPrototype(value: JsonValue): JsonValue {
  const text = JSON.stringify(value, (name, member: unknown) => (name === "__proto__" ? undefined : member))
  return JSON.parse(text) as JsonValue // it was JSON before
}

/** Some of the members are there, some are not. */
function object(
  needed: Record<string, Arbitrary<JsonValue>>,
  more: Record<string, Arbitrary<JsonValue>>,
): Arbitrary<JsonObject> {
  const unknown = dictionary(constantFrom("x-1", "vendor", "null"), json, { maxKeys: 1 })
  const all = record({ ...needed, ...more }, { requiredKeys: Object.keys(needed) })
  return tuple(all, unknown).map(([known, rest]) => ({ ...rest, ...known }))
}

const file = tuple(boolean(), string({ maxLength: 12 }), base64).chain(([byAddress, uri, bytes]) =>
  object(
    { type: constant("file"), ...(byAddress ? { uri: constant(uri) } : { bytes: constant(bytes) }) },
    { name: string({ maxLength: 8 }), mimeType: constantFrom("text/plain", "image/png"), metadata },
  ),
)
export const dataItem: Arbitrary<JsonObject> = oneof(
  object({ type: constant("text"), text: string() }, { metadata }),
  object({ type: constant("data"), data: anyObject }, { metadata }),
  file,
)
const dataItems: Arbitrary<JsonValue> = array(dataItem, { maxLength: 4 })
const id = oneof(uuid(), string({ minLength: 1, maxLength: 9 }))

const message = { id, sentAt: time, senderId: id }
const beside = {
  mentions: oneof(constant("all"), array(id, { maxLength: 2 }), constant(null)),
  dataItems: option(dataItems),
  groupId: id,
  sessionId: id,
}

export const taskCommand: Arbitrary<JsonObject> = object(
  {
    type: constant("task-command"),
    ...message,
    senderRole: constant("leader"),
    command: constantFrom(...taskCommands.filter((each) => each !== "get" && each !== "re-stream")),
    taskId: id,
  },
  { ...beside, commandParams: anyObject },
)
const status = object(
  { state: constantFrom(...aipStates), stateChangedAt: time },
  { dataItems: option(dataItems) },
)
const product = object(
  { id, dataItems },
  { name: option(string({ maxLength: 8 })), description: option(string({ maxLength: 8 })) },
)
const ofPartner = { ...message, senderRole: constant("partner"), taskId: id }

export const taskResult: Arbitrary<JsonObject> = object(
  { type: constant("task-result"), ...ofPartner, status },
  { ...beside, products: array(product, { maxLength: 3 }) },
)
export const statusUpdate: Arbitrary<JsonObject> = object(
  { type: constant("task-status-update"), ...ofPartner, status },
  beside,
)
export const productChunk: Arbitrary<JsonObject> = object(
  { type: constant("product-chunk"), ...ofPartner, product, append: boolean(), lastChunk: boolean() },
  beside,
)
