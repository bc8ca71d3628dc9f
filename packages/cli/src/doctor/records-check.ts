import { isFailure } from "@hufu/core/failure"
import { inspectRecords } from "@hufu/server/store/inspect-records"
import type { Examination } from "./examination.ts"
import { both, fault, fine, type Finding } from "./finding.ts"

/** Whether every row that can let something happen is what the node wrote; where the vault's key is not in a file, the next start tells. */
export async function checkRecords({
  dataFolder,
  store,
}: Pick<Examination, "dataFolder" | "store">): Promise<Finding[]> {
  // Then the ledger has its own finding, and the rows are the least of it.
  if (store === null || store instanceof Error) return []
  try {
    const count = await inspectRecords(dataFolder)
    if (count === null) return []
    return [
      fine("records", {
        en: `Every mandate, agent, credential and other row that counts is as the node wrote it (${count})`,
        zh: `授权、智能体、凭证等起作用的各行均与节点所写一致（${count} 行）`,
      }),
    ]
  } catch (error) {
    if (!isFailure(error, "records_altered")) throw error
    return [
      fault(
        "records",
        {
          en: `The node does not start on these tables: ${error.message}`,
          zh: `节点不会以这些数据表启动：${error.message}`,
        },
        both("hufu state rebuild --write"),
      ),
    ]
  }
}
