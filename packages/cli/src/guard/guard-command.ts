import type { Command } from "../command/command.ts"

/** `hufu guard` as the help shows it. */
export const guardCommand: Command = {
  name: "guard",
  takes: "-- COMMAND ARGS…",
  en: "Stand before a tool server in an MCP client's configuration, so that its every call is governed",
  zh: "置于 MCP 客户端配置中的工具服务器之前，使其每次调用都受管理",
  flags: {
    name: {
      type: "string",
      value: "NAME",
      en: "name of the tool server (from the command)",
      zh: "工具服务器名称（默认取自命令）",
    },
    agent: {
      type: "string",
      value: "AGENT",
      en: "the agent whose client this is (local)",
      zh: "此客户端所属的智能体（local）",
    },
    url: {
      type: "string",
      value: "URL",
      en: "a tool server over HTTP, in place of a command",
      zh: "以 HTTP 工具服务器代替命令",
    },
    header: {
      type: "string",
      multiple: true,
      value: "'NAME: VALUE'",
      en: "sent to that URL with every request; may be repeated",
      zh: "随每个请求发送至该 URL，可重复",
    },
    env: {
      type: "string",
      multiple: true,
      value: "NAME",
      en: "pass on this variable of the environment to the tool server; may be repeated",
      zh: "将该环境变量传给工具服务器，可重复",
    },
    "header-env": {
      type: "string",
      multiple: true,
      value: "'NAME: VARIABLE'",
      en: "the same, with the value of a variable of the environment; may be repeated",
      zh: "同上，值取自该环境变量，可重复",
    },
    vault: {
      type: "string",
      multiple: true,
      value: "NAME",
      en: "the vault holds this variable (with --url: this header) for the server of that --name; may be repeated",
      zh: "该环境变量（使用 --url 时为请求头）已存于 --name 所指服务器的保险库，可重复",
    },
    existing: {
      type: "boolean",
      en: "never start a node, only use one that runs",
      zh: "不启动节点，仅使用已运行的节点",
    },
  },
  more: {
    en: `In the client's configuration, put \`hufu guard --\` before the command:
  {"command": "hufu", "args": ["guard", "--", "npx", "-y", "@modelcontextprotocol/server-filesystem", "/home/ann/notes"]}
Only PATH and the variables that --env names reach the tool server.
An agent that has a credential of its own gives it in HUFU_CREDENTIAL.
Without a node, every request is answered with an error: there is never a way around it.`,
    zh: `在客户端配置的原命令之前加上 \`hufu guard --\`：
  {"command": "hufu", "args": ["guard", "--", "npx", "-y", "@modelcontextprotocol/server-filesystem", "/home/ann/notes"]}
只有 PATH 与 --env 指定的环境变量会传给工具服务器。
持有凭证的智能体通过环境变量 HUFU_CREDENTIAL 提供凭证。
没有节点时，每个请求都会得到错误答复，绝不会绕过虎符直连。`,
  },
  load: async () => (await import("./guard.ts")).guard,
}
