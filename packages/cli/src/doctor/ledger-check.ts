import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

/** Whether the end of the ledger is what its last checkpoint says, and what is still open in it. */
export function checkLedger({ store, node }: Pick<Examination, "store" | "node">): Finding[] {
  if (store === null)
    return [
      warning("ledger", {
        en: "There is no ledger yet: the first start makes one",
        zh: "尚无账本：首次启动时创建",
      }),
    ]
  if (store instanceof Error)
    return [
      fault(
        "ledger",
        { en: `The ledger cannot be used: ${store.message}`, zh: `账本不可用：${store.message}` },
        {
          en: "keep a copy of the data folder, then restore a backup: hufu restore FILE",
          zh: "先保留数据目录副本，再恢复备份：hufu restore 文件",
        },
      ),
    ]
  const sound = fine("ledger", {
    en: `The ledger ends soundly: ${store.entries} entries, ${store.checkpoint} under the last checkpoint (hufu log verify reads all of it)`,
    zh: `账本末端完好：${store.entries} 条，最后检查点覆盖 ${store.checkpoint} 条（hufu log verify 可校验全部）`,
  })
  // While a node runs these are calls under way.
  if (store.openIntents === 0 || node !== null) return [sound]
  return [
    sound,
    warning(
      "open-actions",
      {
        en: `${store.openIntents} actions left and have no outcome: the next start marks them unknown`,
        zh: `${store.openIntents} 个已发出的行为没有结果：下次启动时标记为未知`,
      },
      {
        en: "look at the tool servers whether they happened; Hufu does not repeat them",
        zh: "到工具服务器核实是否已执行；虎符不会重试",
      },
    ),
  ]
}
