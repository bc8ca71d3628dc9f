import { z } from "zod"
import { NodeEvent } from "./node-event.ts"
import { operation, type Operation } from "./operation.ts"

/** What is followed as it happens. */
export const eventOperations = {
  "event.follow": operation({
    method: "GET",
    path: "/v1/events",
    scope: "local",
    stream: true,
    /** The id of the last event that was seen; the header `Last-Event-ID` says the same. */
    input: z.object({ from: z.string().max(100).optional() }),
    output: NodeEvent,
    en: "Follow what happens, from the last event that was seen",
    zh: "跟随所发生的一切，可从最后收到的事件继续",
  }),
} as const satisfies Record<string, Operation>
