import { z } from "zod"
import { operation, type Operation } from "./operation.ts"
import { StopReport } from "./records.ts"
import { nothing } from "./shapes.ts"

/** Stopping everything. */
export const stopOperations = {
  "stop.declare": operation({
    method: "POST",
    path: "/v1/stop",
    scope: "local",
    input: z.object({ reason: z.string().max(500).default("") }),
    output: StopReport,
    en: "Stop every agent at every door, at once",
    zh: "立即停止所有智能体",
  }),
  "stop.lift": operation({
    method: "DELETE",
    path: "/v1/stop",
    scope: "person",
    input: nothing,
    output: z.object({ stopped: z.boolean() }),
    en: "Lift the stop",
    zh: "解除停止",
  }),
} as const satisfies Record<string, Operation>
