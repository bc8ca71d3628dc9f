import { z } from "zod"
import { idSchema } from "../id.ts"
import { Effect, VerdictKind } from "../words.ts"
import { Digest } from "./digest.ts"
import { operation, type Operation } from "./operation.ts"
import { ReasonRecord } from "./records.ts"
import { AgentRef, ServerRef } from "./refs.ts"

const Arguments = z.record(z.string(), z.json())

/** What would be decided. */
export const decisionOperations = {
  "decision.explain": operation({
    method: "POST",
    path: "/v1/decisions:explain",
    scope: "local",
    input: z.object({
      agent: AgentRef,
      server: ServerRef,
      tool: z.string().min(1).max(128),
      arguments: Arguments.default({}),
      rules: z
        .string()
        .max(256 * 1024)
        .optional(),
    }),
    output: z.object({
      verdict: VerdictKind,
      effect: Effect,
      reasons: z.array(ReasonRecord),
      mandate: idSchema("mandate").nullable(),
      words: z.string().nullable(),
      /** What Hufu's doors would take out of its result. */
      redacts: z.array(z.string()),
      facts: z.json(),
      policy: Digest,
      visible: z.boolean(),
    }),
    en: "Say what would happen to an action, without doing it",
    zh: "说明某行为将得到何种裁定（不执行）",
    command: { name: "decide", positional: ["agent", "server", "tool"] },
  }),
} as const satisfies Record<string, Operation>
