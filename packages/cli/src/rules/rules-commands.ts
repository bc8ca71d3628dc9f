import { type Command, type Flag, secretFlag } from "../command/command.ts"

const count = (en: string, zh: string): Flag => ({ type: "string", value: "N", en, zh })

/** The commands about rules that are to come into force, and about what the rules cover. */
export const rulesCommands: readonly Command[] = [
  {
    name: "rules diff",
    en: "Show which rules the draft adds, removes and changes",
    zh: "显示草案增加、删除与更改的规则",
    flags: {},
    load: async () => (await import("./rules-diff.ts")).rulesDiff,
  },
  {
    name: "rules shadow",
    en: "Show what the draft would have decided otherwise since the node began",
    zh: "显示自节点启动以来草案本会作出的不同裁定",
    flags: { limit: count("show so many, the newest (100)", "显示最近的若干项（100）") },
    load: async () => (await import("./rules-shadow.ts")).rulesShadow,
  },
  {
    name: "rules coverage",
    en: "Show which rules past actions met, which none did, and of which actions no rule speaks",
    zh: "显示以往行为触及哪些规则、哪些规则从未触及，以及哪些行为没有规则涉及",
    flags: {
      since: { type: "string", value: "TIME", en: "not older: a date", zh: "不早于：日期" },
      until: { type: "string", value: "TIME", en: "not younger", zh: "不晚于" },
      from: count("begin at this entry of the ledger (0)", "从账本的该条目开始（0）"),
      limit: count("look at so many entries at a time (20000)", "每次查看的条目数（20000）"),
    },
    load: async () => (await import("./rules-coverage.ts")).rulesCoverage,
  },
  {
    name: "rules stage",
    takes: "[shadow|some|all|off]",
    en: "Show how far the draft is in force, or move it: it looks on, is in force for some, for all, or not at all",
    zh: "显示草案的生效程度，或推进、退回：仅旁观、对部分生效、对全部生效、不生效",
    flags: {
      agents: {
        type: "string",
        value: "NAMES",
        en: "with `some`: these agents, by name or id, with commas",
        zh: "与 `some` 连用：这些智能体（名称或编号，以逗号分隔）",
      },
      share: count(
        "with `some`: so many of a hundred tasks, always the same ones",
        "与 `some` 连用：百分之几的任务（固定不变）",
      ),
      draft: {
        type: "string",
        value: "DIGEST",
        en: "only if this is the draft still",
        zh: "仅当草案仍为此摘要时",
      },
      ...secretFlag,
    },
    load: async () => (await import("./rules-stage.ts")).rulesStage,
  },
]
