import { toLegacy } from "@hufu/core/a2a/legacy"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import type { WriteNotice } from "../delegation/delegations.ts"
import { eventOfDelegation, isOwnStart, isSnapshot, taskOfDelegation } from "./a2a-standing.ts"

/**
 * What a webhook of A2A is told (1.0 §4.3.3): the event as a stream has it; a whole task where the partner gave one. A message without a
 * task is told to nobody, because nobody can be told of it before it is there.
 */
export const writeA2aNotice: WriteNotice = (notice, delegation, { at, happening }) => {
  if (isOwnStart(happening) || happening.kind === "reply") return undefined
  if (isSnapshot(happening) && happening.kind === "product") return undefined
  const event = isSnapshot(happening)
    ? { task: taskOfDelegation(delegation, "") }
    : eventOfDelegation({ at, happening }, delegation, "")
  const isLegacy = notice.about["version"] === "0.3"
  // An event of the schema is JSON; its optional members are absent, not undefined.
  const written = event as unknown as JsonObject
  return {
    headers: {
      "content-type": isLegacy ? "application/json" : "application/a2a+json",
      ...authentication(notice.about["authentication"], notice.token),
    },
    body: JSON.stringify(isLegacy ? toLegacy.event(written) : written),
  }
}

function authentication(said: unknown, token: string | undefined): Record<string, string> {
  const { scheme, credentials } = isJsonObject(said as JsonObject) ? (said as JsonObject) : {}
  if (typeof scheme === "string" && typeof credentials === "string" && credentials !== "")
    return { authorization: `${scheme} ${credentials}` }
  return token === undefined ? {} : { "x-a2a-notification-token": token }
}
