import type { LogFault } from "@hufu/core/evidence/log-fault"

/** The first place at which a ledger is not what it must be. */
export interface LedgerFault {
  readonly table:
    | "entry"
    | "tile"
    | "checkpoint"
    | "open_intent"
    | "vault"
    | "vault_key"
    | "database"
    | "published"
  /** The row: an index, `level/n`, a size, an action, an id, a subject, or a published file. */
  readonly row: string
  readonly en: string
  readonly zh: string
}

/** Every fault that reading a ledger again can find. */
export const ledgerFault = {
  missingEntry: (index: number) => entry(index, "is missing", "缺失"),
  alteredEntry: (index: number) => entry(index, "does not hash to its leaf", "与其叶哈希不符"),
  unreadableEntry: (index: number) => entry(index, "is not an entry in canonical form", "不是规范格式的条目"),
  misfiledEntry: (index: number) => entry(index, "is filed under something else", "的索引列与内容不符"),
  backwardEntry: (index: number) => entry(index, "is older than the one before it", "的时间早于前一条"),
  wrongTile: (level: number, n: number): LedgerFault => ({
    table: "tile",
    row: `${level}/${n}`,
    en: `tile ${n} of level ${level} does not hold the hashes of the entries under it`,
    zh: `第 ${level} 层第 ${n} 个哈希瓦片与其下条目不符`,
  }),
  unsignedCheckpoint: (size: number) =>
    checkpoint(size, "is not signed by the ledger's key", "不是由本账本密钥签名"),
  wrongCheckpoint: (size: number) =>
    checkpoint(size, "does not have the entries' root", "与条目的根哈希不符"),
  alteredCheckpoint: (size: number) => checkpoint(size, "is not as it was kept", "与保存时不符"),
  damagedCheckpoints: (): LedgerFault => ({
    table: "checkpoint",
    row: "pages",
    en: "the pages that hold the checkpoints are damaged: some cannot be found any more",
    zh: "存放检查点的页面损坏：有检查点已无法找到",
  }),
  malformedVault: (table: "vault" | "vault_key", row: string): LedgerFault => ({
    table,
    row,
    en: `the vault's row \`${row}\` has lost its form`,
    zh: `保险库中 \`${row}\` 一行已不成形`,
  }),
  damagedTables: (entries: number): LedgerFault => ({
    table: "database",
    row: String(entries),
    en: `the database cannot be read on after entry ${entries}: its pages are damaged`,
    zh: `数据库读至第 ${entries} 条后无法继续：页面损坏`,
  }),
  published: ({ file, en, zh }: LogFault): LedgerFault => ({
    table: "published",
    row: file,
    en: `the published log is not sound: ${en}`,
    zh: `已发布的日志无效：${zh}`,
  }),
  wrongOpenIntent: (action: string): LedgerFault => ({
    table: "open_intent",
    row: action,
    en: `the list of actions without an outcome is wrong about ${action}`,
    zh: `未结行为清单中 ${action} 与账本不符`,
  }),
} as const

function entry(index: number, en: string, zh: string): LedgerFault {
  return { table: "entry", row: String(index), en: `entry ${index} ${en}`, zh: `第 ${index} 条${zh}` }
}

function checkpoint(size: number, en: string, zh: string): LedgerFault {
  return {
    table: "checkpoint",
    row: String(size),
    en: `the checkpoint of size ${size} ${en}`,
    zh: `大小为 ${size} 的检查点${zh}`,
  }
}
