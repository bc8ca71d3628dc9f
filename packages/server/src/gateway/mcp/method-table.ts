import { isJsonObject } from "@hufu/core/json/json-value"
import type { Era, RpcRequest } from "./upstream/link.ts"

/** Who sends a message. */
export type Sender = "client" | "server"

/**
 * What the gateway does with a method:
 * `governed` passes the pipeline as an attempt, `filtered` is forwarded and its result cut to what the caller may see,
 * `relayed` is forwarded as it is, `local` is answered or consumed here, `refused` is known and never forwarded.
 */
export type Treatment = "governed" | "filtered" | "relayed" | "local" | "refused"

/** One method of the protocol in one direction. */
export interface MethodRow {
  readonly method: string
  readonly from: Sender
  readonly kind: "request" | "notification"
  /** `null` where the era does not define the method: it is refused there. */
  readonly legacy: Treatment | null
  readonly modern: Treatment | null
  /** The member of params that `Mcp-Name` mirrors, where the modern era wants that header. */
  readonly nameFrom?: "name" | "uri" | "taskId"
}

type Extra = Pick<MethodRow, "nameFrom">

function request(
  from: Sender,
  method: string,
  legacy: Treatment | null,
  modern: Treatment | null,
  extra: Extra = {},
): MethodRow {
  return { method, from, kind: "request", legacy, modern, ...extra }
}

function notice(from: Sender, method: string, legacy: Treatment | null, modern: Treatment | null): MethodRow {
  return { method, from, kind: "notification", legacy, modern }
}

/**
 * Every method of 2025-11-25 and of 2026-07-28 with its tasks extension, in both directions.
 * INVARIANT: a method without a row is refused, so a new one does nothing until somebody has decided what it is.
 */
export const methodTable: readonly MethodRow[] = [
  request("client", "initialize", "relayed", null),
  request("client", "server/discover", null, "relayed"),
  request("client", "ping", "relayed", null),
  request("client", "logging/setLevel", "relayed", null),
  request("client", "tools/list", "filtered", "filtered"),
  request("client", "resources/list", "filtered", "filtered"),
  request("client", "resources/templates/list", "filtered", "filtered"),
  request("client", "prompts/list", "filtered", "filtered"),
  request("client", "tools/call", "governed", "governed", { nameFrom: "name" }),
  request("client", "resources/read", "governed", "governed", { nameFrom: "uri" }),
  request("client", "prompts/get", "governed", "governed", { nameFrom: "name" }),
  request("client", "completion/complete", "governed", "governed"),
  request("client", "resources/subscribe", "governed", null),
  request("client", "resources/unsubscribe", "relayed", null),
  request("client", "subscriptions/listen", null, "governed"),
  // The experimental tasks of 2025-11-25 would let a client poll results past the pipeline: not offered.
  request("client", "tasks/list", "refused", null),
  request("client", "tasks/result", "refused", null),
  request("client", "tasks/get", "refused", "governed", { nameFrom: "taskId" }),
  request("client", "tasks/update", null, "governed", { nameFrom: "taskId" }),
  request("client", "tasks/cancel", "refused", "governed", { nameFrom: "taskId" }),
  notice("client", "notifications/initialized", "relayed", null),
  notice("client", "notifications/cancelled", "relayed", "relayed"),
  notice("client", "notifications/progress", "relayed", null),
  notice("client", "notifications/roots/list_changed", "relayed", null),
  notice("client", "notifications/tasks/status", "refused", null),

  request("server", "ping", "relayed", null),
  request("server", "sampling/createMessage", "governed", "governed"),
  request("server", "elicitation/create", "governed", "governed"),
  request("server", "roots/list", "governed", "governed"),
  request("server", "tasks/list", "refused", null),
  request("server", "tasks/result", "refused", null),
  request("server", "tasks/get", "refused", null),
  request("server", "tasks/cancel", "refused", null),
  notice("server", "notifications/cancelled", "relayed", "relayed"),
  notice("server", "notifications/progress", "relayed", "relayed"),
  notice("server", "notifications/message", "relayed", "relayed"),
  notice("server", "notifications/tools/list_changed", "relayed", "relayed"),
  notice("server", "notifications/resources/list_changed", "relayed", "relayed"),
  notice("server", "notifications/resources/updated", "relayed", "relayed"),
  notice("server", "notifications/prompts/list_changed", "relayed", "relayed"),
  notice("server", "notifications/elicitation/complete", "relayed", null),
  notice("server", "notifications/tasks/status", "refused", null),
  notice("server", "notifications/subscriptions/acknowledged", null, "relayed"),
  notice("server", "notifications/tasks", null, "relayed"),
]

const rows = new Map(methodTable.map((row) => [`${row.from} ${row.kind} ${row.method}`, row]))

/** The row of a method, if the table has one. */
export function rowOf(from: Sender, kind: MethodRow["kind"], method: string): MethodRow | undefined {
  return rows.get(`${from} ${kind} ${method}`)
}

/** What to do with a method in an era; `refused` where there is no row. */
export function treatmentOf(from: Sender, kind: MethodRow["kind"], method: string, era: Era): Treatment {
  return rowOf(from, kind, method)?.[era] ?? "refused"
}

const listChanges = new Set(["toolsListChanged", "promptsListChanged", "resourcesListChanged"])

/**
 * What to do with one request of a client: its row, but for a stream that only tells when a list changed. A client of
 * 2025-11-25 is told that unasked, and it shows nothing: the list itself is filtered when it is read.
 */
export function treatmentOfRequest({ method, params }: RpcRequest, era: Era): Treatment {
  const treatment = treatmentOf("client", "request", method, era)
  if (method !== "subscriptions/listen" || treatment !== "governed") return treatment
  const filter = params?.["notifications"]
  const isHarmless = isJsonObject(filter) && Object.keys(filter).every((member) => listChanges.has(member))
  return isHarmless ? "relayed" : treatment
}
