import { failureCodes } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { markdownTable } from "./markdown-table.ts"

const texts = {
  en: {
    title: "Errors",
    lead: [
      "Whatever Hufu could not do is a failure with one of these codes. A code is never renamed and never used for something else, so programs can key on it.",
      "Over HTTP a failure is an RFC 9457 problem document (`application/problem+json`) with the members `type`, `title`, `status`, `detail`, `code` and `requestId`; `detail` is one sentence that says what to do next. On the command line it is that sentence and the code.",
      "A verdict is not a failure: an action that is denied or that waits for a person is answered in the terms of its protocol ([MCP](mcp.md)).",
    ],
    head: ["code", "HTTP status", "meaning"],
  },
  zh: {
    title: "错误代码",
    lead: [
      "虎符未能完成的事，都以下列代码之一表示。代码永不改名、永不挪作他用，程序可以据此判断。",
      "经 HTTP 返回时为 RFC 9457 问题文档（`application/problem+json`），成员有 `type`、`title`、`status`、`detail`、`code` 和 `requestId`；`detail` 是一句话，说明下一步该做什么。命令行则显示这句话和代码。",
      "裁定不是错误：被拒绝或等待批准的行为，按其协议的方式答复（见 [MCP](mcp.md)）。",
    ],
    head: ["代码", "HTTP 状态码", "含义"],
  },
} as const

/** The page of every failure code. */
export function errorsPage(language: Language): string {
  const { title, lead, head } = texts[language]
  const rows = Object.entries(failureCodes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, failure]) => [`\`${code}\``, String(failure.status), failure[language]])
  return [`# ${title}`, ...lead, markdownTable(head, rows)].join("\n\n")
}
