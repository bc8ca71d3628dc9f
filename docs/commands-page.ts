import type { Command, Flag } from "../packages/cli/src/command/command.ts"
import { globalFlags } from "../packages/cli/src/command/command.ts"
import { loadCommands } from "../packages/cli/src/commands.ts"
import type { Language } from "@hufu/core/words"
import { markdownTable } from "./markdown-table.ts"

const texts = {
  en: {
    title: "Commands",
    lead: [
      "Every command of `hufu`; from a clone it is `npx hufu`. `hufu COMMAND --help` says the same in the terminal.",
      "Exit codes: 0 done, 1 could not, 2 wrong use, 3 denied, 4 waits for a person, 5 no node is running, 6 the tables differ from the ledger.",
      "A time is `90s`, `30m`, `2h`, `7d` or a date such as `2026-12-31T18:00`.",
    ],
    everywhere: "Flags of every command",
    head: ["command", "flags", ""],
  },
  zh: {
    title: "命令",
    lead: [
      "`hufu` 的全部命令；在克隆的仓库中写作 `npx hufu`。`hufu 命令 --help` 在终端显示同样的内容。",
      "退出码：0 完成，1 未能完成，2 用法有误，3 被拒绝，4 等待批准，5 没有正在运行的节点，6 数据表与账本不符。",
      "时间写作 `90s`、`30m`、`2h`、`7d`，或 `2026-12-31T18:00` 这样的日期。",
    ],
    everywhere: "所有命令的选项",
    head: ["命令", "选项", "说明"],
  },
} as const

/** The page of every command. */
export async function commandsPage(language: Language): Promise<string> {
  const { title, lead, everywhere, head } = texts[language]
  const rows = (await loadCommands()).map((command) => rowOf(command, language))
  const flags = Object.entries(globalFlags).map(([name, flag]) => [flagOf(name, flag), flag[language]])
  return [
    `# ${title}`,
    ...lead,
    markdownTable(head, rows),
    `## ${everywhere}`,
    markdownTable([head[1], head[2]], flags),
  ].join("\n\n")
}

function rowOf({ name, takes, flags, ...texts }: Command, language: Language): string[] {
  const own = Object.entries(flags).map(([flag, meaning]) => flagOf(flag, meaning))
  return [`\`hufu ${name}${takes ? ` ${takes}` : ""}\``, own.join(" "), texts[language]]
}

function flagOf(name: string, { type, value }: Flag): string {
  return `\`--${name}${type === "string" ? ` ${value ?? "TEXT"}` : ""}\``
}
