import { z } from "zod"
import { ErasureReason, ErasureReport } from "./erasure.ts"
import { operation, type Operation } from "./operation.ts"
import { RebuildReport, Run, StateAt } from "./state.ts"

/** What follows from the ledger, and what is erased while every proof stays. */
export const stateOperations = {
  "state.rebuild": operation({
    method: "POST",
    path: "/v1/state:rebuild",
    scope: "local",
    input: z.object({ run: z.string().max(80).optional() }),
    /** Null until the last step. */
    output: Run.extend({ report: RebuildReport.nullable() }),
    en: "Make every record again from the ledger, and say where the tables differ; works a second at a time, and goes on with `run`",
    zh: "从账本重建全部记录，指出数据表与之不符之处；每次工作一秒，以 `run` 继续",
  }),
  "state.at": operation({
    method: "POST",
    path: "/v1/state:at",
    scope: "local",
    input: z.object({
      /** A moment, in milliseconds since 1970; or the index of an entry; left out: now. */
      at: z.coerce.number().int().nonnegative().optional(),
      index: z.coerce.number().int().nonnegative().optional(),
      agent: z.string().max(80).optional(),
      run: z.string().max(80).optional(),
    }),
    output: Run.extend({
      state: StateAt.nullable(),
      /** The ledger is not sound. */
      fault: z.object({ en: z.string(), zh: z.string() }).nullable(),
    }),
    en: "Say what was known and in force at a moment, from the ledger alone; works a second at a time, and goes on with `run`",
    zh: "仅凭账本说明某一时刻已知且生效的内容；每次工作一秒，以 `run` 继续",
  }),
  "subject.erase": operation({
    method: "POST",
    path: "/v1/subjects/{subject}:erase",
    scope: "person",
    input: z.object({
      /** The id of an agent, a task, a mandate, a server, a passkey, a browser, a place, a device, a credential, a protection or a registration. */
      subject: z.string().min(1).max(80),
      reason: ErasureReason.default("right"),
    }),
    output: ErasureReport,
    en: "Erase what is kept of a subject, for ever: it is taken out of service, its keys go, and every proof stays valid",
    zh: "永久擦除某主体的内容：先停用，再销毁密钥，所有证明仍然有效",
    command: { name: "erase", positional: ["subject"] },
  }),
} as const satisfies Record<string, Operation>
