import { z } from "zod"
import { idSchema } from "../id.ts"
import { Effect, Language, OutcomeKind, VerdictKind } from "../words.ts"
import { Noticed } from "./noticed.ts"
import { operation, type Operation } from "./operation.ts"
import { ActionRecord, ApprovalRecord, MandateSaid, ReasonRecord } from "./records.ts"
import { AgentRef } from "./refs.ts"
import { ReplayPage } from "./replay.ts"
import { page } from "./shapes.ts"

/** What agents did, or tried to do. */
export const actionOperations = {
  "action.list": operation({
    method: "GET",
    path: "/v1/actions",
    scope: "local",
    input: z.object({
      agent: AgentRef.optional(),
      task: idSchema("task").optional(),
      server: z.string().min(1).max(80).optional(),
      tool: z.string().min(1).max(128).optional(),
      effect: Effect.optional(),
      /** `ask`: it waits for a person, or waited in vain; what was approved is `allow`. */
      verdict: VerdictKind.optional(),
      /** `open`: it was let out, and nobody has said yet how it ended. */
      outcome: OutcomeKind.or(z.literal("open")).optional(),
      since: z.coerce.number().int().nonnegative().optional(),
      /** A part of an id, a name or a rule. */
      text: z.string().min(1).max(200).optional(),
      before: z.coerce.number().int().nonnegative().optional(),
      ...page,
    }),
    /** `next` is the `before` of the next page; null at the end. */
    output: z.object({ items: z.array(ActionRecord), next: z.int().nullable() }),
    en: "List actions, newest first",
    zh: "列出行为（由新到旧）",
    command: { name: "action list" },
  }),
  "action.why": operation({
    method: "GET",
    path: "/v1/actions/{action}:why",
    scope: "local",
    input: z.object({ action: idSchema("action"), language: Language.default("en") }),
    output: z.object({
      action: ActionRecord,
      sentences: z.array(z.string()),
      /** The rules that decided; of what asked first, those that asked. */
      reasons: z.array(ReasonRecord),
      /** What the mandate says that decided; null when none did. */
      mandate: MandateSaid.nullable(),
      /** What a person, or time, decided about it; null when it never asked. */
      approval: ApprovalRecord.nullable(),
      words: z.string().nullable(),
      /** What detectors had noticed when it was decided. */
      noticed: z.array(Noticed),
      arguments: z.json(),
    }),
    en: "Say in plain words why an action was allowed, asked or denied",
    zh: "用平实的语言说明裁定理由",
    command: { name: "why", positional: ["action"] },
  }),
  "action.receipt": operation({
    method: "GET",
    path: "/v1/actions/{action}/receipt",
    scope: "local",
    input: z.object({ action: idSchema("action"), open: z.string().max(400).optional() }),
    output: z.json(),
    en: "Write the receipt of an action",
    zh: "导出行为回执",
    command: { name: "receipt", positional: ["action"] },
  }),
  "action.trace": operation({
    method: "GET",
    path: "/v1/actions/{action}/trace",
    scope: "local",
    input: z.object({ action: idSchema("action"), open: z.string().max(400).optional() }),
    /** Of the format `hufu-trace/1`: from the first order down to everything that was attempted because of it. */
    output: z.json(),
    en: "Write the receipts of all that agents asked of each other for one thing, joined",
    zh: "导出智能体为一件事相互请求的全部回执，连成链路",
  }),
  "action.cose": operation({
    method: "GET",
    path: "/v1/actions/{action}/cose",
    scope: "local",
    input: z.object({ action: idSchema("action") }),
    /** Base64 of a CBOR sequence: each entry's exact bytes and its COSE receipt, in the log's order. */
    output: z.object({ cose: z.string() }),
    en: "Write the receipts of an action in COSE (RFC 9942)",
    zh: "以 COSE（RFC 9942）导出行为回执",
  }),
  "action.replay": operation({
    method: "POST",
    path: "/v1/actions:replay",
    scope: "local",
    input: z.object({
      /** Instead of the files of rules that the configuration names; the platform's own rules and those of packs stay. Left out: the rules in force. */
      rules: z
        .array(z.object({ name: z.string().min(1).max(200), text: z.string().max(256 * 1024) }))
        .max(100)
        .optional(),
      since: z.coerce.number().int().nonnegative().optional(),
      until: z.coerce.number().int().nonnegative().optional(),
      /** Where to go on: the `next` of the page before. */
      from: z.coerce.number().int().nonnegative().default(0),
      /** How many entries of the ledger one page looks at. */
      limit: z.coerce.number().int().min(1).max(1000).default(1000),
    }),
    output: ReplayPage,
    en: "Decide past decisions again under other rules, and say which verdicts would change",
    zh: "以另一套规则重新裁定以往的行为，并指出哪些裁定会改变",
  }),
} as const satisfies Record<string, Operation>
