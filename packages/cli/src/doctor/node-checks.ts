import { version } from "@hufu/server/version"
import type { Examination } from "./examination.ts"
import { both, fault, fine, type Finding, warning } from "./finding.ts"

/** Is a node there, and is it the Hufu of this command? */
export function checkNode({ node }: Examination): Finding[] {
  if (node instanceof Error)
    return [
      fault(
        "node",
        { en: `The node does not answer: ${node.message}`, zh: `节点无响应：${node.message}` },
        { en: "end the node and start it again: hufu serve", zh: "结束节点后重新启动：hufu serve" },
      ),
    ]
  if (node === null)
    return [
      warning(
        "node",
        {
          en: "No node is running; a guard starts one when a client needs it",
          zh: "没有正在运行的节点；客户端需要时由守卫启动",
        },
        both("hufu serve"),
      ),
    ]
  const { status } = node
  const since = new Date(status.startedAt).toISOString()
  const here = fine("node", {
    en: `The node answers at ${status.url} (process ${status.pid}, since ${since})`,
    zh: `节点已响应：${status.url}（进程 ${status.pid}，始于 ${since}）`,
  })
  return [here, checkVersion(status.version), ...stopped(status.stopped), enrolled(status.personEnrolled)]
}

function checkVersion(found: string): Finding {
  if (found === version)
    return fine("version", { en: `Node and command are ${version}`, zh: `节点与命令同为 ${version}` })
  return warning(
    "version",
    {
      en: `The node is ${found}, this command and the guards it starts are ${version}`,
      zh: `节点版本为 ${found}，此命令及其守卫为 ${version}`,
    },
    { en: "restart the node, so that both are the same", zh: "重启节点，使两者一致" },
  )
}

function stopped(isStopped: boolean): Finding[] {
  if (!isStopped) return []
  return [
    warning(
      "stop",
      { en: "Everything is stopped: no agent acts", zh: "已全部停止：智能体无法行事" },
      both("hufu stop --lift"),
    ),
  ]
}

function enrolled(isEnrolled: boolean): Finding {
  if (isEnrolled) return fine("person", { en: "A person is enrolled", zh: "已有委托人登记" })
  return warning(
    "person",
    { en: "Nobody is enrolled, so nobody can approve", zh: "尚无委托人登记，无人可以批准" },
    both("hufu enrol"),
  )
}

const neededMajor = 24

/** The Node.js that this command runs on. */
export function checkRuntime(found = process.versions.node): Finding[] {
  if (Number(found.split(".")[0]) >= neededMajor)
    return [fine("runtime", { en: `Node.js ${found}`, zh: `Node.js ${found}` })]
  return [
    fault(
      "runtime",
      { en: `Node.js ${found} is too old`, zh: `Node.js ${found} 版本过旧` },
      { en: `install Node.js ${neededMajor}`, zh: `安装 Node.js ${neededMajor}` },
    ),
  ]
}
