import { flushCompileCache } from "node:module"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { Failure, isFailure } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { openLogger } from "@hufu/server/log"
import { type NodeLifetime, type NodeOptions, type RunningNode, startNode } from "@hufu/server/node"
import { createClient } from "@hufu/sdk"
import { textFlag } from "../arguments/flag-value.ts"
import type { Invocation } from "../command/command.ts"
import { socketTransport } from "../connection/socket-transport.ts"
import { exitCodes } from "../exit-code.ts"
import { askAtStart } from "../keys/ask-passphrase.ts"
import { asCalled, calledAs } from "../terminal/called-as.ts"
import { printJsonLine, printLines } from "../terminal/print.ts"
import { readConfig } from "./read-config.ts"

const closeWithinMs = 10_000
const repeatedSignalMs = 1000
const settledMs = 1000

interface Start {
  readonly port: number | undefined
  readonly idleSeconds: number | undefined
  readonly startedBy: NodeLifetime["startedBy"]
}

/** A node in this process until a signal, or until nobody has needed it for long enough. */
export async function runNode(
  invocation: Invocation,
  { port, idleSeconds, startedBy }: Start,
): Promise<number> {
  const { dataFolder, flags, json, language } = invocation
  const config = readConfig(dataFolder, { host: textFlag(flags, "host"), port })
  const log = openLogger(dataFolder, config.log)
  const { logger } = log
  process.on("uncaughtExceptionMonitor", (err) =>
    logger.fatal({ err }, "the node ends: an error was not handled"),
  )
  const ended = endOf()
  let idle: IdleWatch | undefined
  const options = {
    dataDir: dataFolder,
    config,
    expose: flags["expose"] === true,
    logger,
    consoleFolder: consoleFolder(),
    passphrase: askAtStart(invocation),
    lifetime: { startedBy, idleExit: () => idle?.exit() ?? null },
  }
  const node = await start(options, flags["any-port"] === true)
  announce(node, json, language)
  // Only where a person reads it: a link in a file or a pipe would let somebody else in.
  if (!json && process.stdout.isTTY) await showLink(node, language)
  // At its end would be too late for a node that is killed; those who waited for it are served first.
  setTimeout(flushCompileCache, settledMs).unref()
  idle = idleSeconds === undefined ? undefined : watchIdle(node, idleSeconds)
  const why = await Promise.race([ended, ...(idle ? [idle.ended] : [])])
  idle?.stop()
  logger.info({ why }, "the node closes")
  // Whatever hangs must not keep a node that was told to end.
  setTimeout(() => process.exit(exitCodes.failed), closeWithinMs).unref()
  await node.close()
  log.close()
  return exitCodes.ok
}

/** Where the console is built to; a program without it serves the plain pages. */
function consoleFolder(): string | undefined {
  try {
    return dirname(fileURLToPath(import.meta.resolve("@hufu/console/dist")))
  } catch {
    return undefined
  }
}

async function showLink(node: RunningNode, language: Language): Promise<void> {
  const origin = node.consoleOrigin()
  if (origin === undefined) return
  const { url } = await node.signInLink()
  printLines(
    language === "zh"
      ? `${asCalled("在浏览器中打开控制台（一次有效，五分钟内；之后用 `hufu signin` 重新生成）：")}\n  ${url}`
      : `${asCalled("Open the console in your browser (once, within five minutes; later, `hufu signin` makes another):")}\n  ${url}`,
  )
}

async function start(options: NodeOptions, anyPort: boolean): Promise<RunningNode> {
  try {
    return await startNode(options)
  } catch (error) {
    if (isFailure(error, "data_folder_in_use")) throw await runsAlready(options.dataDir, error)
    if (!anyPort || !isFailure(error, "port_in_use")) throw error
    return startNode({ ...options, config: { ...options.config, port: 0 } })
  }
}

/** Who has the folder, if it is a node that answers: then nothing needs to be started. */
async function runsAlready(dataFolder: string, error: Failure): Promise<Failure> {
  const socket = socketTransport(dataFolder)
  try {
    const { url, pid } = await createClient({ transport: socket.transport, retryAfterMs: [] }).node.status()
    return new Failure(
      "data_folder_in_use",
      `Hufu runs already on this data folder, at ${url}, and can be used as it is: \`hufu status\` shows more; to start it anew, end process ${pid} first`,
      { cause: error },
    )
  } catch {
    return error
  } finally {
    socket.close()
  }
}

/** Resolves with the first signal that asks the node to end; one that is repeated later ends it at once. */
function endOf(): Promise<string> {
  return new Promise((resolve) => {
    let first = 0
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
      process.on(signal, () => {
        // A terminal and whatever started this process may both send the same one.
        if (first > 0 && performance.now() - first > repeatedSignalMs) process.exit(exitCodes.failed)
        first ||= performance.now()
        resolve(signal)
      })
  })
}

interface IdleWatch {
  readonly ended: Promise<string>
  exit(): NonNullable<ReturnType<NodeLifetime["idleExit"]>>
  stop(): void
}

function watchIdle(node: RunningNode, seconds: number): IdleWatch {
  let timer: NodeJS.Timeout | undefined
  let since = performance.now()
  const leftMs = () => since + seconds * 1000 - performance.now()
  const isNeeded = () => {
    const { connections, inFlight } = node.connections()
    if (connections === 0 && inFlight === 0) return false
    since = performance.now()
    return true
  }
  const ended = new Promise<string>((resolve) => {
    timer = setInterval(
      () => {
        if (!isNeeded() && leftMs() <= 0) resolve("idle")
      },
      Math.min(seconds * 250, 5000),
    )
  })
  return {
    ended,
    exit: () => ({ afterSeconds: seconds, endsAt: isNeeded() ? null : Math.round(Date.now() + leftMs()) }),
    stop: () => clearInterval(timer),
  }
}

function announce({ url, dataFolder }: RunningNode, json: boolean, language: Language): void {
  if (json) return printJsonLine({ url, pid: process.pid, dataFolder })
  const hufu = calledAs()
  const next = steps[language].map(
    ([command, what]) => `  ${`${hufu} ${command}`.padEnd(hufu.length + 12)}${what}`,
  )
  if (language === "zh")
    return printLines(
      `虎符节点已就绪：${url}（数据目录 ${dataFolder}）`,
      "请保持此终端打开；下一步在另一个终端中：",
      ...next,
      "按 Ctrl+C 停止节点。",
    )
  return printLines(
    `The Hufu node is ready at ${url} (data folder ${dataFolder})`,
    "Keep this terminal open. How to go on, in another one:",
    ...next,
    "Ctrl+C stops the node.",
  )
}

const steps = {
  en: [
    ["signin", "makes a link that opens the console in a browser"],
    ["enrol", "choose the terminal secret that approves"],
    ["connect", "shows your MCP clients, and puts their tool servers behind Hufu"],
    ["approvals", "shows what waits for you"],
  ],
  zh: [
    ["signin", "生成在浏览器中打开控制台的链接"],
    ["enrol", "设置终端口令，用于批准行为"],
    ["connect", "列出您的 MCP 客户端，并将其工具服务器置于虎符之后"],
    ["approvals", "查看等待批准的行为"],
  ],
} as const
