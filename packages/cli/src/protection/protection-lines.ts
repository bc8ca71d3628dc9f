import type { PackRecord, ShownProtection } from "@hufu/core/contract/protection"
import { ageBandWords, sayFigure, sayMinor, sayMinutes } from "@hufu/core/contract/say-figure"
import type { Language } from "@hufu/core/words"
import { asCalled } from "../terminal/called-as.ts"
import { oneLine } from "../terminal/one-line.ts"
import { table } from "../terminal/table.ts"

const words = {
  en: {
    head: ["PERSON", "AGE", "", "GUARDIAN", "CONSENT", "TODAY", "PAID THIS MONTH", "ZONE", "AGENTS", "ID"],
    none: "Nobody is described yet: `hufu protection set NAME --band adult` says how old somebody is.",
    unknown: "unknown",
    bases: { declared: "declared", verified: "verified" },
    years: (age: number) => String(age),
    yes: "yes",
    no: "no",
    every: "all others",
    figureHead: ["FIGURE", "", "MARK", "WHAT", "SOURCE"],
    marks: { verified: "verified", unverified: "UNVERIFIED", operator: "yours" },
    inForce: (servers: string) => `in force for ${servers}`,
    everywhere: "all servers and conversations",
    off: "not in force",
    rules: (count: number) => `${count} rules`,
    removed: (name: string) =>
      `What was said of ${name} is removed; whom their agents serve is unknown again.`,
  },
  zh: {
    head: ["人员", "年龄", "", "监护人", "同意", "今日", "本月付款", "时区", "智能体", "标识"],
    none: "尚无人员说明：`hufu protection set NAME --band adult` 可说明某人的年龄。",
    unknown: "未知",
    bases: { declared: "自述", verified: "已核验" },
    years: (age: number) => `${age} 周岁`,
    yes: "是",
    no: "否",
    every: "其余全部",
    figureHead: ["数字", "", "标记", "含义", "出处"],
    marks: { verified: "已核实", unverified: "未核实", operator: "您设定" },
    inForce: (servers: string) => `对 ${servers} 生效`,
    everywhere: "所有服务器与对话",
    off: "未生效",
    rules: (count: number) => `${count} 条规则`,
    removed: (name: string) => `有关 ${name} 的说明已移除；其智能体为谁服务重新变为未知。`,
  },
} as const

/** Persons, one on a line. */
export function protectionLines(
  { items }: { items: readonly ShownProtection[] },
  language: Language,
): string[] {
  const say = words[language]
  if (items.length === 0) return [asCalled(say.none)]
  return table(
    say.head,
    items.map((each) => [
      each.name,
      ageOf(each, language),
      each.age === null ? "" : say.bases[each.basis],
      oneLine(each.guardian),
      each.consent ? say.yes : say.no,
      sayMinutes(each.use.todaySeconds, language),
      Object.entries(each.use.spentMonth)
        .map(([currency, amount]) => sayMinor(amount, currency, language))
        .join(", "),
      each.zone,
      each.agents.length === 0 ? say.every : each.agents.join(" "),
      each.id,
    ]),
  )
}

export function removedLines({ name }: ShownProtection, language: Language): string[] {
  return [words[language].removed(name)]
}

/** Packs, each with its figures; those that no source backs are marked. */
export function packLines({ items }: { items: readonly PackRecord[] }, language: Language): string[] {
  const say = words[language]
  return items.flatMap(({ name, title, servers, rules, currency, figures }, at) => [
    ...(at === 0 ? [] : [""]),
    `${name}: ${title[language]} (${[say.rules(rules), whereOf(servers, language)].join(", ")})`,
    ...(figures.length === 0
      ? []
      : table(
          say.figureHead,
          figures.map((figure) => [
            figure.name,
            sayFigure(figure, currency, language),
            say.marks[figure.mark],
            figure.about[language],
            figure.source[language],
          ]),
        ).map((line) => `  ${line}`)),
  ])
}

function ageOf({ born, band, age }: ShownProtection, language: Language): string {
  if (born !== null && age !== null) return words[language].years(age)
  return band === null ? words[language].unknown : ageBandWords[language][band]
}

function whereOf(servers: readonly string[], language: Language): string {
  const say = words[language]
  if (servers.length === 0) return say.off
  return say.inForce(servers.includes("*") ? say.everywhere : servers.join(", "))
}
