import { rm } from "node:fs/promises"
import { asFailure, Failure } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { createClient } from "@hufu/sdk"
import { socketTransport } from "../connection/socket-transport.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { type DemoFolder, findDemoFolders, makeDemoFolder, openDemoFolder } from "./demo-folder.ts"
import { startDemoNode, stopLeftNode } from "./demo-node.ts"
import { writeDocuments } from "./documents.ts"
import { type Narrator, openNarrator } from "./narrator.ts"
import { startScriptedAgent } from "./scripted-agent.ts"
import { tellStory } from "./story.ts"

export interface DemoOptions {
  /** A folder that does not exist yet, in which the demo keeps everything; a temporary one unless it is given. */
  readonly dataDir?: string
  readonly json: boolean
  readonly lang: Language
  /** A person sits at this terminal and may approve something themselves. */
  readonly interactive: boolean
}

/**
 * `hufu demo`: a scripted agent, real tool servers, an injected instruction, and what Hufu makes of it. Answers
 * whether everything happened as the story says.
 */
export async function runDemo({ dataDir, json, lang, interactive }: DemoOptions): Promise<boolean> {
  const folder = await makeDemoFolder(dataDir)
  const narrator = openNarrator({ json, language: lang })
  const left = {
    folder: folder.path,
    remove: `hufu demo --remove${dataDir === undefined ? "" : ` --data ${folder.path}`}`,
  }
  try {
    await play({ folder, narrator, language: lang, interactive })
    return narrator.close(left)
  } catch (error) {
    return narrator.close({ ...left, fault: faultOf(error) })
  }
}

/** `hufu demo --remove`: everything that demos of this user left behind, or the one folder that is named. */
export async function removeDemo({
  dataDir,
  json,
  lang,
}: Omit<DemoOptions, "interactive">): Promise<boolean> {
  const folders = dataDir === undefined ? await findDemoFolders() : [await openDemoFolder(dataDir)]
  for (const folder of folders) {
    await stopLeftNode(folder.dataFolder, lang)
    await rm(folder.path, { recursive: true, force: true })
  }
  const removed = folders.map(({ path }) => path)
  if (json) printJson({ removed })
  else if (removed.length === 0)
    printLines(lang === "zh" ? "没有可删除的演示。" : "There is no demo to remove.")
  else printLines(...removed.map((path) => (lang === "zh" ? `已删除 ${path}` : `Removed ${path}`)))
  return true
}

interface Play {
  readonly folder: DemoFolder
  readonly narrator: Narrator
  readonly language: Language
  readonly interactive: boolean
}

/** Whatever happens on the stage, the node and the agent end with the play. */
async function play({ folder, narrator, language, interactive }: Play): Promise<void> {
  const closing: (() => Promise<void> | void)[] = []
  const signals = watchSignals()
  try {
    await writeDocuments(folder, language)
    const node = await startDemoNode(folder.dataFolder, language)
    closing.push(() => node.stop())
    narrator.step({ en: "A node starts, for this demo alone", zh: "启动一个仅供演示的节点" })
    narrator.tell({
      en: `It listens at ${node.url} and keeps everything in ${folder.path}.`,
      zh: `监听 ${node.url}，所有内容保存在 ${folder.path}。`,
    })
    const local = socketTransport(folder.dataFolder)
    closing.push(() => local.close())
    const agent = await startScriptedAgent(folder)
    closing.push(() => agent.close())
    const client = createClient({ transport: local.transport, language })
    await Promise.race([
      tellStory({ folder, language, interactive, narrator, client, agent }),
      signals.interrupted,
    ])
  } finally {
    signals.ignore()
    for (const end of closing.toReversed()) await end()
  }
}

/** A signal ends the story, not the process: the node has to be ended first. */
function watchSignals(): { interrupted: Promise<never>; ignore(): void } {
  const { promise, reject } = Promise.withResolvers<never>()
  // Nobody may be listening yet, or any more.
  promise.catch(() => {})
  const interrupt = () => reject(new Failure("forbidden", "it was interrupted"))
  const watched = ["SIGINT", "SIGTERM", "SIGHUP"] as const
  for (const signal of watched) process.on(signal, interrupt)
  return {
    interrupted: promise,
    ignore() {
      for (const signal of watched) process.off(signal, interrupt)
    },
  }
}

function faultOf(error: unknown): string {
  const failure = asFailure(error)
  const cause =
    failure.cause instanceof Error && !(failure.cause instanceof Failure) ? failure.cause : undefined
  return failure.code === "internal" && cause ? cause.message : failure.message
}
