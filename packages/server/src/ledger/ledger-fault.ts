/** The first place at which a ledger is not what it must be. */
export interface LedgerFault {
  readonly table: "entry" | "tile" | "checkpoint" | "open_intent"
  /** The row: an index, `level/n`, a size or an action. */
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
