import type { Happening, Said } from "../delegation/happening.ts"
import type { Original, Product } from "../delegation/part.ts"
import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts"
import type { AipProduct, EventData, TaskCommand, TaskStatus } from "./aip-message.ts"
import { delegationStateOf } from "./aip-state.ts"
import { msOf } from "./aip-time.ts"
import { besideMessage, besideProduct } from "./beside.ts"
import { partOf } from "./data-item.ts"

/** What a leader says with a command. */
export function saidOf({ id, dataItems }: TaskCommand, raw: JsonObject): Said {
  return { id, parts: (dataItems ?? []).map(partOf), ...besideMessage(raw), original: original(raw) }
}

/**
 * What a partner tells, in order: its products, then its state. A command that it repeats is nothing that happened.
 *
 * @param raw the very object, of which everything is kept
 */
export function happeningsOf(event: EventData, raw: JsonObject): Happening[] {
  if (event.type === "task-command") return []
  if (event.type === "product-chunk")
    return [
      {
        kind: "product",
        product: productOf(event.product, raw["product"], raw),
        append: event.append,
        last: event.lastChunk,
        original: original(raw),
      },
    ]
  if (event.type === "task-status-update") return [stateOf(event, raw)]
  const { products, commandHistory: _commands, statusHistory: _statuses, ...rest } = raw
  const rawProducts = Array.isArray(products) ? products : []
  const told = (event.products ?? []).map((product, at): Happening => ({
    kind: "product",
    product: productOf(product, rawProducts[at]),
    append: false,
    last: true,
  }))
  const isEmpty = products !== undefined && told.length === 0
  return [...told, stateOf(event, isEmpty ? { ...rest, products } : rest)]
}

function stateOf(
  { id, status, dataItems }: { id: string; status: TaskStatus; dataItems?: TaskStatus["dataItems"] },
  raw: JsonObject,
): Happening {
  const items = [...(dataItems ?? []), ...(status.dataItems ?? [])]
  const beside = besideMessage(raw)
  const state = delegationStateOf(status.state)
  if (items.length === 0 && beside.metadata === undefined)
    return { kind: "state", state, original: original(bareState(raw, status)) }
  const said: Said = { id, parts: items.map(partOf), ...beside, original: original(saidIn(raw)) }
  return { kind: "state", state, said, original: original(raw) }
}

/** Nothing is said with such a state, so that there is nothing to judge: only when it changed, and how it was told, is kept. */
function bareState({ type }: JsonObject, { stateChangedAt }: TaskStatus): JsonObject {
  const changed = msOf(stateChangedAt)
  return {
    snapshot: type === "task-result",
    ...(changed === undefined ? {} : { timestamp: new Date(changed).toISOString() }),
  }
}

/** When a state changed, as its partner said; undefined where that is not known. */
export function changedAt(happening: { original?: Original | undefined }): number | undefined {
  const came = aipOriginal(happening)
  const text = came?.["timestamp"] ?? objectIn(came?.["status"])?.["stateChangedAt"]
  return typeof text === "string" ? msOf(text) : undefined
}

/** What of a message goes with its words. */
function saidIn({ status, dataItems }: JsonObject): JsonObject {
  return { status: status ?? null, ...(dataItems === undefined ? {} : { dataItems }) }
}

export function productOf(
  { id, name, description, dataItems }: AipProduct,
  raw: JsonValue | undefined,
  event?: JsonObject,
): Product {
  const came = objectIn(raw)
  return {
    id,
    ...(name == null ? {} : { name }),
    ...(description == null ? {} : { description }),
    parts: dataItems.map(partOf),
    ...(came === undefined ? {} : { ...besideProduct(came, event), original: original(came) }),
  }
}

function original(object: JsonObject): Original {
  return { protocol: "aip", object }
}

/** The object of an original of AIP; undefined for what another protocol brought. */
export function aipOriginal(of: { original?: Original | undefined } | undefined): JsonObject | undefined {
  return of?.original?.protocol === "aip" ? of.original.object : undefined
}

export function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}
