import { type Command, secretFlag } from "../command/command.ts"

const argumentFlags = {
  arguments: { type: "string", value: "JSON", en: "the tool's arguments", zh: "工具参数" },
  file: {
    type: "string",
    value: "FILE",
    en: "read the arguments from a file; `-` is standard input",
    zh: "从文件读取参数；`-` 为标准输入",
  },
} as const

/** Deciding about actions, and asking what would be decided. `hufu refuse` is the contract's own. */
export const approvalCommands: readonly Command[] = [
  {
    name: "approvals",
    en: "List the actions that wait for you",
    zh: "列出等待您批准的行为",
    flags: {
      state: {
        type: "string",
        value: "STATE",
        en: "waiting (default), all, or another state",
        zh: "waiting（默认）、all 或其他状态",
      },
    },
    load: async () => (await import("./approvals.ts")).approvals,
  },
  {
    name: "approval show",
    takes: "HOLD",
    en: "Show one waiting action",
    zh: "显示一个待批行为",
    flags: {},
    load: async () => (await import("./approval-show.ts")).approvalShow,
  },
  {
    name: "approve",
    takes: "HOLD",
    en: "Look at one action and approve it with your secret",
    zh: "查看一个行为并用口令批准",
    flags: {
      for: {
        type: "string",
        value: "once|task|until",
        en: "once (default), for this task, or until a time",
        zh: "一次（默认）、本任务内或至某时",
      },
      until: {
        type: "string",
        value: "TIME",
        en: "until when: 2h, 7d, or a date",
        zh: "截止时间：2h、7d 或日期",
      },
      proposed: {
        type: "boolean",
        en: "with --until: allow what Hufu proposed, as `hufu approval show` says it",
        zh: "与 --until 同用：允许虎符所建议的内容，见 `hufu approval show`",
      },
      ...argumentFlags,
      ...secretFlag,
    },
    load: async () => (await import("./approve.ts")).approve,
  },
  {
    name: "decide",
    takes: "AGENT SERVER TOOL",
    en: "Say what would happen to an action, without doing it",
    zh: "说明某行为将得到何种裁定（不执行）",
    flags: {
      ...argumentFlags,
      rules: { type: "string", value: "FILE", en: "add these draft rules", zh: "附加这些草稿规则" },
    },
    load: async () => (await import("../decision/decide.ts")).decide,
  },
]
