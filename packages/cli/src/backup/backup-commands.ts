import { type Command, secretFlag } from "../command/command.ts"
import { passphraseFlag } from "../keys/passphrase-flag.ts"

/** Keeping, bringing back and removing everything that a node has. */
export const backupCommands: readonly Command[] = [
  {
    name: "backup",
    takes: "FILE",
    en: "Write everything that the node keeps into one file, while it runs or not",
    zh: "将节点的全部数据写入一个文件，节点运行与否均可",
    flags: {
      keys: {
        type: "boolean",
        en: "seal the keys into it with a passphrase, unless --no-keys",
        zh: "用密码短语封存密钥一并备份（--no-keys 则不含密钥）",
      },
      ...passphraseFlag,
    },
    load: async () => (await import("./backup.ts")).backup,
  },
  {
    name: "restore",
    takes: "FILE",
    en: "Make a new data folder from a backup, after checking every byte; everything starts stopped",
    zh: "逐字节校验备份后恢复到新的数据目录；恢复后处于全部停止状态",
    flags: {
      keys: {
        type: "string",
        value: "DIR",
        en: "where ledger.key and vault.key are, for a backup without keys",
        zh: "ledger.key 与 vault.key 所在目录（用于不含密钥的备份）",
      },
      checkpoint: {
        type: "string",
        value: "FILE",
        en: "a later checkpoint of this ledger: the new epoch then states how many entries are lost",
        zh: "该账本较晚的检查点：新纪元将写明丢失的条数",
      },
      ...passphraseFlag,
    },
    load: async () => (await import("./restore.ts")).restore,
  },
  {
    name: "purge",
    en: "Remove the data folder's content, as the person; shows first what goes and what stays",
    zh: "由委托人清除数据目录的内容；先列出将删除与保留的文件",
    flags: {
      "keep-evidence": {
        type: "string",
        value: "DIR",
        en: "first write ledger, checkpoint and public key there, without vault and keys",
        zh: "先将账本、检查点与公钥写入该目录，不含保险库与密钥",
      },
      "dry-run": { type: "boolean", en: "only show it", zh: "仅显示，不删除" },
      ...secretFlag,
    },
    load: async () => (await import("./purge.ts")).purge,
  },
  {
    name: "log compare",
    takes: "FILE",
    en: "Say whether the ledger goes on from a checkpoint that was kept, or from an old receipt's; exit code 1 when it does not",
    zh: "比对保存的检查点或旧回执中的检查点，说明账本是否由其延续；否则退出码为 1",
    flags: {},
    load: async () => (await import("./log-compare.ts")).logCompare,
  },
  {
    name: "log check",
    takes: "DIR",
    en: "Check every byte of evidence that `hufu purge` kept; needs no node",
    zh: "逐字节校验 `hufu purge` 保留的证据，无需节点",
    flags: {},
    load: async () => (await import("./log-check.ts")).logCheck,
  },
]
