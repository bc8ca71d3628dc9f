import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { withParams } from "../attempt-of.ts"
import { textOf } from "../rpc.ts"
import type { RpcRequest } from "../upstream/link.ts"
import { splitName } from "./joined-name.ts"
import type { ResourceOwners } from "./resource-owners.ts"

/** Which server a request of the aggregate is for, in that server's own names. */
export interface Routed {
  readonly server: string
  readonly message: RpcRequest
}

/** Finds the server; `undefined` when nothing in the request names one. */
export function route(
  message: RpcRequest,
  owners: ResourceOwners,
  servers: readonly string[],
): Routed | undefined {
  const params = message.params ?? {}
  switch (message.method) {
    case "tools/call":
    case "prompts/get":
      return byName(message, "name")
    case "tasks/get":
    case "tasks/update":
    case "tasks/cancel":
      return byName(message, "taskId")
    case "resources/read":
    case "resources/subscribe":
    case "resources/unsubscribe":
      return byUri(message, textOf(params["uri"]), owners, servers)
    case "completion/complete":
      return byReference(message, params["ref"], owners, servers)
    default:
      return undefined
  }
}

function byName(message: RpcRequest, member: "name" | "taskId"): Routed | undefined {
  const split = splitName(textOf(message.params?.[member]))
  return split && { server: split.server, message: withParams(message, { [member]: split.name }) }
}

function byUri(
  message: RpcRequest,
  uri: string,
  owners: ResourceOwners,
  servers: readonly string[],
): Routed | undefined {
  // With one server there is no doubt, listed or not.
  const server = owners.of(uri) ?? (servers.length === 1 ? servers[0] : undefined)
  return server === undefined ? undefined : { server, message }
}

function byReference(
  message: RpcRequest,
  ref: JsonObject["x"] | undefined,
  owners: ResourceOwners,
  servers: readonly string[],
): Routed | undefined {
  if (!isJsonObject(ref)) return undefined
  if (ref["type"] !== "ref/prompt") return byUri(message, textOf(ref["uri"]), owners, servers)
  const split = splitName(textOf(ref["name"]))
  return (
    split && { server: split.server, message: withParams(message, { ref: { ...ref, name: split.name } }) }
  )
}
