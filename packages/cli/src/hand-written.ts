import { type Command, type Flag, secretFlag } from "./command/command.ts"
import { caCommands } from "./ca/ca-commands.ts"
import { demoCommand } from "./demo/demo-command.ts"
import { doctorCommand } from "./doctor/doctor-command.ts"
import { connectCommands } from "./connect/connect-commands.ts"
import { approvalCommands } from "./approval/approval-commands.ts"
import { backupCommands } from "./backup/backup-commands.ts"
import { evidenceCommands } from "./evidence/evidence-commands.ts"
import { guardCommand } from "./guard/guard-command.ts"
import { hookCommands } from "./hook/hook-commands.ts"
import { keysCommands } from "./keys/keys-commands.ts"
import { mandateCommands } from "./mandate/mandate-commands.ts"
import { placeCommands } from "./place/place-commands.ts"
import { registrationCommands } from "./registration/registration-commands.ts"
import { replayCommand } from "./replay/replay-command.ts"
import { rulesCommands } from "./rules/rules-commands.ts"
import { serveCommand } from "./serve/serve-command.ts"
import { stateCommands } from "./state/state-commands.ts"
import { serviceCommands } from "./service/service-commands.ts"
import { syncCommands } from "./sync/sync-commands.ts"
import { witnessCommands } from "./witness/witness-commands.ts"

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
  ...connectCommands,
  demoCommand,
  doctorCommand,
  ...approvalCommands,
  ...mandateCommands,
  ...placeCommands,
  ...caCommands,
  ...registrationCommands,
  ...syncCommands,
  ...evidenceCommands,
  replayCommand,
  ...rulesCommands,
  ...stateCommands,
  ...backupCommands,
  ...keysCommands,
  ...serviceCommands,
  ...hookCommands,
  ...witnessCommands,
  {
    name: "docs",
    en: "Say where the guide that ships with Hufu is read, without a network",
    zh: "指出随虎符提供的指南在何处阅读（无需联网）",
    flags: {},
    load: async () => (await import("./docs/docs.ts")).docs,
  },
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
    en: "Register a tool server, or an agent elsewhere (a partner), that is reached over HTTP",
    zh: "登记通过 HTTP 访问的工具服务器，或他处的智能体（协作方）",
    flags: {
      protocol: {
        type: "string",
        value: "mcp|a2a|aip",
        en: "what it speaks; mcp, a tool server, by default",
        zh: "其使用的协议；默认为 mcp，即工具服务器",
      },
      agent: {
        type: "string",
        value: "AGENT",
        en: "the agent of this node that answers there: then it may act under what it is asked",
        zh: "在该处应答的本节点智能体：它可以依据所受的请求行事",
      },
      aic: {
        type: "string",
        value: "AIC",
        en: "the identity code of a partner: then nobody else answers for it",
        zh: "协作方的身份码；此后他人不得代其应答",
      },
      url: { type: "string", value: "URL", en: "where it is", zh: "地址" },
      "header-env": {
        type: "string",
        multiple: true,
        value: "'NAME: VARIABLE'",
        en: "the same with the value of a variable, which no list of processes shows; may be repeated",
        zh: "同上，但值取自环境变量，不会出现在进程列表中，可重复",
      },
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
  {
    name: "agent create",
    takes: "NAME",
    en: "Create an agent and show its credential once",
    zh: "创建智能体并仅显示一次其凭证",
    flags: {
      credential: {
        type: "boolean",
        en: "issue a credential, unless --no-credential",
        zh: "签发凭证（--no-credential 则不签发）",
      },
      days: {
        type: "string",
        value: "N",
        en: "how long the credential lasts (90)",
        zh: "凭证有效天数（90）",
      },
      demo,
      ...secretFlag,
    },
    load: async () => (await import("./agent/issue-credential.ts")).agentCreate,
  },
  {
    name: "credential issue",
    takes: "AGENT",
    en: "Issue a credential and show it once",
    zh: "签发凭证并仅显示一次",
    flags: {
      kind: { type: "string", value: "agent|hook", en: "what it is for (agent)", zh: "用途（agent）" },
      days: { type: "string", value: "N", en: "how long it lasts (90)", zh: "有效天数（90）" },
      ...secretFlag,
    },
    load: async () => (await import("./agent/issue-credential.ts")).credentialIssue,
  },
  {
    name: "tool confirm",
    takes: "SERVER TOOL",
    en: "Look at a tool's profile and confirm it, or set your own, for exactly this definition",
    zh: "查看并确认工具画像，或设为自定义，仅对当前定义有效",
    flags: {
      file: {
        type: "string",
        value: "FILE",
        en: "set the profile in this file (JSON) instead",
        zh: "改设此文件中的画像（JSON）",
      },
      definition: {
        type: "string",
        value: "DIGEST",
        en: "only if the definition still has this digest",
        zh: "仅当定义仍为此摘要时",
      },
      ...secretFlag,
    },
    load: async () => (await import("./tool/tool-confirm.ts")).toolConfirm,
  },
  {
    name: "stop",
    en: "Stop every agent at every door, at once, or lift the stop",
    zh: "立即停止所有智能体，或解除停止",
    flags: {
      all: { type: "boolean", en: "stop everything", zh: "全部停止" },
      lift: { type: "boolean", en: "lift the stop, as the person", zh: "由委托人解除停止" },
      reason: { type: "string", value: "TEXT", en: "why", zh: "原因" },
      ...secretFlag,
    },
    load: async () => (await import("./stop/stop.ts")).stop,
  },
  {
    name: "config schema",
    en: "Print the JSON Schema of config.json",
    zh: "输出 config.json 的 JSON Schema",
    flags: {},
    load: async () => (await import("./config/config-schema.ts")).configSchema,
  },
  {
    name: "rules validate",
    takes: "FILE",
    en: "Check rules without loading them; `-` is standard input",
    zh: "校验规则（不加载）；`-` 为标准输入",
    flags: {},
    load: async () => (await import("./config/rules-validate.ts")).rulesValidate,
  },
]
