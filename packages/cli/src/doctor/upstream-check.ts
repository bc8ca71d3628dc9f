import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

const atOnce = 4

/** Whether each tool server starts or answers, by asking it for its tools as the node does. */
export async function checkUpstreams({ node }: Pick<Examination, "node">): Promise<Finding[]> {
  if (node instanceof Error || node === null) return []
  const { items } = await node.client.server.list()
  if (items.length === 0)
    return [
      warning(
        "upstream",
        { en: "No tool server is registered yet", zh: "尚未登记工具服务器" },
        {
          en: "put `hufu guard --` before a server's command in your client's configuration",
          zh: "在客户端配置中，将 `hufu guard --` 置于服务器命令之前",
        },
      ),
    ]
  const findings: Finding[] = []
  const waiting = [...items]
  const work = async (): Promise<void> => {
    for (let server = waiting.shift(); server !== undefined; server = waiting.shift()) {
      findings.push(await checkOne(node.client, server.name))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return findings.toSorted((a, b) => (a.en < b.en ? -1 : 1))
}

type Client = Exclude<Examination["node"], Error | null>["client"]

async function checkOne(client: Client, name: string): Promise<Finding> {
  try {
    const { items } = await client.tool.list({ server: name })
    return fine("upstream", {
      en: `Tool server \`${name}\` answers, with ${items.length} tools`,
      zh: `工具服务器 \`${name}\` 已响应，有 ${items.length} 个工具`,
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return fault(
      "upstream",
      {
        en: `Tool server \`${name}\` does not answer: ${why}`,
        zh: `工具服务器 \`${name}\` 无响应：${why}`,
      },
      {
        en: `start it, or remove it: hufu server remove ${name}`,
        zh: `启动它，或移除：hufu server remove ${name}`,
      },
    )
  }
}
