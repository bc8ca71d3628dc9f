import type { Language } from "@hufu/core/words"
import { type Command, type Flags, globalFlags } from "./command/command.ts"
import { asCalled, calledAs } from "./terminal/called-as.ts"
import { widthOf } from "./terminal/table.ts"

const texts = {
  en: {
    lead: "Hufu (虎符): an open registry, gateway and ledger for AI agents",
    use: "Use:",
    commands: "Commands:",
    flags: "Flags:",
    everywhere: "Flags of every command:",
    more: "`hufu COMMAND --help` says more about one.",
    codes:
      "Exit codes: 0 done, 1 could not, 2 wrong use, 3 denied, 4 waits for a person, 5 no node is running, 6 the tables differ from the ledger.",
  },
  zh: {
    lead: "虎符（Hufu）：开放的智能体登记、网关与账本",
    use: "用法：",
    commands: "命令：",
    flags: "选项：",
    everywhere: "所有命令的选项：",
    more: "`hufu 命令 --help` 显示该命令的说明。",
    codes:
      "退出码：0 完成，1 未能完成，2 用法有误，3 被拒绝，4 等待批准，5 没有正在运行的节点，6 数据表与账本不符。",
  },
} as const

/** Every command, one line each. */
export function showHelp(commands: readonly Command[], language: Language): void {
  const text = texts[language]
  const rows = commands.map((command): [string, string] => [usageOf(command), command[language]])
  write(
    text.lead,
    "",
    text.commands,
    ...aligned(rows),
    "",
    text.everywhere,
    ...flagLines(globalFlags, language),
    "",
    asCalled(text.more),
    text.codes,
  )
}

/** One command with its flags. */
export function showCommandHelp(command: Command, language: Language): void {
  const text = texts[language]
  const own =
    Object.keys(command.flags).length === 0 ? [] : ["", text.flags, ...flagLines(command.flags, language)]
  const more = command.more ? ["", command.more[language]] : []
  write(
    command[language],
    "",
    `${text.use} ${calledAs()} ${usageOf(command)}`,
    ...own,
    "",
    text.everywhere,
    ...flagLines(globalFlags, language),
    ...more,
  )
}

function usageOf({ name, takes }: Command): string {
  return takes ? `${name} ${takes}` : name
}

function flagLines(flags: Flags, language: Language): string[] {
  return aligned(
    Object.entries(flags).map(([name, flag]) => {
      const short = flag.short ? `-${flag.short}, ` : ""
      return [`${short}--${name}${flag.type === "string" ? ` ${flag.value ?? "TEXT"}` : ""}`, flag[language]]
    }),
  )
}

function aligned(rows: readonly [string, string][]): string[] {
  const width = Math.min(44, Math.max(...rows.map(([left]) => widthOf(left))))
  return rows.map(([left, right]) => `  ${left}${" ".repeat(Math.max(0, width - widthOf(left)))}  ${right}`)
}

function write(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`)
}
