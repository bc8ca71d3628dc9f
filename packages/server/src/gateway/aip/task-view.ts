import { randomUUID } from "node:crypto"
import { msOf } from "@hufu/core/aip/aip-time"
import { aipOriginal, changedAt, objectIn } from "@hufu/core/aip/from-aip"
import { commandOf, type Envelope, resultOf, statusOf } from "@hufu/core/aip/to-aip"
import { dataItemOf } from "@hufu/core/aip/data-item"
import type { Happening } from "@hufu/core/delegation/happening"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Delegation, Event, Ruled } from "../delegation/delegations.ts"

/** A task as its leader sees it. */
export function taskResult(delegation: Delegation, envelope: Envelope, at: number): JsonObject {
  const { state, stateAt, said, products, ruled, reply } = delegation
  const items = ruledItems(ruled, said !== undefined)
  return resultOf(
    {
      state,
      at: stateAt,
      said,
      products: reply === undefined ? products : [...products, { id: reply.id, parts: reply.parts }],
      ...(items === undefined ? {} : { dataItems: [...items, ...(said?.parts.map(dataItemOf) ?? [])] }),
    },
    envelope,
    { id: randomUUID(), at },
  )
}

/**
 * Why a task waits for a person or was refused, for a leader that knows nothing of Hufu (the sentences) and for one that does.
 *
 * @param hasWords the sentences stand in what was said already
 */
export function ruledItems(ruled: Ruled | undefined, hasWords: boolean): JsonObject[] | undefined {
  if (ruled === undefined) return undefined
  const { reasons, hold, code } = ruled
  const words = hasWords ? [] : reasons.map(({ en, zh }) => ({ type: "text", text: `${en}. ${zh}。` }))
  const hufu: JsonObject = {
    ...(code === undefined ? {} : { code }),
    ...(hold === undefined ? {} : { hold: { id: hold.id, expiresAt: hold.expiresAt } }),
    reasons: reasons.map(({ rule, en, zh }) => ({ rule, en, zh })),
  }
  return [...words, { type: "data", data: { hufu } }]
}

/** What `get` wants to know beside how the task stands. */
export interface Since {
  readonly lastCommandSentAt?: string | null | undefined
  readonly lastStateChangedAt?: string | null | undefined
}

/** The commands of the task that were sent after a moment, oldest first. */
export function commandHistory({ history }: Delegation, envelope: Envelope, since: Since): JsonObject[] {
  const after = since.lastCommandSentAt == null ? undefined : msOf(since.lastCommandSentAt)
  return history
    .filter(({ from }) => from === "asker")
    .flatMap(({ said }, at) => {
      const came = aipOriginal(said)
      // What was asked through another door has no command of AIP.
      const command =
        came ?? commandOf({ order: at === 0 ? "start" : "continue", said }, envelope, { id: said.id, at: 0 })
      const sent = typeof command["sentAt"] === "string" ? msOf(command["sentAt"]) : undefined
      return after !== undefined && (sent ?? 0) <= after ? [] : [command]
    })
}

/** The states of the task that came after a moment, oldest first. */
export function statusHistory(events: readonly Event[], since: Since): JsonObject[] {
  const after = since.lastStateChangedAt == null ? undefined : msOf(since.lastStateChangedAt)
  const states = events.filter(({ happening }) => happening.kind === "state")
  const [first, second] = states
  // What Hufu has taken in and the partner rejected was never accepted.
  const isRejected =
    isOwnStart(first) && second?.happening.kind === "state" && second.happening.state === "rejected"
  return (isRejected ? states.slice(1) : states).flatMap(({ at, happening }) => {
    if (happening.kind !== "state") return []
    const status = statusIn(happening, at)
    const changed = typeof status["stateChangedAt"] === "string" ? msOf(status["stateChangedAt"]) : undefined
    return after !== undefined && (changed ?? at) <= after ? [] : [status]
  })
}

function isOwnStart(event: Event | undefined): boolean {
  const { happening } = event ?? {}
  return happening?.kind === "state" && happening.state === "submitted" && happening.original === undefined
}

function statusIn(happening: Extract<Happening, { kind: "state" }>, at: number): JsonObject {
  const { state, said } = happening
  const came = objectIn(aipOriginal(happening)?.["status"])
  return came ?? statusOf({ state, at: changedAt(happening) ?? at, said })
}
