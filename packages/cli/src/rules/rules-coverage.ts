import type { Output } from "@hufu/core/contract/contract"
import type { Language } from "@hufu/core/words"
import { readInput } from "../arguments/input-flags.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { table } from "../terminal/table.ts"

type Page = Output<"rules.coverage">

const texts = {
  en: {
    looked: (decided: number, undecidable: number) =>
      `${decided} decisions were made again under the rules in force${undecidable === 0 ? "." : `; the facts of ${undecidable} more are gone.`}`,
    progress: (entries: number, decided: number) => `${entries} entries, ${decided} decisions …`,
    hits: ["RULE", "MET BY"],
    noHits: "No rule was met.",
    never: "Rules that no action met:",
    noNever: "Every rule was met.",
    unspoken: "Actions that no rule speaks of, so that the mandates alone decide:",
    tools: ["TOOL", "EFFECT", "ACTIONS"],
    noUnspoken: "Of every action some rule speaks.",
  },
  zh: {
    looked: (decided: number, undecidable: number) =>
      `以现行规则重新作出 ${decided} 项裁定${undecidable === 0 ? "。" : `；另有 ${undecidable} 项的事实已不存在。`}`,
    progress: (entries: number, decided: number) => `${entries} 条条目，${decided} 项裁定 …`,
    hits: ["规则", "触及次数"],
    noHits: "没有规则被触及。",
    never: "从未被触及的规则：",
    noNever: "每条规则都曾被触及。",
    unspoken: "没有规则涉及、仅由授权决定的行为：",
    tools: ["工具", "类别", "行为数"],
    noUnspoken: "每项行为都有规则涉及。",
  },
} as const

/** `hufu rules coverage`: looks at the whole range, and says how far it is; in JSON one page of it. */
export async function rulesCoverage(invocation: Invocation): Promise<number> {
  const { json, language } = invocation
  const input = await readInput("rules.coverage", invocation)
  if (json) {
    printJson(await withNode(invocation, (client) => client.rules.coverage(input)))
    return exitCodes.ok
  }
  const total = await withNode(invocation, async (client) => {
    let sum: Page | undefined
    for (let from: number | null = input.from; from !== null;) {
      const page: Page = await client.rules.coverage({ ...input, from })
      sum = sum === undefined ? page : addPage(sum, page)
      from = page.next
      showProgress(sum, language)
    }
    return sum
  })
  if (total !== undefined) printLines(...coverageLines(total, language))
  return exitCodes.ok
}

/** Two pages of one range: a rule that one of them met was met. */
export function addPage(sum: Page, page: Page): Page {
  const add = <T extends { readonly count: number }>(all: readonly T[], keyOf: (item: T) => string): T[] => {
    const found = new Map<string, T>()
    for (const item of all) {
      const known = found.get(keyOf(item))
      found.set(keyOf(item), known === undefined ? item : { ...known, count: known.count + item.count })
    }
    return [...found.values()].toSorted((a, b) => b.count - a.count)
  }
  return {
    policy: page.policy,
    looked: sum.looked + page.looked,
    next: page.next,
    decided: sum.decided + page.decided,
    undecidable: sum.undecidable + page.undecidable,
    hits: add([...sum.hits, ...page.hits], ({ rule }) => rule),
    neverHit: sum.neverHit.filter((rule) => page.neverHit.includes(rule)),
    unspoken: add([...sum.unspoken, ...page.unspoken], ({ server, tool, effect }) =>
      JSON.stringify([server, tool, effect]),
    ),
  }
}

/** On a terminal alone, and on one line that goes away: a file or a pipe gets none of it. */
function showProgress({ looked, decided, next }: Page, language: Language): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(
    next === null ? "\r\u001b[K" : `\r\u001b[K${texts[language].progress(looked, decided)}`,
  )
}

export function coverageLines(
  { decided, undecidable, hits, neverHit, unspoken }: Page,
  language: Language,
): string[] {
  const text = texts[language]
  return [
    text.looked(decided, undecidable),
    "",
    ...(hits.length === 0
      ? [text.noHits]
      : table(
          text.hits,
          hits.map(({ rule, count }) => [rule, String(count)]),
        )),
    "",
    ...(neverHit.length === 0 ? [text.noNever] : [text.never, ...neverHit.map((rule) => `  ${rule}`)]),
    "",
    ...(unspoken.length === 0
      ? [text.noUnspoken]
      : [
          text.unspoken,
          ...table(
            text.tools,
            unspoken.map(({ server, tool, effect, count }) => [`${server}/${tool}`, effect, String(count)]),
          ),
        ]),
  ]
}
