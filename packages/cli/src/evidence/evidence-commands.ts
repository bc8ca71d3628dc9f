import type { Command } from "../command/command.ts"

/** By whom a checkpoint may be cosigned, for whatever verifies one. */
const witnessKeys = {
  type: "string",
  multiple: true,
  value: "VKEY",
  en: "a witness key that you know; may be repeated",
  zh: "您认可的见证方公钥，可重复",
} as const

/** Why something happened, and the evidence of it. */
export const evidenceCommands: readonly Command[] = [
  {
    name: "why",
    takes: "ACTION",
    en: "Say in plain words why an action was allowed, asked or denied",
    zh: "用平实的语言说明裁定理由",
    flags: {},
    load: async () => (await import("./why.ts")).why,
  },
  {
    name: "receipt",
    takes: "ACTION",
    en: "Write the receipt of an action",
    zh: "导出行为回执",
    flags: {
      output: { type: "string", short: "o", value: "FILE", en: "write it to a file", zh: "写入文件" },
      open: {
        type: "string",
        value: "arguments.NAME,tool",
        en: "what it discloses: tool, facts, arguments, or one argument by its name (nothing)",
        zh: "披露哪些内容：tool、facts、arguments，或以名称指定单个参数（默认不披露）",
      },
      trace: {
        type: "boolean",
        en: "all that agents asked of each other for this, joined: from the first order down",
        zh: "智能体为此相互请求的全部，连成链路：自首个指令向下",
      },
      cose: {
        type: "boolean",
        en: "in COSE (RFC 9942) for other tools: each entry's bytes and its receipt",
        zh: "以 COSE（RFC 9942）供其他工具使用：各条目的字节及其回执",
      },
    },
    load: async () => (await import("./receipt.ts")).receipt,
  },
  {
    name: "verify",
    takes: "FILE|URL",
    en: "Check a receipt, a trace, an entry or a bundle, step by step and without a node; exit code 1 when it is not sound",
    zh: "逐步校验回执、链路、条目或证据包，无需节点；无效时退出码为 1",
    flags: {
      key: {
        type: "string",
        multiple: true,
        value: "VKEY",
        en: "a log key that you trust; may be repeated",
        zh: "您信任的账本公钥，可重复",
      },
      witness: witnessKeys,
      witnesses: {
        type: "string",
        value: "N",
        en: "how many of them must have cosigned (0)",
        zh: "至少须有几个见证方联署（0）",
      },
    },
    load: async () => (await import("./verify.ts")).verify,
  },
  {
    name: "log verify",
    en: "Check every byte of the ledger, or of a published log; exit code 1 when it is not sound",
    zh: "逐字节校验账本或已发布的日志；有误时退出码为 1",
    flags: {
      folder: {
        type: "string",
        value: "DIR|URL",
        en: "a published log instead: its folder or its address",
        zh: "改为校验已发布的日志：其目录或网址",
      },
      key: {
        type: "string",
        multiple: true,
        value: "VKEY",
        en: "the key of the published log that you trust; again with its ML-DSA-44 key to ask for its second signature",
        zh: "您信任的该日志公钥；再给其 ML-DSA-44 公钥，则要求第二签名",
      },
      checkpoint: {
        type: "string",
        value: "FILE",
        en: "a checkpoint that you kept, or a receipt that holds one: the published log has to go on from it",
        zh: "您保存的检查点或含有检查点的回执：已发布的日志必须由其延续",
      },
    },
    load: async () => (await import("./log-verify.ts")).logVerify,
  },
  {
    name: "log publish",
    takes: "DIR",
    en: "Write the ledger as plain files (C2SP tlog-tiles), while the node runs or not",
    zh: "将账本写为普通文件（C2SP tlog-tiles），节点运行与否均可",
    flags: {},
    load: async () => (await import("./log-publish.ts")).logPublish,
  },
  {
    name: "log export",
    en: "Write a range of the ledger for an auditor: as a bundle that proves itself, or as a view (OCSF, CSV)",
    zh: "为审计导出一段账本：可自证的证据包，或视图（OCSF、CSV）",
    flags: {
      from: { type: "string", value: "N", en: "the first entry (0)", zh: "首个条目（0）" },
      to: { type: "string", value: "N", en: "up to but not this entry (all)", zh: "到此条目之前（全部）" },
      open: {
        type: "string",
        multiple: true,
        value: "arguments.NAME,tool",
        en: "what of each action is disclosed, as for a receipt (nothing); may be repeated",
        zh: "每个行为披露哪些内容，写法同回执（默认不披露），可重复",
      },
      format: { type: "string", value: "bundle|ocsf|csv", en: "its form (bundle)", zh: "格式（bundle）" },
      output: { type: "string", short: "o", value: "FILE", en: "write it to a file", zh: "写入文件" },
    },
    load: async () => (await import("./log-export.ts")).logExport,
  },
  {
    name: "log watch",
    takes: "URL|FOLDER|node",
    en: "Follow a log and alert on a fork, a rollback, bad entries, or entries about an agent",
    zh: "跟随日志：出现分叉、回滚、有误的条目或与某智能体有关的条目时告警",
    flags: {
      key: {
        type: "string",
        multiple: true,
        value: "VKEY",
        en: "the log's key that you trust; again with its ML-DSA-44 key to ask for its second signature",
        zh: "您信任的该日志公钥；再给其 ML-DSA-44 公钥，则要求第二签名",
      },
      agent: {
        type: "string",
        multiple: true,
        value: "NAME|ID",
        en: "also alert on entries about this agent; may be repeated; a published log knows ids alone",
        zh: "与该智能体有关的条目也告警，可重复；已发布的日志只有编号",
      },
      witness: witnessKeys,
      witnesses: {
        type: "string",
        value: "N",
        en: "how many of them must have cosigned (1 if any is given)",
        zh: "至少须有几个见证方联署（给出公钥时为 1）",
      },
      stale: {
        type: "string",
        value: "MINUTES",
        en: "alert when nothing new came for so long (1440)",
        zh: "多久没有新内容即告警（1440 分钟）",
      },
      every: { type: "string", value: "SECONDS", en: "how often to look (30)", zh: "查看间隔（30 秒）" },
      once: {
        type: "boolean",
        en: "look once; exit code 1 on any alert",
        zh: "只查看一次；有告警时退出码为 1",
      },
      state: {
        type: "string",
        value: "FILE",
        en: "where it remembers what it saw",
        zh: "保存所见内容的文件",
      },
    },
    load: async () => (await import("./log-watch.ts")).logWatch,
  },
]
