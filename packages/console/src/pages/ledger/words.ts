import { bilingual } from "../../words/bilingual.ts"
import { plural, sayNumber } from "../../words/format.ts"

const n = (count: number) => sayNumber(count, "zh")

export const ledgerWords = bilingual(
  {
    title: "Ledger",
    under:
      "Everything that was declared, decided and done, as one Merkle log. An entry holds ids, fixed words, digests and times.",
    checkpoint: "Checkpoint",
    checkpointWhat:
      "The log signs its size and its root. Keep one elsewhere: whoever holds it can tell when the log loses or changes anything before it.",
    key: "Key of the log",
    size: (count: number) => plural(count, "# entry", "# entries"),
    verify: "Check every byte",
    verifying: "The node reads and hashes the whole log again",
    sound: (entries: number, checkpoints: number) =>
      `Sound: ${plural(entries, "# entry", "# entries")}, ${plural(checkpoints, "# signed checkpoint", "# signed checkpoints")}.`,
    unsound: (why: string) => `Not sound: ${why}`,
    scrubFault: "The ledger is not sound",
    scrubFaultWhat:
      "The node found this while it read everything again in the background. It repairs nothing: keep a copy of the data folder, check the disk, then restore a backup. `hufu doctor` says it too.",
    scrubSound: "Read again in the background and found sound: ",
    scrubUnderWay: (entries: number, of: number) =>
      of === 0
        ? "Being read again in the background."
        : `Being read again in the background: ${entries} of ${plural(of, "# entry", "# entries")}.`,
    published: (entries: number) => `Published up to ${plural(entries, "# entry", "# entries")}.`,
    unpublished: (why: string) => `Not published any more: ${why}`,
    here: "The same check in a terminal:",
    witnesses: "Witnesses",
    ledgerIs: "The ledger is ",
    upTo: (size: number) => `, up to ${plural(size, "# entry", "# entries")}`,
    noWitness:
      "Nobody else has seen this ledger, so an older copy of the data folder, or a rewritten one, would not be noticed. Witnesses are named in config.json.",
    witnessWhat: (required: number) =>
      `A state counts as witnessed when ${plural(required, "# witness has", "# witnesses have")} cosigned it.`,
    entries: "Entries",
    from: "From entry",
    go: "Go",
    newest: "Newest",
    older: "Older",
    newer: "Newer",
    empty: { title: "The ledger is empty", what: "The first entry comes with the node's first start." },
    beyond: { title: "There is no entry there", what: "The ledger ends before it.", clear: "To the newest" },
    kinds: {
      statement: "Statement",
      intent: "Intent",
      hold: "Held action",
      approval: "Approval",
      outcome: "Outcome",
    },
    hash: "Leaf hash",
    raw: "Canonical JSON",
    entryPage: {
      link: "Its own page, with its proofs",
      title: (index: string) => `Entry ${index}`,
      byHash: "Entry by its hash",
      under:
        "One entry of the log with the proof that it is there. Everything below was checked in this browser, with the same code that the command uses.",
      ledger: "To the ledger",
      sound: "This entry is sound",
      soundWhat: "It is in the log, unchanged; a C2SP tlog-proof and a COSE receipt both prove it.",
      unsound: "This entry is not sound",
      names: {
        format: "The file",
        entry: "Entry bytes",
        key: "Key of the log",
        checkpoint: "Signature of the checkpoint",
        inclusion: "Leaf hash and inclusion proof",
        cose: "COSE receipt",
      },
      what: "What it says",
      keep: "Keep it, or check it elsewhere",
      download: "Download the entry",
      cli: "In a terminal, from the file alone:",
      forms:
        "Its address with .json, .bin, .cose or .tlog-proof gives programs each form, where they may read the ledger.",
    },
  },
  {
    title: "账本",
    under: "声明、裁定与所做的一切，汇为一部 Merkle 日志。条目只含编号、固定词语、摘要与时间。",
    checkpoint: "检查点",
    checkpointWhat: "日志签署自己的规模与根。请在别处保存一份：持有者能看出此前的内容是否丢失或改动。",
    key: "账本公钥",
    size: (count: number) => `${n(count)} 个条目`,
    verify: "逐字节校验",
    verifying: "节点正在重新读取整部日志并计算哈希",
    sound: (entries: number, checkpoints: number) =>
      `完好：${n(entries)} 个条目，${n(checkpoints)} 个签名检查点。`,
    unsound: (why: string) => `有误：${why}`,
    scrubFault: "账本有误",
    scrubFaultWhat:
      "节点在后台重新读取全部内容时发现此错误。它不作任何修复：请先保留数据目录副本，检查磁盘，再恢复备份。`hufu doctor` 也会指出。",
    scrubSound: "后台已重新读取，结果完好，时间：",
    scrubUnderWay: (entries: number, of: number) =>
      of === 0 ? "后台正在重新读取。" : `后台正在重新读取：${n(entries)} / ${n(of)} 个条目。`,
    published: (entries: number) => `已发布 ${n(entries)} 个条目。`,
    unpublished: (why: string) => `已停止发布：${why}`,
    here: "在终端中作同样的校验：",
    witnesses: "见证方",
    ledgerIs: "账本状态：",
    upTo: (size: number) => `，至第 ${n(size)} 个条目`,
    noWitness:
      "没有其他人见过本账本：若数据目录被换成较旧的副本或被改写，将无从察觉。见证方在 config.json 中指定。",
    witnessWhat: (required: number) => `至少 ${n(required)} 个见证方联署，才算经见证。`,
    entries: "条目",
    from: "起始条目",
    go: "前往",
    newest: "最新",
    older: "较早",
    newer: "较新",
    empty: { title: "账本为空", what: "节点首次启动时写入第一个条目。" },
    beyond: { title: "此处没有条目", what: "账本在此之前结束。", clear: "前往最新" },
    kinds: { statement: "声明", intent: "意图", hold: "待批", approval: "批准", outcome: "结果" },
    hash: "叶哈希",
    raw: "规范 JSON",
    entryPage: {
      link: "单独页面及其证明",
      title: (index: string) => `条目 ${index}`,
      byHash: "按哈希查到的条目",
      under: "日志的一个条目及其在册证明。以下各步均在本浏览器中校验，所用代码与命令行相同。",
      ledger: "查看账本",
      sound: "该条目有效",
      soundWhat: "它在账本中且未被改动，C2SP tlog-proof 与 COSE 回执均可证明。",
      unsound: "该条目无效",
      names: {
        format: "文件",
        entry: "条目字节",
        key: "账本公钥",
        checkpoint: "检查点签名",
        inclusion: "叶哈希与包含证明",
        cose: "COSE 回执",
      },
      what: "条目内容",
      keep: "保存或另行校验",
      download: "下载条目",
      cli: "在终端中，仅凭文件：",
      forms: "在网址后加 .json、.bin、.cose 或 .tlog-proof，有权读取账本的程序即可取得各种形式。",
    },
  },
)
