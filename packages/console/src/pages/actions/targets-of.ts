import type { JsonValue } from "@hufu/core/json/json-value"
import { z } from "zod"

const targetKinds = ["path", "url", "host", "recipient", "account", "command", "other"] as const

const Facts = z.object({
  context: z.object({
    targets: z.array(z.object({ kind: z.enum(targetKinds), value: z.string() })).max(1000),
  }),
})

export interface Target {
  readonly kind: (typeof targetKinds)[number]
  readonly value: string
}

/** What an action was aimed at, from the facts that it was decided on. UNTRUSTED values. */
export function targetsOf(facts: JsonValue | undefined): readonly Target[] {
  return Facts.safeParse(facts).data?.context.targets ?? []
}
