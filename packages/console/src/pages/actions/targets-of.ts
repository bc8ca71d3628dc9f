import type { JsonValue } from "@hufu/core/json/json-value"
import { z } from "zod"

const Facts = z.object({
  context: z.object({
    targets: z.array(z.object({ kind: z.string(), value: z.string() })).max(1000),
  }),
})

/** What an action was aimed at, from the facts that it was decided on. UNTRUSTED values. */
export function targetsOf(facts: JsonValue | undefined): readonly { kind: string; value: string }[] {
  return Facts.safeParse(facts).data?.context.targets ?? []
}
