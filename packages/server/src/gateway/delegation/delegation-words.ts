import { randomUUID } from "node:crypto"
import type { Said } from "@hufu/core/delegation/happening"
import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Held, Reason, Refused } from "../governor.ts"
import type { Entry } from "./delegation-rows.ts"
import { happened } from "./delegation-memory.ts"
import type { Delegation, Ruled } from "./delegations.ts"

/** What is written where a person has to decide first, or the pipeline refused. */
export function ruledEntry(ruling: Held | Refused, state: Delegation["state"]): Entry {
  const said = { id: randomUUID(), parts: sentencesOf(ruling.reasons) }
  return happened({ kind: "state", state, said }, ruledOf(ruling), ruling.action)
}

/** What is written where Hufu itself has something to say of one that goes on. */
export function remarkEntry(reason: Reason, state: Delegation["state"]): Entry {
  const said = { id: randomUUID(), parts: sentencesOf([reason]) }
  return happened({ kind: "state", state, said }, { reasons: [reason] })
}

/** What is written where a delegation ended without its partner. */
export function endedEntry(state: "failed" | "canceled", code: string, sentence: string): Entry {
  const said: Said = { id: randomUUID(), parts: [{ kind: "text", text: sentence }] }
  return happened({ kind: "state", state, said }, { code, reasons: [] })
}

export function noPartner(server: string): Failure {
  return new Failure(
    "not_found",
    `there is no partner \`${server.slice(0, 80)}\`: \`hufu server list\` shows them`,
  )
}

export function noDelegation(id: string): Failure {
  return new Failure(
    "not_found",
    `there is no delegation \`${id}\`: \`hufu delegation list\` shows what there is`,
  )
}

export function lostFailure(): Failure {
  return new Failure(
    "upstream_lost",
    "the partner was lost: it may have done what was asked, so it is not asked again; look at the partner before you do",
  )
}

export function stoppedFailure(): Failure {
  return new Failure("stopped", "the agent, the partner or everything was stopped")
}

function sentencesOf(reasons: readonly { readonly en: string; readonly zh: string }[]): Said["parts"] {
  return reasons.slice(0, 16).flatMap(({ en, zh }) => [
    { kind: "text" as const, text: en, metadata: { language: "en" } satisfies JsonObject },
    { kind: "text" as const, text: zh, metadata: { language: "zh" } satisfies JsonObject },
  ])
}

function ruledOf(ruling: Held | Refused): Ruled {
  if (ruling.kind === "refused") return { reasons: ruling.reasons, code: ruling.code }
  return { reasons: ruling.reasons, hold: { id: ruling.hold, expiresAt: ruling.expiresAt } }
}
