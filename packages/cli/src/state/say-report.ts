import type { RebuildReport, StateDifference, StateFault } from "@hufu/core/contract/state"
import type { Language } from "@hufu/core/words"

const faults: Readonly<Record<StateFault, { readonly en: string; readonly zh: string }>> = {
  missing: { en: "missing in the tables", zh: "数据表中缺失" },
  extra: { en: "not in the ledger", zh: "账本中没有" },
  differs: { en: "differs", zh: "不符" },
  unreadable: { en: "cannot be read", zh: "无法读取" },
  forged: {
    en: "the vault holds something else than the ledger commits to",
    zh: "保险库内容与账本所承诺的不一致",
  },
  damaged: { en: "the vault's content does not open", zh: "保险库内容无法打开" },
  unproven: { en: "is not what this node wrote", zh: "并非本节点写入" },
  lost: {
    en: "gone from the vault, and no statement says that it was erased",
    zh: "已不在保险库中，且没有声明说明其被擦除",
  },
}

const longest = 200

/** What a rebuild has shown, for a person. */
export function sayReport(
  { report, mended, seconds }: { report: RebuildReport; mended: number; seconds: number },
  language: Language,
): string[] {
  const zh = language === "zh"
  const { entries, records, members, differences, differing, fault } = report
  if (fault !== null)
    return [
      zh ? `账本有误，未作比对：${fault.zh}` : `The ledger is NOT sound; nothing was compared: ${fault.en}`,
    ]
  const perSecond = Math.round(entries / Math.max(seconds, 0.001))
  return [
    ...differences.flatMap((difference) => sayDifference(difference, language)),
    ...(differing > differences.length
      ? [
          zh
            ? `……另有 ${differing - differences.length} 处。`
            : `… and ${differing - differences.length} more.`,
        ]
      : []),
    ...countLines(report, zh),
    ...(mended > 0
      ? [
          zh
            ? `已将 ${mended} 条记录改回账本所述。`
            : `${mended} records were brought to what the ledger says.`,
        ]
      : []),
    zh
      ? `由 ${entries} 个条目（每秒 ${perSecond} 个）重建 ${records} 条记录，比对 ${members} 个成员：${differing === 0 ? "一致。" : `${differing} 处不符。`}`
      : `${records} records made again from ${entries} entries (${perSecond} in a second), ${members} members compared: ${differing === 0 ? "the tables agree." : `${differing} differences.`}`,
  ]
}

function sayDifference(
  { kind, id, fault, member, ledger, table, index }: StateDifference,
  language: Language,
) {
  const zh = language === "zh"
  const where = index === null ? "" : zh ? `（条目 ${index}）` : ` (entry ${index})`
  const name = member === null ? "" : zh ? `，成员 ${member}` : `, member ${member}`
  const shown = (label: string, value: unknown) =>
    value === undefined ? [] : [`  ${label} ${cut(JSON.stringify(value))}`]
  return [
    `${kind} ${id}${name}${zh ? "：" : ": "}${faults[fault][language]}${where}`,
    ...shown(zh ? "账本：" : "ledger:", ledger),
    ...shown(zh ? "数据表：" : "tables:", table),
  ]
}

function countLines({ erased, unstated }: RebuildReport, zh: boolean): string[] {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")
  return [
    ...(Object.keys(erased).length === 0
      ? []
      : [zh ? `已擦除（erased），不作推测：${list(erased)}` : `erased, and not guessed: ${list(erased)}`]),
    ...(Object.keys(unstated).length === 0
      ? []
      : [
          zh
            ? `早期版本未声明（unstated）：${list(unstated)}`
            : `unstated by an earlier version: ${list(unstated)}`,
        ]),
  ]
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}
