import { z } from "zod"
import { idSchema } from "../id.ts"
import { Digest } from "./digest.ts"

/** How far a draft of rules is in force: not even looked at, looking on, for some agents and tasks, or for everybody. */
export const RollOutStage = z.enum(["off", "shadow", "some", "all"])
export type RollOutStage = z.infer<typeof RollOutStage>

/** Which rules decide about whom at this moment. */
export const RollOut = z.object({
  stage: RollOutStage,
  /** The rules of the configuration, without the draft. */
  rules: Digest,
  /** Null where there is no draft. */
  draft: Digest.nullable(),
  /** Whether the draft's files are still as they were when they came into force; else what was kept of them decides. */
  from: z.enum(["files", "kept"]),
  /** For which agents it is in force, by name or id. */
  agents: z.array(z.string()),
  /** For how many of a hundred tasks it is in force: always the same ones. */
  share: z.int().min(0).max(99),
  /** When it was moved there; null where nobody moved it and the configuration says so. */
  at: z.int().nonnegative().nullable(),
})
export type RollOut = z.infer<typeof RollOut>

/** Where a draft is moved. */
export const StageRules = z.object({
  /** The draft that was looked at: another one is not moved. */
  draft: Digest,
  stage: RollOutStage,
  /** With `some`: agents, by name or id. */
  agents: z
    .array(z.union([idSchema("agent"), z.string().min(1).max(128)]))
    .max(1000)
    .default([]),
  /** With `some`: so many of a hundred tasks. */
  share: z.coerce.number().int().min(0).max(99).default(0),
})
export type StageRules = z.infer<typeof StageRules>
