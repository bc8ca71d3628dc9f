import { z } from "zod"
import { idSchema } from "../id.ts"

const At = z.int().nonnegative()

/** Where it was seen which version of an agent runs: in what it sent, or in what it said as a tool server. */
export const MismatchSource = z.enum(["heartbeat", "call", "server"])
export type MismatchSource = z.infer<typeof MismatchSource>

/** `alive`: heard of lately; `late`: a heartbeat is missing; `lost`: nothing for long. */
export const LivenessState = z.enum(["alive", "late", "lost"])
export type LivenessState = z.infer<typeof LivenessState>

const Number = z.number().nonnegative()

/** What is known of how an agent runs at this moment. It decides nothing, but for what runs being another version. */
export const AgentLiveness = z.object({
  registration: idSchema("registration"),
  aic: z.string().nullable(),
  /** Null while nobody was heard of. */
  state: LivenessState.nullable(),
  lastSeenAt: At.nullable(),
  /** How long the last heartbeat was on its way, by both clocks; it may be wrong by as much as these differ. */
  delayMs: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
  /** The version that it said last that it runs. UNTRUSTED: show as text only. */
  version: z.string().nullable(),
  /** What runs is not what is registered: its certificates are on hold. */
  mismatch: z
    .object({
      at: At,
      source: MismatchSource,
      registered: z.string(),
      /** UNTRUSTED: show as text only. */
      running: z.string().nullable(),
      /** The parts that differ. */
      parts: z.array(z.string()),
    })
    .nullable(),
  /** The last figures that it gave of itself, the latest first; null while it gave none. */
  metrics: z
    .array(
      z.object({
        at: At,
        activeTasks: z.int().nullable(),
        queuedTasks: z.int().nullable(),
        successRate: Number.nullable(),
        avgLatencyMs: Number.nullable(),
        p99LatencyMs: Number.nullable(),
      }),
    )
    .nullable(),
})
export type AgentLiveness = z.infer<typeof AgentLiveness>
