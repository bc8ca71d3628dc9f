import { contract } from "@hufu/core/contract/contract"
import { type Operation, type Scope, takenBy } from "@hufu/core/contract/operation"
import type { Language } from "@hufu/core/words"
import { z } from "zod"
import { markdownTable } from "./markdown-table.ts"

const texts = {
  en: {
    title: "Operations",
    lead: [
      "Everything that a node can be asked, from the one table that routes, validation, OpenAPI, the client and the commands are made of. A running node shows it at `/docs` and, with every schema, at `/openapi.json`.",
      "**Who may call.** *Anyone*: whoever reaches the node. *This computer*: a process of the same operating-system user, over the local socket, or a browser that a sign-in link let in; it may look and may narrow, never widen. *The person*: somebody who has given the terminal secret, or used a passkey, within the last minute. *A hook*: a hook credential. *The agent itself*: a credential of that agent, for what concerns that agent alone. *A developer*: an organisation that signed in at its own issuer, for its own registrations alone. The person may do whatever this computer may. *Socket only* means never over HTTP. *Stream* means server-sent events, each of which has an id to go on from.",
    ],
    head: ["operation", "request", "input (`?` may be left out)", "who", "command", ""],
    scopes: {
      public: "anyone",
      local: "this computer",
      person: "the person",
      hook: "a hook, the person",
      agent: "the agent itself, the person",
      developer: "a developer, the person",
    },
    socketOnly: "socket only",
    stream: "stream",
  },
  zh: {
    title: "操作",
    lead: [
      "节点可以被要求做的一切。路由、校验、OpenAPI、客户端和命令都出自同一张表。运行中的节点在 `/docs` 显示它，在 `/openapi.json` 提供全部模式。",
      "**谁可以调用。** 「任何人」：能连到节点的一切程序。「本机」：同一操作系统用户的进程（经本地套接字），或由登录链接允许进入的浏览器；可以查看、可以收窄，不能放宽。「本人」：一分钟内输入过终端口令或使用过通行密钥的人。「钩子」：持有钩子凭证的程序。「智能体自身」：持有该智能体凭证者，仅限与该智能体有关之事。「开发者」：在其自有登录方登录的机构，仅限其自己的登记。本机能做的，本人都能做。「仅套接字」：不可经 HTTP。「事件流」：服务器发送事件，每个事件都有可据以继续的 id。",
    ],
    head: ["操作", "请求", "输入（`?` 可省略）", "谁", "命令", "说明"],
    scopes: {
      public: "任何人",
      local: "本机",
      person: "本人",
      hook: "钩子、本人",
      agent: "智能体自身、本人",
      developer: "开发者、本人",
    },
    socketOnly: "仅套接字",
    stream: "事件流",
  },
} as const satisfies Record<Language, { scopes: Record<Scope, string> } & Record<string, unknown>>

/** The page of every operation of the contract. */
export function apiPage(language: Language): string {
  const { title, lead, head } = texts[language]
  const rows = Object.entries(contract).map(([id, operation]) => rowOf(id, operation, language))
  return [`# ${title}`, ...lead, markdownTable(head, rows)].join("\n\n")
}

function rowOf(id: string, operation: Operation, language: Language): string[] {
  const { scopes, socketOnly, stream } = texts[language]
  const { method, path, scope, command } = operation
  const marks = [operation.socketOnly ? socketOnly : "", operation.stream ? stream : ""].filter(Boolean)
  const who = marks.length > 0 ? `${scopes[scope]} (${marks.join(", ")})` : scopes[scope]
  const words = command && `hufu ${command.name} ${takenBy(command)}`.trim()
  return [
    `\`${id}\``,
    `\`${method} ${path}\``,
    inputOf(operation),
    who,
    words ? `\`${words}\`` : "",
    operation[language],
  ]
}

function inputOf({ input }: Operation): string {
  // `z.toJSONSchema` writes an object's members under `properties`.
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" })
  const required = new Set(schema.required)
  const names = Object.keys(schema.properties ?? {})
  return names.map((name) => `\`${name}${required.has(name) ? "" : "?"}\``).join(" ")
}
