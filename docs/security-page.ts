import type { Language } from "@hufu/core/words"
import { markdownTable } from "./markdown-table.ts"
import { agentScan } from "./security/agent-scan-list.ts"
import { aisvs } from "./security/aisvs-list.ts"
import { atlas } from "./security/atlas-list.ts"
import { mcpConformance, mcpPractices, oauth } from "./security/mcp-lists.ts"
import { asi, mcpTopTen } from "./security/owasp-lists.ts"
import type { RowState, SecurityList, SecurityRow } from "./security/security-row.ts"

/** Every list, in the order of the page. */
export const securityLists: readonly SecurityList[] = [
  asi,
  mcpTopTen,
  mcpPractices,
  mcpConformance,
  oauth,
  atlas,
  agentScan,
  aisvs,
]

const texts = {
  en: {
    title: "Lists of attacks",
    lead: [
      "What published lists of attacks and requirements mean here, row by row. Ids and short titles are the lists'; the sentences are ours. A row that holds names tests that would fail if it did not; one that holds in part says what is missing; one that is open is not done; one that does not apply says why.",
      "[Rules](rules.md), [where values come from](provenance.md), [detectors](detectors.md), [invariants](invariants.md) and [SECURITY.md](../../SECURITY.md) say how it is done and where it ends. A test is named by its file and its title, in which `%s` and `%j` stand for what it is repeated with.",
    ],
    head: ["id", "what", "state", "here", "tests"],
    states: { holds: "holds", part: "in part", open: "**open**", none: "does not apply" },
    counted: (counts: string) => `Rows: ${counts}.`,
    and: ", ",
    edition: "Edition",
  },
  zh: {
    title: "攻击清单",
    lead: [
      "已公布的攻击与要求清单在此的含义，逐行说明。编号与短标题出自清单，说明文字为我们所写。「成立」的行列出若不成立即会失败的测试；「部分」说明尚缺什么；「未完成」即尚未实现；「不适用」说明原因。",
      "[规则](rules.md)、[值的来源](provenance.md)、[检测器](detectors.md)、[不变量](invariants.md)与 [SECURITY.md](../../SECURITY.md) 说明如何实现、到何处为止。测试以其文件与标题表示，其中 `%s` 与 `%j` 代表重复执行时的取值。",
    ],
    head: ["编号", "内容", "状态", "在此", "测试"],
    states: { holds: "成立", part: "部分", open: "**未完成**", none: "不适用" },
    counted: (counts: string) => `行数：${counts}。`,
    and: "，",
    edition: "版本",
  },
} as const

const states: readonly RowState[] = ["holds", "part", "open", "none"]

/** The page of every list. */
export function securityPage(language: Language): string {
  const { title, lead, head, edition } = texts[language]
  const sections = securityLists.flatMap((list) => [
    `## ${list[language]}`,
    `${edition}: ${list.source}. ${countedIn(list, language)}`,
    markdownTable(
      head,
      list.rows.map((row) => cells(row, language)),
    ),
  ])
  return [`# ${title}`, ...lead, ...sections].join("\n\n")
}

function cells(row: SecurityRow, language: Language): string[] {
  const tests = row.tests.map(([path, title]) => `\`${path}\` › ${title}`).join("; ")
  return [row.id, row.title, texts[language].states[row.state], row[language], tests]
}

function countedIn({ rows }: SecurityList, language: Language): string {
  const text = texts[language]
  const counts = states.flatMap((state) => {
    const count = rows.filter((row) => row.state === state).length
    return count === 0 ? [] : [`${text.states[state].replaceAll("*", "")} ${count}`]
  })
  return text.counted(counts.join(text.and))
}
