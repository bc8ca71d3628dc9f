import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts"
import type { A2aState } from "./a2a-content.ts"
import { membersOf } from "./a2a-said.ts"
import { presentJson as present } from "./absent.ts"

/**
 * A2A 0.3, whose JSON is another than that of 1.0: `kind` tells what an object is, roles and states are short words, a file is an object of
 * its own, and data is always an object. What 0.3 has no place for is left out: the media type of a text or of data and its name.
 * UNTRUSTED both ways: what comes out of `fromLegacy` is read by the schemas of 1.0.
 */
const stateWords: readonly (readonly [A2aState, string])[] = [
  ["TASK_STATE_UNSPECIFIED", "unknown"],
  ["TASK_STATE_SUBMITTED", "submitted"],
  ["TASK_STATE_WORKING", "working"],
  ["TASK_STATE_COMPLETED", "completed"],
  ["TASK_STATE_FAILED", "failed"],
  ["TASK_STATE_CANCELED", "canceled"],
  ["TASK_STATE_INPUT_REQUIRED", "input-required"],
  ["TASK_STATE_REJECTED", "rejected"],
  ["TASK_STATE_AUTH_REQUIRED", "auth-required"],
]
/** Nothing follows these on a stream of 0.3. */
const finals: ReadonlySet<JsonValue> = new Set([
  "completed",
  "failed",
  "canceled",
  "rejected",
  "input-required",
  "auth-required",
  "unknown",
])
/** Under which a 0.3 data part holds what is no object. */
const wrapped = "value"

/** The methods of JSON-RPC by their names in both. */
export const legacyMethods: Readonly<Record<string, string>> = {
  "message/send": "SendMessage",
  "message/stream": "SendStreamingMessage",
  "tasks/get": "GetTask",
  "tasks/cancel": "CancelTask",
  "tasks/resubscribe": "SubscribeToTask",
  "tasks/pushNotificationConfig/set": "CreateTaskPushNotificationConfig",
  "tasks/pushNotificationConfig/get": "GetTaskPushNotificationConfig",
  "tasks/pushNotificationConfig/list": "ListTaskPushNotificationConfigs",
  "tasks/pushNotificationConfig/delete": "DeleteTaskPushNotificationConfig",
  "agent/getAuthenticatedExtendedCard": "GetExtendedAgentCard",
}

/** Objects of 0.3 as those of 1.0. */
export const fromLegacy = {
  message(value: JsonValue | undefined): JsonValue | undefined {
    if (!isJsonObject(value)) return value
    const { kind: _, role, parts, ...rest } = value
    return { ...rest, role: role === "agent" ? "ROLE_AGENT" : "ROLE_USER", parts: mapped(parts, fromPart) }
  },
  /** A result of `message/send`, or an event of a stream. */
  event(value: JsonValue | undefined): JsonObject {
    const object = membersOf(value)
    const { kind, final: _, ...rest } = object
    if (kind === "message") return present({ message: fromLegacy.message(object) })
    if (kind === "task") return { task: fromLegacy.task(object) }
    if (kind === "artifact-update")
      return { artifactUpdate: { ...rest, artifact: fromArtifact(rest["artifact"] ?? null) } }
    if (kind === "status-update") return { statusUpdate: { ...rest, status: fromStatus(rest["status"]) } }
    return {}
  },
  task(value: JsonValue | undefined): JsonObject {
    const { kind: _, status, artifacts, history, ...rest } = membersOf(value)
    return present({
      ...rest,
      status: fromStatus(status),
      artifacts: artifacts === undefined ? undefined : mapped(artifacts, fromArtifact),
      history:
        history === undefined ? undefined : mapped(history, (each) => fromLegacy.message(each) ?? null),
    })
  },
  /** What `message/send` is asked with. */
  sendMessage(params: JsonObject): JsonObject {
    const { message, configuration, metadata } = params
    const { blocking, pushNotificationConfig, ...rest } = membersOf(configuration)
    return present({
      message: fromLegacy.message(message),
      metadata,
      configuration:
        configuration === undefined
          ? // 0.3 waits only where it is asked to.
            { returnImmediately: true }
          : present({
              ...rest,
              returnImmediately: blocking !== true,
              taskPushNotificationConfig:
                pushNotificationConfig === undefined ? undefined : fromPush(pushNotificationConfig),
            }),
    })
  },
  pushConfig(params: JsonObject): JsonObject {
    const { taskId, pushNotificationConfig } = params
    return present({ ...membersOf(fromPush(pushNotificationConfig)), taskId })
  },
  /** What `tasks/pushNotificationConfig/get` and its like are asked with: 0.3 calls the task `id`. */
  pushRef(params: JsonObject): JsonObject {
    const { id, pushNotificationConfigId } = params
    return present({ taskId: id, id: pushNotificationConfigId })
  },
}

/** Objects of 1.0 as those of 0.3. */
export const toLegacy = {
  message(value: JsonValue | undefined): JsonObject {
    const { role, parts, ...rest } = membersOf(value)
    return {
      kind: "message",
      ...rest,
      role: role === "ROLE_AGENT" ? "agent" : "user",
      parts: mapped(parts ?? [], toPart),
    }
  },
  event(value: JsonObject): JsonObject {
    const { message, task, statusUpdate, artifactUpdate } = value
    if (message !== undefined) return toLegacy.message(message)
    if (task !== undefined) return toLegacy.task(membersOf(task))
    if (artifactUpdate !== undefined) {
      const { artifact, ...rest } = membersOf(artifactUpdate)
      return { kind: "artifact-update", ...rest, artifact: toArtifact(artifact ?? null) }
    }
    const { status, ...rest } = membersOf(statusUpdate)
    const said = toStatus(status)
    return { kind: "status-update", ...rest, status: said, final: finals.has(said["state"] ?? null) }
  },
  task(value: JsonObject): JsonObject {
    const { status, artifacts, history, ...rest } = value
    return present({
      kind: "task",
      ...rest,
      status: toStatus(status),
      artifacts: artifacts === undefined ? undefined : mapped(artifacts, toArtifact),
      history: history === undefined ? undefined : mapped(history, (each) => toLegacy.message(each)),
    })
  },
  sendMessage(params: JsonObject): JsonObject {
    const { message, configuration, metadata } = params
    const { returnImmediately, ...rest } = membersOf(configuration)
    return present({
      message: toLegacy.message(message),
      configuration: { ...rest, blocking: returnImmediately !== true },
      metadata,
    })
  },
  pushConfig(config: JsonObject): JsonObject {
    const { taskId, tenant: _, authentication, ...rest } = config
    const { scheme, credentials } = membersOf(authentication)
    return present({
      taskId,
      pushNotificationConfig: present({
        ...rest,
        authentication:
          authentication === undefined
            ? undefined
            : present({ schemes: scheme === undefined ? [] : [scheme], credentials }),
      }),
    })
  },
}

function fromPush(value: JsonValue | undefined): JsonValue {
  const { authentication, ...rest } = membersOf(value)
  if (authentication === undefined) return rest
  const { schemes, credentials } = membersOf(authentication)
  const scheme = Array.isArray(schemes) ? schemes[0] : undefined
  return scheme === undefined ? rest : { ...rest, authentication: present({ scheme, credentials }) }
}

function fromStatus(value: JsonValue | undefined): JsonObject {
  const { state, message, ...rest } = membersOf(value)
  const word = stateWords.find(([, legacy]) => legacy === state)?.[0]
  return present({
    ...rest,
    state: word ?? state,
    message: message === undefined ? undefined : fromLegacy.message(message),
  })
}

function toStatus(value: JsonValue | undefined): JsonObject {
  const { state, message, ...rest } = membersOf(value)
  return present({
    ...rest,
    state: stateWords.find(([now]) => now === state)?.[1] ?? "unknown",
    message: message === undefined ? undefined : toLegacy.message(message),
  })
}

function fromArtifact(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  return { ...value, parts: mapped(value["parts"], fromPart) }
}

function toArtifact(value: JsonValue): JsonValue {
  const artifact = membersOf(value)
  return { ...artifact, parts: mapped(artifact["parts"] ?? [], toPart) }
}

function fromPart(value: JsonValue): JsonValue {
  const { kind, text, data, file, metadata } = membersOf(value)
  if (kind === "text") return present({ text, metadata })
  if (kind === "data") {
    const only = isJsonObject(data) && Object.keys(data).length === 1 && metadataWraps(metadata)
    return present({ data: only ? data[wrapped] : data, metadata: only ? unwrapped(metadata) : metadata })
  }
  const { name, mimeType, bytes, uri } = membersOf(file)
  return present({
    raw: bytes,
    url: bytes === undefined ? uri : undefined,
    filename: name,
    mediaType: mimeType,
    metadata,
  })
}

function toPart(value: JsonValue): JsonValue {
  const { text, data, raw, url, filename, mediaType, metadata } = membersOf(value)
  if (text !== undefined) return present({ kind: "text", text, metadata })
  if (data !== undefined) {
    if (isJsonObject(data)) return present({ kind: "data", data, metadata })
    return {
      kind: "data",
      data: { [wrapped]: data },
      metadata: { ...membersOf(metadata), [wraps]: metadata !== undefined },
    }
  }
  const file = present({ name: filename, mimeType: mediaType, bytes: raw, uri: url })
  return present({ kind: "file", file, metadata })
}

/** Says that a data part of 0.3 holds a value of 1.0 that is no object. */
const wraps = "https://hufu.dev/a2a/value"

function metadataWraps(metadata: JsonValue | undefined): boolean {
  return Object.hasOwn(membersOf(metadata), wraps)
}

/** Whether there were metadata at all is what the mark says. */
function unwrapped(metadata: JsonValue | undefined): JsonObject | undefined {
  const { [wraps]: had, ...rest } = membersOf(metadata)
  return had === true ? rest : undefined
}

function mapped(value: JsonValue | undefined, each: (item: JsonValue) => JsonValue): JsonValue {
  return Array.isArray(value) ? value.map(each) : (value ?? [])
}
