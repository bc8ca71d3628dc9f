import type { Flags } from "../command/command.ts"

/** The flag of every command that seals or unseals with a passphrase. */
export const passphraseFlag = {
  "passphrase-stdin": {
    type: "boolean",
    en: "read the passphrase from the first line of standard input",
    zh: "从标准输入首行读取密码短语",
  },
} as const satisfies Flags
