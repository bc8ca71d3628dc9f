import type { Examination } from "./examination.ts"
import { fine, type Finding, warning } from "./finding.ts"

/** Are the guards that are connected the same Hufu as their node? */
export function checkGuards({ node }: Examination): Finding[] {
  if (node === null || node instanceof Error) return []
  const { guards, version, pid } = node.status
  const count = guards.reduce((sum, each) => sum + each.count, 0)
  const others = guards.filter((each) => each.version !== version)
  if (others.length > 0)
    return others.map((each) => {
      const names = each.agents.join(", ")
      const found = each.version
      const isNewer = found !== null && isAfter(found, version)
      return warning(
        "guards",
        {
          en: `${each.count === 1 ? "A guard is" : `${each.count} guards are`} ${found ?? "of an older Hufu"} (agents: ${names}), and the node is ${version}`,
          zh: `${each.count} 个守卫的版本为 ${found ?? "更早的虎符"}（智能体：${names}），节点版本为 ${version}`,
        },
        isNewer
          ? {
              en: `end the node (process ${pid}) and start it again; a guard starts a new one by itself`,
              zh: `结束节点（进程 ${pid}）后重新启动；守卫会自行启动新节点`,
            }
          : {
              en: "restart the clients of these agents, so that they start their guards anew",
              zh: "重启这些智能体的客户端，使其重新启动守卫",
            },
      )
    })
  if (count === 0) return [fine("guards", { en: "No guard is connected", zh: "没有守卫连接" })]
  return [
    fine("guards", {
      en: `${count === 1 ? "The guard that is connected is" : `The ${count} guards that are connected are`} ${version}, as the node is`,
      zh: `已连接的 ${count} 个守卫与节点同为 ${version}`,
    }),
  ]
}

/** Whether one version comes after another, by its numbers. */
function isAfter(one: string, other: string): boolean {
  const [a, b] = [one, other].map((each) => each.split("-")[0]?.split(".").map(Number) ?? [])
  const at = a?.findIndex((number, i) => number !== b?.[i]) ?? -1
  return at >= 0 && (a?.[at] ?? 0) > (b?.[at] ?? 0)
}
