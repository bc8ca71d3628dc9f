import {
  type Arbitrary,
  array,
  base64String,
  constantFrom,
  dictionary,
  jsonValue,
  option,
  record,
  string,
  uuid,
} from "fast-check"
import type { JsonValue } from "../json/json-value.ts"
import {
  a2aStates,
  type A2aArtifact,
  type A2aEvent,
  type A2aMessage,
  type A2aPart,
  type A2aStatus,
  type A2aTask,
} from "./a2a-content.ts"
import { without } from "./absent.ts"

/** A member of this name is no more once zod has looked at an object, so that nobody sets a prototype by it. */
const unread = "__proto__"

/** Random objects of A2A 1.0 that use every member, as its JSON writes them: what is empty is absent. For tests only. */
const name = string({ minLength: 1, maxLength: 12 }).filter((text) => text !== unread)
const maybe = <T>(of: Arbitrary<T>) => option(of, { nil: undefined })
// As it comes out of a text: a negative zero does not.
const json = jsonValue({ maxDepth: 2 }).map(
  (value) =>
    JSON.parse(
      JSON.stringify(value, (key, member: unknown) => (key === unread ? undefined : member)),
    ) as JsonValue,
)
const metadata = maybe(dictionary(name, json, { maxKeys: 3 }))
const names = maybe(array(name, { minLength: 1, maxLength: 3 }))
const id = uuid()

const common = {
  metadata,
  filename: maybe(name),
  mediaType: maybe(constantFrom("text/plain", "application/json", "image/png")),
}
const part: Arbitrary<A2aPart> = constantFrom("text", "raw", "url", "data").chain((kind) => {
  const content = { text: string(), raw: base64String(), url: string({ minLength: 1 }), data: json }[kind]
  return record({ content, ...common }).map(({ content: value, ...rest }) => ({
    [kind]: value,
    ...without(rest),
  }))
})
const parts = array(part, { minLength: 1, maxLength: 4 })

/** A message of one side about a task. */
export function message(role: A2aMessage["role"], taskId: string, contextId: string): Arbitrary<A2aMessage> {
  return record({ messageId: id, parts, metadata, extensions: names, referenceTaskIds: names }).map(
    (given) => ({
      ...without(given),
      messageId: given.messageId,
      parts: given.parts,
      contextId,
      taskId,
      role,
    }),
  )
}

const artifact: Arbitrary<A2aArtifact> = record({
  artifactId: id,
  name: maybe(name),
  description: maybe(name),
  parts: array(part, { maxLength: 3 }),
  metadata,
  extensions: names,
}).map((given) => ({ ...without(given), artifactId: given.artifactId, parts: given.parts }))

const status = (taskId: string, contextId: string): Arbitrary<A2aStatus> =>
  record({
    state: constantFrom(...a2aStates.slice(1)),
    message: maybe(message("ROLE_AGENT", taskId, contextId)),
    timestamp: constantFrom("2026-11-30T10:00:00.000Z", "2026-11-30T10:00:00.5Z"),
  }).map((given) => ({ ...without(given), state: given.state }))

export const ids = { taskId: "a-task", contextId: "a-conversation" }

export const statusUpdate: Arbitrary<A2aEvent> = record({
  status: status(ids.taskId, ids.contextId),
  metadata,
}).map((given) => ({ statusUpdate: { ...without(given), status: given.status, ...ids } }))

export const artifactUpdate: Arbitrary<A2aEvent> = record({
  artifact,
  append: maybe(constantFrom(true)),
  lastChunk: maybe(constantFrom(true)),
  metadata,
}).map((given) => ({ artifactUpdate: { ...without(given), artifact: given.artifact, ...ids } }))

export const reply: Arbitrary<A2aEvent> = message("ROLE_AGENT", "", ids.contextId).map((said) => {
  const { taskId: _, ...rest } = said
  return { message: rest }
})

export const task: Arbitrary<A2aTask> = record({
  status: status(ids.taskId, ids.contextId),
  artifacts: maybe(array(artifact, { minLength: 1, maxLength: 3 })),
  metadata,
}).map((given) => ({ ...without(given), status: given.status, id: ids.taskId, contextId: ids.contextId }))
