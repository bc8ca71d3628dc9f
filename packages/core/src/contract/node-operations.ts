import { z } from "zod"
import { Digest } from "./digest.ts"
import { operation, type Operation } from "./operation.ts"
import { RetentionRecord, RoomRecord } from "./records.ts"
import { nothing } from "./shapes.ts"
import { WitnessStatus } from "./witness-status.ts"

/** How the node is, and how long it keeps what is private. */
export const nodeOperations = {
  "node.status": operation({
    method: "GET",
    path: "/v1/node",
    scope: "local",
    input: nothing,
    output: z.object({
      version: z.string(),
      pid: z.int(),
      url: z.string(),
      dataFolder: z.string(),
      startedAt: z.int(),
      /** A person or the autostart (`hufu serve`), a guard, or a command that needed a node. */
      startedBy: z.enum(["serve", "guard", "command"]),
      /** Null for a node that stays; `endsAt` is null while somebody is connected. */
      idleExit: z.object({ afterSeconds: z.int(), endsAt: z.int().nullable() }).nullable(),
      stopped: z.boolean(),
      personEnrolled: z.boolean(),
      agents: z.int(),
      servers: z.int(),
      waiting: z.int(),
      entries: z.int(),
      rules: Digest,
      witnesses: WitnessStatus,
      room: RoomRecord,
      connections: z.int(),
      inFlight: z.int(),
      /** The guards that are connected, by the Hufu that they are; null of those that do not say it. */
      guards: z.array(
        z.object({ version: z.string().nullable(), count: z.int(), agents: z.array(z.string()) }),
      ),
      scrub: z.object({
        entries: z.int(),
        of: z.int(),
        soundAt: z.int().nullable(),
        fault: z.object({ table: z.string(), row: z.string(), en: z.string(), zh: z.string() }).nullable(),
      }),
      published: z.object({ folder: z.string(), entries: z.int(), fault: z.string().nullable() }).nullable(),
    }),
    en: "Show what the node is and how it is",
    zh: "显示节点状态",
    command: { name: "status" },
  }),
  "retention.show": operation({
    method: "GET",
    path: "/v1/retention",
    scope: "local",
    input: nothing,
    output: RetentionRecord,
    en: "Show how long private content is kept",
    zh: "显示私密内容保留多久",
    command: { name: "retention show" },
  }),
  "retention.set": operation({
    method: "POST",
    path: "/v1/retention",
    scope: "person",
    input: z.object({
      /** After how many days what actions were (tool, arguments, facts, reasons) is erased; 0 keeps it. */
      actions: z.coerce.number().int().min(0).max(36_500).optional(),
      /** After how many days since a task ended all private content of it is erased, its words too; 0 keeps it. */
      tasks: z.coerce.number().int().min(0).max(36_500).optional(),
    }),
    output: RetentionRecord,
    en: "Choose after how many days private content is erased (0 keeps it); every proof stays valid",
    zh: "设定私密内容在多少天后擦除（0 为保留）；所有证明仍然有效",
    command: { name: "retention set" },
  }),
} as const satisfies Record<string, Operation>
