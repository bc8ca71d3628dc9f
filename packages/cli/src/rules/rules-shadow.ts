import type { Output } from "@hufu/core/contract/contract"
import type { Language } from "@hufu/core/words"
import { readInput } from "../arguments/input-flags.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { table } from "../terminal/table.ts"
import { stageLine } from "./stage-line.ts"

const texts = {
  en: {
    none: "There is no draft: `draft` in the configuration names one.",
    looked: (looked: number, changed: number, since: string) =>
      `Since ${since} it has looked at ${looked} actions and would have decided ${changed} of them otherwise.`,
    changes: ["WAS", "WOULD BE", "HOW OFTEN"],
    items: ["TIME", "ACTION", "EFFECT", "TOOL", "WAS", "WOULD BE", "BY"],
    more: (shown: number, changed: number) =>
      `These are the newest ${shown} of ${changed}: --limit shows more, of the last 1,000.`,
  },
  zh: {
    none: "没有草案：在配置的 `draft` 中指定。",
    looked: (looked: number, changed: number, since: string) =>
      `自 ${since} 起已查看 ${looked} 项行为，其中 ${changed} 项本会作出不同裁定。`,
    changes: ["原裁定", "本会为", "次数"],
    items: ["时间", "行为", "类别", "工具", "原裁定", "本会为", "依据"],
    more: (shown: number, changed: number) =>
      `以上为 ${changed} 项中最近的 ${shown} 项；--limit 可显示更多（限最近 1,000 项）。`,
  },
} as const

/** `hufu rules shadow`: what the draft would have decided otherwise. */
export async function rulesShadow(invocation: Invocation): Promise<number> {
  const input = await readInput("rules.shadow", invocation)
  const output = await withNode(invocation, (client) => client.rules.shadow(input))
  if (invocation.json) printJson(output)
  else printLines(...shadowLines(output, invocation.language))
  return exitCodes.ok
}

export function shadowLines(report: Output<"rules.shadow">, language: Language): string[] {
  const text = texts[language]
  if (report.policy === null) return [text.none]
  const { looked, changed, changes, items } = report
  const lines = [
    stageLine(report, language),
    text.looked(looked, changed, new Date(report.since).toISOString().slice(0, 19).replace("T", " ")),
  ]
  if (changed === 0) return lines
  const counted = Object.entries(changes).toSorted(([, a], [, b]) => b - a)
  return [
    ...lines,
    "",
    ...table(
      text.changes,
      counted.map(([change, count]) => [...change.split(" → "), String(count)]),
    ),
    "",
    ...table(
      text.items,
      items.map(({ at, action, effect, server, tool, was, would }) => [
        new Date(at).toISOString().slice(0, 19),
        action,
        effect,
        `${server}/${tool}`,
        was.verdict,
        would.verdict,
        would.rules.join(", ") || "—",
      ]),
    ),
    ...(items.length < changed ? ["", text.more(items.length, changed)] : []),
  ]
}
