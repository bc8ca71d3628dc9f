import { z } from "zod"
import { BundleHead } from "../evidence/bundle-file.ts"
import { EntryProof } from "../evidence/entry-proof-file.ts"
import { ReceiptOpening } from "../evidence/receipt-opening.ts"
import { Digest } from "./digest.ts"
import { operation, type Operation } from "./operation.ts"
import { nothing, page } from "./shapes.ts"

/** The ledger and its proofs. */
export const logOperations = {
  "log.entries": operation({
    method: "GET",
    path: "/v1/log/entries",
    scope: "local",
    input: z.object({
      from: z.coerce.number().int().nonnegative().default(0),
      ...page,
      /** What of each action is disclosed beside its intent, as for a receipt; what is not kept stays closed. */
      open: z.string().max(400).optional(),
    }),
    output: z.object({
      size: z.int(),
      items: z.array(
        z.object({
          index: z.int(),
          entry: z.json(),
          hash: Digest,
          openings: z.array(ReceiptOpening).optional(),
        }),
      ),
    }),
    en: "Read the ledger's entries",
    zh: "读取账本条目",
    command: { name: "log entries" },
  }),
  "log.entry": operation({
    method: "GET",
    path: "/v1/log/entries/{entry}",
    scope: "local",
    /** An index, or a leaf hash in hex. */
    input: z.object({ entry: z.string().regex(/^(?:0|[1-9]\d{0,14}|[0-9a-f]{64})$/) }),
    output: EntryProof,
    en: "Show one entry with its proofs, by its index or its hash",
    zh: "按序号或哈希显示一个条目及其证明",
    command: { name: "log entry", positional: ["entry"] },
  }),
  "log.range": operation({
    method: "GET",
    path: "/v1/log/range",
    scope: "local",
    /** Entries `from` up to but not including `to`; without `to`, all from there on. */
    input: z.object({
      from: z.coerce.number().int().nonnegative().default(0),
      to: z.coerce.number().int().positive().optional(),
    }),
    output: BundleHead,
    en: "Prove a range of entries by one signed checkpoint",
    zh: "以一个签名检查点证明一段条目",
  }),
  "log.checkpoint": operation({
    method: "GET",
    path: "/v1/log/checkpoint",
    scope: "local",
    input: nothing,
    output: z.object({
      checkpoint: z.string(),
      key: z.string(),
      /** The key of the second signature, where the log makes one. */
      mlDsaKey: z.string().nullable(),
      /** The keys of the witnesses that the node asks. */
      witnesses: z.array(z.string()),
    }),
    en: "Show the latest signed checkpoint and the log's public key",
    zh: "显示最新签名检查点与公钥",
    command: { name: "log checkpoint" },
  }),
  "log.verify": operation({
    method: "POST",
    path: "/v1/log:verify",
    scope: "local",
    input: nothing,
    output: z.object({
      ok: z.boolean(),
      entries: z.int(),
      checkpoints: z.int(),
      fault: z.object({ en: z.string(), zh: z.string() }).nullable(),
    }),
    en: "Check every byte of the ledger",
    zh: "逐字节校验账本",
    command: { name: "log verify" },
  }),
} as const satisfies Record<string, Operation>
