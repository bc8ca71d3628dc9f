import type { JsonObject } from "@hufu/core/json/json-value"
import type { Backend, BackendSession, Opening } from "../backend.ts"
import type { Desk } from "../desk.ts"
import { metaKeys, modernVersion, tasksExtension } from "../era.ts"
import type { Errand } from "../errand.ts"
import { failureReply } from "../failure-reply.ts"
import { resultOf, rpcCodes, rpcError, rpcResult, textOf } from "../rpc.ts"
import { serverBackend } from "../server-backend.ts"
import type { RpcResponse } from "../upstream/link.ts"
import { isJoinable, joinName } from "./joined-name.ts"
import { listenToAll } from "./listen-to-all.ts"
import { listMembers, mergedList } from "./merged-list.ts"
import { createResourceOwners } from "./resource-owners.ts"
import type { ResourceOwners } from "./resource-owners.ts"
import { route } from "./route.ts"

const serverInfo: JsonObject = { name: "hufu", version: "0.1.0" }

/** What the aggregate offers; what a server lacks shows as an empty list. */
const capabilities: JsonObject = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
}

/** Serves a request at one server, in its own names. Never rejects. */
type ServeAt = (server: string, errand: Errand) => Promise<RpcResponse>

/** All registered servers as one. */
export interface Aggregate extends Backend {
  close(): void
}

export function aggregateBackend(desk: Desk): Aggregate {
  const owners = createResourceOwners()
  const unlisten = desk.servers.onChange((name) => owners.release(name))
  const once: ServeAt = async (name, errand) => {
    const server = desk.servers.get(name)
    if (server === undefined) return unnamed(errand)
    return serverBackend(desk, server).serve(errand)
  }
  return {
    name: "",
    serve: (errand) => serve(desk, owners, errand, once),
    open: async (opening) => openAll(desk, owners, opening),
    close: unlisten,
  }
}

function names(desk: Desk): string[] {
  return desk.servers
    .list()
    .map((server) => server.name)
    .filter((name) => isJoinable(name))
    .sort()
}

async function serve(desk: Desk, owners: ResourceOwners, errand: Errand, at: ServeAt): Promise<RpcResponse> {
  const { message } = errand
  const servers = names(desk)
  if (desk.tasks.owns(message)) return desk.tasks.answer(errand)
  if (listMembers[message.method] !== undefined) {
    const timeoutMs = desk.config.limits.listTimeoutMs
    return mergedList(errand, servers, { owners, timeoutMs, serve: at })
  }
  switch (message.method) {
    case "ping":
      return rpcResult(message.id, {})
    case "server/discover":
      return rpcResult(message.id, discovered())
    case "logging/setLevel":
      await Promise.all(servers.map((server) => at(server, { ...errand, server })))
      return rpcResult(message.id, {})
    case "subscriptions/listen":
      return listenToAll(errand, servers, at)
    default:
  }
  const routed = route(message, owners, servers)
  if (routed === undefined) return unnamed(errand)
  const response = await at(routed.server, { ...errand, server: routed.server, message: routed.message })
  return withTaskName(routed.server, response)
}

/** A task of a server's own gets a name that leads back to it. */
function withTaskName(server: string, response: RpcResponse): RpcResponse {
  const result = resultOf(response)
  if (result?.["resultType"] !== "task" || textOf(result["taskId"]).startsWith("hld_")) return response
  const taskId = joinName(server, textOf(result["taskId"]))
  return taskId === undefined ? response : { ...response, result: { ...result, taskId } }
}

function discovered(): JsonObject {
  return {
    resultType: "complete",
    supportedVersions: [modernVersion],
    capabilities: { ...capabilities, extensions: { [tasksExtension]: {} } },
    ttlMs: 0,
    cacheScope: "private",
    _meta: { [metaKeys.serverInfo]: serverInfo },
  }
}

function unnamed(errand: Errand): RpcResponse {
  const said = "this names no registered server; list first, and use the names and addresses as listed"
  return rpcError(errand.message.id, rpcCodes.invalidParams, said)
}

/** A legacy session with all servers: each is opened when it is first needed. */
function openAll(desk: Desk, owners: ResourceOwners, opening: Opening): BackendSession {
  const sessions = new Map<string, Promise<BackendSession>>()

  function sessionAt(name: string): Promise<BackendSession> | undefined {
    const known = sessions.get(name)
    if (known !== undefined) return known
    const server = desk.servers.get(name)
    if (server === undefined) return undefined
    const opened = serverBackend(desk, server).open(opening)
    sessions.set(name, opened)
    // One that could not be opened is tried again when it is next needed.
    opened.catch(() => sessions.delete(name))
    return opened
  }

  const at: ServeAt = async (name, errand) => {
    try {
      return (await (await sessionAt(name))?.serve(errand)) ?? unnamed(errand)
    } catch (error) {
      return failureReply(errand, error)
    }
  }
  const eachOpen = (use: (session: BackendSession) => void) => {
    for (const opened of sessions.values()) opened.then(use, () => {})
  }
  return {
    initialized: { protocolVersion: opening.client.protocolVersion, capabilities, serverInfo },
    serve: (errand) => serve(desk, owners, errand, at),
    notify: (message) => eachOpen((session) => session.notify(message)),
    end() {
      eachOpen((session) => session.end())
      sessions.clear()
    },
  }
}
