import { type Command, type Flag, secretFlag } from "./command/command.ts"
import { demoCommand } from "./demo/demo-command.ts"
import { guardCommand } from "./guard/guard-command.ts"
import { hookCommands } from "./hook/hook-commands.ts"
import { serveCommand } from "./serve/serve-command.ts"

const demo: Flag = { type: "boolean", en: "mark it as part of a demonstration", zh: "标记为演示" }
const env: Flag = {
  type: "string",
  multiple: true,
  value: "NAME",
  en: "pass on this variable of the environment; may be repeated",
  zh: "传入该环境变量，可重复",
}

/** The commands that are more than one row of the contract. Each is loaded when it runs. */
export const handWritten: readonly Command[] = [
  serveCommand,
  guardCommand,
  demoCommand,
  ...hookCommands,
  {
    name: "enrol",
    en: "Choose the terminal secret, once: it approves, and it is not on disk",
    zh: "设置终端口令（仅一次）：用于批准，不存盘",
    flags: secretFlag,
    load: async () => (await import("./person/enrol.ts")).enrol,
  },
  {
    name: "secret change",
    en: "Change the terminal secret",
    zh: "更换终端口令",
    flags: {
      "secret-stdin": {
        type: "boolean",
        en: "read the old secret and the new one from two lines of standard input",
        zh: "从标准输入的两行读取旧口令与新口令",
      },
    },
    load: async () => (await import("./person/change-secret.ts")).changeSecret,
  },
  {
    name: "server add",
    takes: "NAME",
    en: "Register a tool server that is reached over HTTP",
    zh: "登记通过 HTTP 访问的工具服务器",
    flags: {
      url: { type: "string", value: "URL", en: "where it is", zh: "地址" },
      header: {
        type: "string",
        multiple: true,
        value: "'NAME: VALUE'",
        en: "sent with every request; the agent never sees it; may be repeated",
        zh: "随每个请求发送，智能体不可见，可重复",
      },
      demo,
      ...secretFlag,
    },
    load: async () => (await import("./server/server-add.ts")).serverAdd,
  },
  {
    name: "server command",
    takes: "NAME -- COMMAND ARGS…",
    en: "Register a tool server that is a command",
    zh: "登记以命令启动的工具服务器",
    flags: {
      folder: { type: "string", value: "DIR", en: "where it starts (here)", zh: "启动目录（当前目录）" },
      env,
      demo,
      ...secretFlag,
    },
    load: async () => (await import("./server/server-command.ts")).serverCommand,
  },
]
