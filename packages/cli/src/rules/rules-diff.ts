import type { Output } from "@hufu/core/contract/contract"
import type { Language } from "@hufu/core/words"
import { readInput } from "../arguments/input-flags.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

const texts = {
  en: {
    none: "There is no draft: `draft` in the configuration names one.",
    same: "The draft has the same rules as those in force.",
    is: (added: number, removed: number, changed: number) =>
      `The draft adds ${added}, removes ${removed} and changes ${changed} rules.`,
    digests: (from: string, to: string) => `In force: ${from}\nDraft:    ${to}`,
    added: "adds",
    removed: "removes",
    changed: "changes",
  },
  zh: {
    none: "没有草案：在配置的 `draft` 中指定。",
    same: "草案与现行规则相同。",
    is: (added: number, removed: number, changed: number) =>
      `草案增加 ${added} 条、删除 ${removed} 条、更改 ${changed} 条规则。`,
    digests: (from: string, to: string) => `现行：${from}\n草案：${to}`,
    added: "增加",
    removed: "删除",
    changed: "更改",
  },
} as const

/** `hufu rules diff`: each rule that the draft adds (+), removes (-) or changes (both), with its text. */
export async function rulesDiff(invocation: Invocation): Promise<number> {
  const input = await readInput("rules.diff", invocation)
  const output = await withNode(invocation, (client) => client.rules.diff(input))
  if (invocation.json) printJson(output)
  else printLines(...diffLines(output, invocation.language))
  return exitCodes.ok
}

export function diffLines(
  { from, to, added, removed, changed }: Output<"rules.diff">,
  language: Language,
): string[] {
  const text = texts[language]
  if (to === null) return [text.none]
  if (added.length + removed.length + changed.length === 0) return [text.same]
  return [
    text.is(added.length, removed.length, changed.length),
    ...text.digests(from, to).split("\n"),
    ...added.flatMap((rule) => ["", headOf(text.added, rule), ...marked("+", rule.text)]),
    ...changed.flatMap((rule) => [
      "",
      headOf(text.changed, rule),
      ...changedLines(rule.before.split("\n"), rule.after.split("\n")),
    ]),
    ...removed.flatMap((rule) => ["", headOf(text.removed, rule), ...marked("-", rule.text)]),
  ]
}

function headOf(what: string, { id, layer }: { readonly id: string; readonly layer: string }): string {
  return `${what} ${id} (${layer})`
}

/** A mark before every line of a rule: none passes for one of Hufu's own. */
function marked(mark: string, text: string): string[] {
  return text.split("\n").map((line) => `  ${mark} ${line}`)
}

/** What both begin and end with stands once. */
function changedLines(before: readonly string[], after: readonly string[]): string[] {
  let head = 0
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++
  let tail = 0
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail))
    tail++
  return [
    ...before.slice(0, head).map((line) => `    ${line}`),
    ...before.slice(head, before.length - tail).map((line) => `  - ${line}`),
    ...after.slice(head, after.length - tail).map((line) => `  + ${line}`),
    ...after.slice(after.length - tail).map((line) => `    ${line}`),
  ]
}
