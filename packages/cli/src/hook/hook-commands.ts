import { type Command, type Flag, secretFlag } from "../command/command.ts"

const agent: Flag = {
  type: "string",
  value: "NAME",
  en: "the agent whose prompts these are (local); give each client its own",
  zh: "这些提示所属的智能体（local）；请为每个客户端各设一个",
}

/** `hufu hook …` as the help shows it: how a client's hook tells Hufu what the user really said. */
export const hookCommands: readonly Command[] = [
  {
    name: "hook claude-code",
    en: "Show the settings that give Hufu the words you type in Claude Code",
    zh: "显示让虎符获知您在 Claude Code 中原话的配置",
    flags: {
      agent,
      issue: {
        type: "boolean",
        en: "make the hook's credential and keep it in the data folder; needs your secret",
        zh: "签发钩子凭证并保存在数据目录；需要您的口令",
      },
      ...secretFlag,
    },
    load: async () => (await import("./claude-code.ts")).claudeCode,
  },
  {
    name: "hook user-prompt",
    en: "Record the prompt that a client's hook passes on standard input; clients run this",
    zh: "记录客户端钩子经标准输入传来的提示；由客户端运行",
    flags: { agent },
    more: {
      en: "What you quote or paste is kept with your words as it is. A prompt is never blocked.",
      zh: "引用或粘贴的内容随原话按原样保存。提示不会被拦截。",
    },
    load: async () => (await import("./user-prompt.ts")).userPrompt,
  },
]
