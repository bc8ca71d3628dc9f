import { type ActionRecord, HoldState } from "@hufu/core/contract/records"
import type { z } from "zod"

/** The state of the question, for an action that asked and was never let out. */
export function holdStateOf({ verdict, reason }: ActionRecord): z.infer<typeof HoldState> | undefined {
  return verdict === "ask" ? HoldState.safeParse(reason).data : undefined
}
