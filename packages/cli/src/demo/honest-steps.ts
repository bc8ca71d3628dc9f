import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { ToolAnswer } from "./mcp-client.ts"
import { approveYourself } from "./approve-yourself.ts"
import { documentsToRead } from "./documents.ts"
import { agentName } from "./scripted-agent.ts"
import type { Stage } from "./story.ts"
import { waitForHold } from "./wait-for-hold.ts"

/** The agent does what its user wants: it reads, and in a terminal it writes one file that the person approves. */
export async function meetHonestTask(stage: Stage): Promise<string> {
  const { agent, narrator } = stage
  narrator.step({ en: "The agent reads the documents", zh: "智能体阅读文档" })
  narrator.tell({
    en: `${agentName} reaches two real MCP servers, each through \`hufu guard\`: ${agent.tools.filesystem.length} tools of filesystem, ${agent.tools.memory.length} of memory.`,
    zh: `${agentName} 通过 \`hufu guard\` 连接两个真实的 MCP 服务器：filesystem 的 ${agent.tools.filesystem.length} 个工具，memory 的 ${agent.tools.memory.length} 个工具。`,
  })
  const listed = await agent.carryOut({
    server: "filesystem",
    tool: "list_directory",
    arguments: { path: join(stage.folder.documents, "notes") },
  })
  const answers = await readAll(stage)
  const remembered = await agent.carryOut({ server: "memory", tool: "read_graph", arguments: {} })
  const all = [listed, ...answers, remembered]
  narrator.check(all.every(isAnswered), {
    en: `${all.length} reads went by themselves: both servers' reading tools were reviewed.`,
    zh: `${all.length} 次读取均自动放行：两个服务器的读取类工具均已审核。`,
  })
  if (stage.interactive) await writeSummary(stage)
  else narrator.tell(unattended)
  return answers.map(({ text }) => text).join("\n")
}

const unattended = {
  en: "Nobody sits at a terminal here, so this demo only refuses: approving takes a person and their secret.",
  zh: "此处没有人在终端前，因此本演示只做拒绝：批准须由本人凭口令进行。",
} as const

async function readAll({ agent, folder, language }: Stage): Promise<ToolAnswer[]> {
  const answers: ToolAnswer[] = []
  for (const path of documentsToRead(folder, language))
    answers.push(await agent.carryOut({ server: "filesystem", tool: "read_text_file", arguments: { path } }))
  return answers
}

const isAnswered = ({ isError, verdict }: ToolAnswer) => !isError && verdict === undefined

/** One write that the person may approve with a secret of their own. */
async function writeSummary(stage: Stage): Promise<void> {
  const { agent, client, folder, narrator } = stage
  narrator.step({ en: "You decide on one write", zh: "由您决定一次写入" })
  const order = {
    server: "filesystem",
    tool: "write_file",
    arguments: { path: join(folder.documents, "summary.md"), content: "# Summary\n\nTuesday 9:00, train.\n" },
  } as const
  const first = agent.carryOut(order)
  const hold = await waitForHold(client, order)
  narrator.tell({
    en: "The agent wants to write summary.md. Writing is not covered, so it waits for you: choose a secret for this demo, then look at the action and approve it.",
    zh: "智能体要写入 summary.md。写入不在授权之内，因此等待您决定：请为本演示设置口令，查看该行为后批准。",
  })
  const approved = await approveYourself(stage, hold.id)
  if (!approved) await client.hold.refuse({ hold: hold.id })
  const answer = await first
  // The client's wait is shorter than the approval's: who was told to wait calls again, and it goes on.
  const last = approved && answer.verdict?.code === "pending" ? await agent.carryOut(order) : answer
  const written = await readFile(order.arguments.path, "utf8").catch(() => undefined)
  const asDecided = approved
    ? isAnswered(last) && written === order.arguments.content
    : last.isError && written === undefined
  narrator.check(asDecided, {
    en: approved
      ? "You approved, and the file is written, once."
      : "You did not approve, and nothing is written.",
    zh: approved ? "您已批准，文件写入一次。" : "您没有批准，未写入任何内容。",
  })
}
