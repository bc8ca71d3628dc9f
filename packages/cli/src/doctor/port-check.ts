import { createServer } from "node:net"
import { Failure } from "@hufu/core/failure"
import { listenDual } from "@hufu/server/http/listen-dual"
import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

const answerWithinMs = 5_000

/** Whether agents reach the node by HTTP, or would. */
export async function checkPort({ node, config }: Pick<Examination, "node" | "config">): Promise<Finding[]> {
  if (node instanceof Error || config instanceof Error) return []
  if (node === null) return [await checkFree(config.host, config.port)]
  const { url } = node.status
  const answers = await fetch(new URL("/healthz", url), { signal: AbortSignal.timeout(answerWithinMs) }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (!answers)
    return [
      fault(
        "port",
        { en: `${url} does not answer, though the node does`, zh: `节点在运行，但 ${url} 无响应` },
        { en: "look for a firewall or proxy in between", zh: "检查防火墙或代理" },
      ),
    ]
  const port = Number(new URL(url).port)
  if (config.port !== 0 && port !== config.port)
    return [
      warning(
        "port",
        {
          en: `The node took port ${port}, not ${config.port}: agents that use the old URL do not reach it`,
          zh: `节点使用端口 ${port}，而非 ${config.port}：使用原地址的智能体无法连接`,
        },
        {
          en: `free port ${config.port} and restart the node, or set \`port\` in config.json`,
          zh: `释放端口 ${config.port} 后重启节点，或在 config.json 中设置 \`port\``,
        },
      ),
    ]
  return [fine("port", { en: `${url} answers`, zh: `${url} 已响应` })]
}

async function checkFree(host: string, port: number): Promise<Finding> {
  const probe = createServer()
  const taken = (cause: Error) => new Failure("port_in_use", "another program has it", { cause })
  try {
    // As the node itself would listen.
    const bound = await listenDual(probe, { host, port }, taken)
    bound.close()
    return fine("port", { en: `Port ${port} is free`, zh: `端口 ${port} 空闲` })
  } catch {
    return warning(
      "port",
      {
        en: `${host}:${port} cannot be taken: another program has it`,
        zh: `无法使用 ${host}:${port}：已被其他程序占用`,
      },
      {
        en: "end that program, or set `port` in config.json",
        zh: "结束该程序，或在 config.json 中设置 `port`",
      },
    )
  } finally {
    probe.close()
  }
}
