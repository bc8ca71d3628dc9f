import { z } from "zod"

/** Why something is erased: the right of the person whom it is about, the end of a time for which it was kept, or the operator's wish. */
export const erasureReasons = ["right", "retention", "operator"] as const
export const ErasureReason = z.enum(erasureReasons)
export type ErasureReason = z.infer<typeof ErasureReason>

/** What can be erased; each has keys of its own in the vault. */
export const erasableClasses = [
  "agent",
  "task",
  "mandate",
  "server",
  "passkey",
  "browser",
  "place",
  "device",
  "credential",
  "protection",
  "registration",
  "developer",
] as const
export const ErasableClass = z.enum(erasableClasses)
export type ErasableClass = z.infer<typeof ErasableClass>

/** What an erasure erased: the subject that was asked for first, then what belongs to it. */
export const ErasureReport = z.object({
  subjects: z.array(z.string()),
  /** Where the ledger says so. */
  index: z.int().nonnegative(),
})
export type ErasureReport = z.infer<typeof ErasureReport>
