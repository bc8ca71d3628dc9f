import { setTimeout as delay } from "node:timers/promises"
import { Failure, isFailure } from "@hufu/core/failure"
import { createClient } from "@hufu/sdk"
import type { Invocation } from "../command/command.ts"
import { nodeStarted, startNode, whyNotStarted } from "../guard/start-node.ts"
import { say } from "../terminal/print.ts"
import { socketTransport } from "./socket-transport.ts"

const startWithinMs = 20_000
const pauseMs = 100

/** Has a node on the data folder, as a guard does: one that is started here ends when nobody has needed it for ten minutes. */
export async function startIfNone({
  dataFolder,
  language,
}: Pick<Invocation, "dataFolder" | "language">): Promise<void> {
  if (await answers(dataFolder)) return
  say(language === "zh" ? "没有正在运行的节点，正在启动……" : "No node is running: starting one …")
  const hasEnded = startNode(dataFolder, "command")
  const until = performance.now() + startWithinMs
  while (!(await answers(dataFolder))) {
    if (hasEnded() || performance.now() > until) {
      const why = whyNotStarted(dataFolder) ?? "run `hufu serve` in a terminal to see why"
      throw new Failure("node_unavailable", `the Hufu node does not start: ${why}`)
    }
    await delay(pauseMs)
  }
  nodeStarted(dataFolder)
}

async function answers(dataFolder: string): Promise<boolean> {
  const socket = socketTransport(dataFolder)
  try {
    await createClient({ transport: socket.transport, retryAfterMs: [] }).node.status()
    return true
  } catch (error) {
    if (isFailure(error, "node_unavailable")) return false
    throw error
  } finally {
    socket.close()
  }
}
