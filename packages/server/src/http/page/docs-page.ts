import { type Operation, type Scope, takenBy } from "@hufu/core/contract/operation"
import { failureCodes } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { z } from "zod"
import { html, type Markup } from "./html.ts"
import { layout } from "./layout.ts"

const texts = {
  en: {
    title: "What a node can be asked",
    lead: "The same table makes the routes, the commands, the SDK and",
    takes: "Takes",
    gives: "Gives",
    command: "Command",
    optional: "optional",
    nothing: "nothing",
    socketOnly: "only over the local socket, never over HTTP",
    stream: "a stream of server-sent events",
    scope: {
      public: "anyone who reaches the node",
      local: "this computer's user over the local socket, a browser that was let in, or the person",
      person: "the person, who proved it within the last minute",
      hook: "a hook's credential, or the person",
      agent: "an agent's own credential, or the person",
      developer: "an organisation that signed in, for its own registrations, or the person",
    },
    problems: "Problems",
    problemsLead: "Every refusal is a problem document (RFC 9457) with one of these codes.",
    columns: ["Code", "Status", "Meaning"],
  },
  zh: {
    title: "节点接口说明",
    lead: "同一张表生成路由、命令、SDK 以及",
    takes: "输入",
    gives: "输出",
    command: "命令",
    optional: "可选",
    nothing: "无",
    socketOnly: "仅限本机套接字，不可经 HTTP",
    stream: "服务器发送事件流",
    scope: {
      public: "任何可访问节点者",
      local: "经本机套接字的本机用户、已允许进入的浏览器，或委托人",
      person: "一分钟内已证明身份的委托人",
      hook: "钩子凭证，或委托人",
      agent: "智能体自己的凭证，或委托人",
      developer: "已登录的机构（仅限其自己的登记），或委托人",
    },
    problems: "问题代码",
    problemsLead: "每个拒绝都是一份问题文档（RFC 9457），带有以下代码之一。",
    columns: ["代码", "状态码", "含义"],
  },
} as const

/** The reference of the control plane as one readable page. */
export function docsPage(table: Readonly<Record<string, Operation>>, lang: Language): string {
  const text = texts[lang]
  const rows = Object.entries(failureCodes).map(
    ([code, known]) =>
      html`<tr>
        <td><code>${code}</code></td>
        <td>${known.status}</td>
        <td>${known[lang]}</td>
      </tr>`,
  )
  const head = text.columns.map((column) => html`<th scope="col">${column}</th>`)
  const body = html` <p>${text.lead} <a href="/openapi.json">OpenAPI 3.1</a>.</p>
    ${Object.entries(table).map(([id, operation]) => sectionOf(id, operation, lang))}
    <h2 id="problems">${text.problems}</h2>
    <p>${text.problemsLead}</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`
  return layout({ lang, title: text.title, body })
}

function sectionOf(id: string, operation: Operation, lang: Language): Markup {
  const text = texts[lang]
  const scope: Scope = operation.scope
  return html`<section>
    <h2 id="${id}">${operation[lang]}</h2>
    <p>
      <code>${operation.method} ${operation.path}</code>
      <span class="note"
        >${id};
        ${text.scope[scope]}${operation.socketOnly ? `; ${text.socketOnly}` : ""}${operation.stream ? `; ${text.stream}` : ""}</span
      >
    </p>
    <p>${text.takes}: ${membersOf(operation.input, "input", lang)}</p>
    <p>${text.gives}: ${membersOf(operation.output, "output", lang)}</p>
    ${operation.command ? html`<p>${text.command}: <code>hufu ${`${operation.command.name} ${takenBy(operation.command)}`.trim()}</code></p>` : ""}
  </section>`
}

function membersOf(schema: z.ZodType, io: "input" | "output", lang: Language): Markup {
  const text = texts[lang]
  const shape = z.toJSONSchema(schema, { io, unrepresentable: "any" })
  const members = Object.entries(shape.properties ?? {})
  if (members.length === 0) return html`${shape.type === "object" ? text.nothing : "JSON"}`
  const items = members.map(([name, member]) => {
    const optional = io === "input" && !(shape.required ?? []).includes(name)
    return html`<code>${name}</code> ${kindOf(member)}${optional ? ` (${text.optional})` : ""} `
  })
  return html`${items}`
}

function kindOf(schema: z.core.JSONSchema._JSONSchema): string {
  if (typeof schema === "boolean") return "JSON"
  if (schema.enum) return schema.enum.map(String).join(" | ")
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindOf))].join(" | ")
  if (schema.type === "array") return "[]"
  return typeof schema.type === "string" ? schema.type : "JSON"
}
