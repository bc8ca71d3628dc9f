import type { Command, Flag } from "../command/command.ts"
import { passphraseFlag } from "./passphrase-flag.ts"

const keychain: Flag = {
  type: "boolean",
  en: "keep it in the system's keychain",
  zh: "存入系统钥匙串",
}
const passphrase: Flag = {
  type: "boolean",
  en: "seal it by a passphrase: every start of the node then asks for it",
  zh: "用密码短语封存：此后每次启动节点都会询问",
}

/** Where the keys are, and changing them. The node is stopped for all but the first. */
export const keysCommands: readonly Command[] = [
  {
    name: "keys show",
    en: "Show the ledger's public keys and where the vault's key is kept",
    zh: "显示账本公钥与保险库密钥的保存方式",
    flags: {},
    load: async () => (await import("./keys-show.ts")).keysShow,
  },
  {
    name: "keys seal",
    en: "Keep the vault's key apart from the data: in the keychain, or under a passphrase",
    zh: "将保险库密钥与数据分开保存：存入钥匙串或用密码短语封存",
    flags: { keychain, passphrase, ...passphraseFlag },
    load: async () => (await import("./keys-seal.ts")).keysSeal,
  },
  {
    name: "keys unseal",
    en: "Keep the vault's key as a plain file again",
    zh: "恢复为明文文件保存保险库密钥",
    flags: passphraseFlag,
    load: async () => (await import("./keys-seal.ts")).keysUnseal,
  },
  {
    name: "keys rotate",
    takes: "vault|ledger",
    en: "Replace the key of the vault, or of the ledger",
    zh: "更换保险库或账本的密钥",
    flags: passphraseFlag,
    load: async () => (await import("./keys-rotate.ts")).keysRotate,
  },
]
