import type { DelegationOrder, DelegationState } from "../delegation/delegation-state.ts"
import type { Happening, Said } from "../delegation/happening.ts"
import type { Product } from "../delegation/part.ts"
import { isJsonObject, type JsonObject } from "../json/json-value.ts"
import { jsonObject } from "../registration/faces/jsonish.ts"
import { aipStateOf } from "./aip-state.ts"
import { beijingTime } from "./aip-time.ts"
import { dataItemOf } from "./data-item.ts"
import { aipOriginal, changedAt, objectIn } from "./from-aip.ts"

/** Who says something to whom about which task: never taken from an original, because who speaks has changed. */
export interface Envelope {
  readonly senderId: string
  readonly taskId: string
  readonly sessionId: string | undefined
}

/** When something was said, and under which id where it has none of its own. */
export interface Stamp {
  readonly id: string
  readonly at: number
}

/** A command for a partner. What a leader of AIP said goes on as it came. */
export function commandOf(
  { order, said, parameters }: { order: DelegationOrder; said?: Said; parameters?: JsonObject },
  envelope: Envelope,
  stamp: Stamp,
): JsonObject {
  const came = aipOriginal(said)
  if (came !== undefined) {
    const { commandParams: _own, ...rest } = came
    return {
      ...addressed(rest, envelope),
      command: order,
      ...(parameters === undefined ? {} : { commandParams: parameters }),
    }
  }
  return jsonObject({
    type: "task-command",
    id: said?.id ?? stamp.id,
    sentAt: beijingTime(stamp.at),
    senderRole: "leader",
    senderId: envelope.senderId,
    command: order,
    commandParams: parameters,
    dataItems: said === undefined || said.parts.length === 0 ? undefined : said.parts.map(dataItemOf),
    taskId: envelope.taskId,
    sessionId: envelope.sessionId,
  })
}

/** What a stream tells of something that happened. */
export function eventOf(happening: Happening, envelope: Envelope, stamp: Stamp): JsonObject {
  if (happening.kind === "reply") {
    const { id, parts } = happening.said
    return chunk({ id, parts }, { append: false, last: true }, envelope, stamp)
  }
  const came = aipOriginal(happening)
  if (came?.["type"] !== undefined) return addressed(came, envelope)
  if (happening.kind === "product") return chunk(happening.product, happening, envelope, stamp)
  const { state, said } = happening
  return {
    type: came?.["snapshot"] === true ? "task-result" : "task-status-update",
    ...partnerMessage(envelope, stamp),
    status: statusOf({ state, said, at: changedAt(happening) ?? stamp.at }),
  }
}

function chunk(
  product: Product,
  { append, last }: { append: boolean; last: boolean },
  envelope: Envelope,
  stamp: Stamp,
): JsonObject {
  return {
    type: "product-chunk",
    ...partnerMessage(envelope, stamp),
    product: aipProductOf(product),
    append,
    lastChunk: last,
  }
}

/** What is shown of a task as it stands. */
export interface Standing {
  readonly state: DelegationState
  readonly at: number
  readonly said: Said | undefined
  readonly products: readonly Product[]
  /** In place of what was said, such as what has to be approved. */
  readonly dataItems?: readonly JsonObject[]
}

export function resultOf({ products, ...standing }: Standing, envelope: Envelope, stamp: Stamp): JsonObject {
  return {
    type: "task-result",
    ...partnerMessage(envelope, stamp),
    status: statusOf(standing),
    products: products.map(aipProductOf),
  }
}

export function statusOf({ state, at, said, dataItems }: Omit<Standing, "products">): JsonObject {
  const items = dataItems ?? (said === undefined ? [] : itemsOf(said))
  return {
    state: aipStateOf(state),
    stateChangedAt: beijingTime(at),
    ...(items.length === 0 ? {} : { dataItems: [...items] }),
  }
}

/** What a partner of AIP said with its state has been kept as it was. */
function itemsOf(said: Said): JsonObject[] {
  const came = aipOriginal(said)
  const lists = [came?.["dataItems"], objectIn(came?.["status"])?.["dataItems"]]
  const items = lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((item): JsonObject[] => (isJsonObject(item) ? [item] : []))
  return items.length === said.parts.length ? items : said.parts.map(dataItemOf)
}

export function aipProductOf({ original, ...product }: Product): JsonObject {
  const { id, name, description, parts } = product
  const came = aipOriginal({ original })
  const items = came?.["dataItems"]
  // Of one that came in pieces, the original is a piece.
  if (came !== undefined && Array.isArray(items) && items.length === parts.length) return came
  return jsonObject({ id, name, description, dataItems: parts.map(dataItemOf) })
}

function partnerMessage({ senderId, taskId, sessionId }: Envelope, { id, at }: Stamp): JsonObject {
  return {
    id,
    sentAt: beijingTime(at),
    senderRole: "partner",
    senderId,
    taskId,
    ...(sessionId === undefined ? {} : { sessionId }),
  }
}

/** The same object between others. */
function addressed(
  { sessionId: _theirs, ...rest }: JsonObject,
  { senderId, taskId, sessionId }: Envelope,
): JsonObject {
  return { ...rest, senderId, taskId, ...(sessionId === undefined ? {} : { sessionId }) }
}
