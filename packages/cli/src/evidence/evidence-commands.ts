import type { Command } from "../command/command.ts"

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
        value: "arguments,tool",
        en: "what it discloses: arguments, tool, facts (nothing)",
        zh: "披露哪些内容：arguments、tool、facts（默认不披露）",
      },
    },
    load: async () => (await import("./receipt.ts")).receipt,
  },
  {
    name: "verify",
    takes: "FILE",
    en: "Check a receipt offline, step by step; exit code 1 when it is not sound",
    zh: "离线逐步校验回执；无效时退出码为 1",
    flags: {
      key: {
        type: "string",
        multiple: true,
        value: "VKEY",
        en: "a log key that you trust; may be repeated",
        zh: "您信任的账本公钥，可重复",
      },
      witness: {
        type: "string",
        multiple: true,
        value: "VKEY",
        en: "a witness key that you know; may be repeated",
        zh: "您认可的见证方公钥，可重复",
      },
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
    en: "Check every byte of the ledger; exit code 1 when it is not sound",
    zh: "逐字节校验账本；有误时退出码为 1",
    flags: {},
    load: async () => (await import("./log-verify.ts")).logVerify,
  },
]
