import { fileURLToPath } from "node:url"
import { isFailure } from "@hufu/core/failure"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu docs`: where the guide that ships with Hufu is read, at the node or, without one, as files. */
export async function docs(invocation: Invocation): Promise<number> {
  const { json, language } = invocation
  const folder = fileURLToPath(new URL(`../../../../docs/${language}/`, import.meta.url))
  const url = await addressOf(invocation)
  if (json) printJson({ url, folder })
  else if (url !== null)
    printLines(
      language === "zh"
        ? `在浏览器中阅读（无需联网）：${url}`
        : `Read it in a browser, without a network: ${url}`,
    )
  else
    printLines(
      language === "zh"
        ? `没有正在运行的节点；文件在此：${folder}`
        : `No node is running; the files are here: ${folder}`,
    )
  return exitCodes.ok
}

async function addressOf(invocation: Invocation): Promise<string | null> {
  try {
    const { url } = await withNode(invocation, (client) => client.node.status())
    return new URL(`/docs/${invocation.language}`, url).href
  } catch (error) {
    if (isFailure(error, "node_unavailable")) return null
    throw error
  }
}
