import type { Command } from "../command/command.ts"

/** `hufu connect` and `hufu disconnect` as the help shows them. */
export const connectCommands: readonly Command[] = [
  {
    name: "connect",
    takes: "[claude-desktop|claude-code|cursor|vscode|print]",
    en: "Put a client's tool servers behind guards, or show what that would change; alone, list the clients",
    zh: "将客户端的工具服务器置于守卫之后，或显示将作的修改；不带参数则列出客户端",
    flags: {
      write: { type: "boolean", en: "make the change", zh: "执行修改" },
      agent: {
        type: "string",
        value: "AGENT",
        en: "the agent whose client this is (the client's name; with print: local)",
        zh: "此客户端所属的智能体（默认为客户端名称；print 为 local）",
      },
      secret: {
        type: "string",
        multiple: true,
        value: "NAME",
        en: "this variable or header is a secret too; may be repeated",
        zh: "该变量或请求头也是机密，可重复",
      },
      url: {
        type: "string",
        value: "URL",
        en: "with print: a tool server over HTTP",
        zh: "与 print 合用：HTTP 工具服务器",
      },
    },
    more: {
      en: `Without --write nothing is touched. With it, the file stays as it is but for the entries of its tool servers;
secrets in their variables and headers move into the vault.
  hufu connect cursor
  hufu connect cursor --write
  hufu connect print -- npx -y @modelcontextprotocol/server-memory`,
      zh: `没有 --write 时不修改任何内容。执行时，除工具服务器条目外文件保持原样；其变量与请求头中的机密移入保险库。
  hufu connect cursor
  hufu connect cursor --write
  hufu connect print -- npx -y @modelcontextprotocol/server-memory`,
    },
    load: async () => (await import("./connect.ts")).connect,
  },
  {
    name: "disconnect",
    takes: "[CLIENT]",
    en: "Put back what `hufu connect` changed, and nothing else",
    zh: "恢复 `hufu connect` 所作的修改，其他内容不变",
    flags: {
      all: { type: "boolean", en: "in every client", zh: "全部客户端" },
      force: {
        type: "boolean",
        en: "also entries that you changed since, which are shown",
        zh: "包括您之后修改过的条目（会显示差异）",
      },
      whole: {
        type: "boolean",
        en: "put the whole file back from the backup; later edits are lost",
        zh: "用备份恢复整个文件；之后的修改会丢失",
      },
    },
    load: async () => (await import("./disconnect.ts")).disconnect,
  },
]
