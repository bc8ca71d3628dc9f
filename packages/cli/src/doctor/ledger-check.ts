import type { Examination } from "./examination.ts"
import type { Output } from "@hufu/core/contract/contract"
import { fault, fine, type Finding, warning } from "./finding.ts"

/** Whether the ledger is what its last checkpoint says, what is still open in it, and what the node has found in all of it. */
export function checkLedger({ store, node }: Pick<Examination, "store" | "node">): Finding[] {
  const status = node === null || node instanceof Error ? null : node.status
  return [...endOf({ store, node }), ...(status === null ? [] : [...scrubbed(status), ...published(status)])]
}

function endOf({ store, node }: Pick<Examination, "store" | "node">): Finding[] {
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

type Status = Output<"node.status">

/** What the node has found while it read everything again in the background. */
function scrubbed({ scrub }: Status): Finding[] {
  if (scrub.fault === null) return []
  const { table, row, en, zh } = scrub.fault
  return [
    fault(
      "scrub",
      {
        en: `The background reading found that ${en} (${table} ${row})`,
        zh: `后台校验发现：${zh}（${table} ${row}）`,
      },
      table === "published"
        ? {
            en: "find out who changed the published folder, then publish into a new one: publish.folder in config.json",
            zh: "查明谁改动了发布目录，再发布到新目录：config.json 的 publish.folder",
          }
        : {
            en: "keep a copy of the data folder, check the disk, then restore a backup: hufu restore FILE",
            zh: "先保留数据目录副本，检查磁盘，再恢复备份：hufu restore 文件",
          },
    ),
  ]
}

function published({ published: log }: Status): Finding[] {
  if (log === null) return []
  if (log.fault === null)
    return [
      fine("published", {
        en: `The log is published up to ${log.entries} entries in ${log.folder}`,
        zh: `日志已发布至第 ${log.entries} 条：${log.folder}`,
      }),
    ]
  return [
    fault(
      "published",
      { en: `The log is not published any more: ${log.fault}`, zh: `日志已停止发布：${log.fault}` },
      {
        en: "mend that, then restart the node; the newest file in logs/ has the details",
        zh: "排除后重启节点；详情见 logs/ 中最新的文件",
      },
    ),
  ]
}
