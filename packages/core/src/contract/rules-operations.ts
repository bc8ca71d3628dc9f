import { z } from "zod"
import { Digest } from "./digest.ts"
import { operation, type Operation } from "./operation.ts"
import { RollOut, StageRules } from "./roll-out.ts"
import { RulesCoverage, RulesDiff, ShadowReport } from "./rules.ts"
import { nothing } from "./shapes.ts"

/** Rules, drafts of them, and what they meet. */
export const rulesOperations = {
  "rules.list": operation({
    method: "GET",
    path: "/v1/rules",
    scope: "local",
    input: nothing,
    output: z.object({
      digest: Digest,
      items: z.array(z.object({ id: z.string(), layer: z.string(), text: z.string() })),
    }),
    en: "Show the rules in force",
    zh: "显示生效规则",
    command: { name: "rules list" },
  }),
  "rules.diff": operation({
    method: "GET",
    path: "/v1/rules:diff",
    scope: "local",
    input: nothing,
    output: RulesDiff,
    en: "Show which rules the draft adds, removes and changes",
    zh: "显示草案增加、删除与更改的规则",
    command: { name: "rules diff" },
  }),
  "rules.shadow": operation({
    method: "GET",
    path: "/v1/rules:shadow",
    scope: "local",
    input: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    output: ShadowReport,
    en: "Show what the draft would have decided otherwise since the node began",
    zh: "显示自节点启动以来草案本会作出的不同裁定",
    command: { name: "rules shadow" },
  }),
  "rules.rollout": operation({
    method: "GET",
    path: "/v1/rules:rollout",
    scope: "local",
    input: nothing,
    output: RollOut,
    en: "Show how far the draft is in force",
    zh: "显示草案的生效程度",
  }),
  "rules.stage": operation({
    method: "POST",
    path: "/v1/rules:stage",
    scope: "person",
    input: StageRules,
    output: RollOut,
    en: "Move the draft: it looks on, is in force for some agents or tasks, for everybody, or not at all",
    zh: "推进或退回草案：仅旁观、对部分智能体或任务生效、对全部生效、不生效",
  }),
  "rules.coverage": operation({
    method: "GET",
    path: "/v1/rules:coverage",
    scope: "local",
    input: z.object({
      since: z.coerce.number().int().nonnegative().optional(),
      until: z.coerce.number().int().nonnegative().optional(),
      /** Where to go on: the `next` of the answer before. */
      from: z.coerce.number().int().nonnegative().default(0),
      /** How many entries of the ledger are looked at. */
      limit: z.coerce.number().int().min(1).max(100_000).default(20_000),
    }),
    output: RulesCoverage,
    en: "Show which rules past actions met, which none did, and of which actions no rule speaks",
    zh: "显示以往行为触及哪些规则、哪些规则从未触及，以及哪些行为没有规则涉及",
    command: { name: "rules coverage" },
  }),
  "rules.validate": operation({
    method: "POST",
    path: "/v1/rules:validate",
    scope: "local",
    input: z.object({ text: z.string().max(256 * 1024) }),
    output: z.object({ ok: z.boolean(), faults: z.array(z.string()) }),
    en: "Check rules without loading them",
    zh: "校验规则（不加载）",
    command: { name: "rules validate", positional: ["text"] },
  }),
} as const satisfies Record<string, Operation>
