import { z } from "zod"
import { idSchema } from "../id.ts"
import { operation, type Operation } from "./operation.ts"
import { HoldChoice } from "./passkey.ts"
import { HoldRecord, HoldState } from "./records.ts"
import { list, page } from "./shapes.ts"

/** What waits for a person. */
export const holdOperations = {
  "hold.list": operation({
    method: "GET",
    path: "/v1/holds",
    scope: "local",
    input: z.object({ state: HoldState.or(z.literal("all")).default("waiting"), ...page }),
    output: list(HoldRecord),
    en: "List the actions that wait for a person",
    zh: "列出等待批准的行为",
    command: { name: "approvals" },
  }),
  "hold.show": operation({
    method: "GET",
    path: "/v1/holds/{hold}",
    scope: "local",
    input: z.object({ hold: idSchema("hold") }),
    output: HoldRecord,
    en: "Show one waiting action",
    zh: "显示一个待批行为",
    command: { name: "approval show", positional: ["hold"] },
  }),
  "hold.approve": operation({
    method: "POST",
    path: "/v1/holds/{hold}:approve",
    scope: "person",
    input: z.object(HoldChoice.shape),
    output: HoldRecord,
    en: "Approve one action: once, for this task, or until a time; or with narrower arguments",
    zh: "批准一个行为：一次、本任务内或至某时；亦可收窄参数",
    command: { name: "approve", positional: ["hold"] },
  }),
  "hold.refuse": operation({
    method: "POST",
    path: "/v1/holds/{hold}:refuse",
    scope: "local",
    input: z.object({ hold: idSchema("hold"), reason: z.string().max(500).default("") }),
    output: HoldRecord,
    en: "Refuse one action with a reason that the agent can read",
    zh: "拒绝一个行为，并给出智能体可读的理由",
    command: { name: "refuse", positional: ["hold"] },
  }),
} as const satisfies Record<string, Operation>
