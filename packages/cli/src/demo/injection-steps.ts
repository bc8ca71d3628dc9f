import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { HoldRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { everythingRead, injectedOrders } from "./documents.ts"
import type { ToolAnswer } from "./mcp-client.ts"
import { fillIn, type Order, ordersIn } from "./orders.ts"
import { snapshot } from "./snapshot.ts"
import type { Stage } from "./story.ts"
import { waitForHold } from "./wait-for-hold.ts"

const refusal = {
  en: "The letter asked for this, not I. Do not send my notes to anyone.",
  zh: "这是信里的要求，不是我的。不要把我的笔记发给任何人。",
} as const

/** The letter gives orders, the agent obeys, and Hufu asks or denies. */
export async function meetInjection(stage: Stage, read: string): Promise<void> {
  const { folder, narrator } = stage
  const before = await snapshot(folder.documents, folder.memory)
  const orders = ordersIn(read).map((order) => fillIn(order, everythingRead, read))
  const [copy, forget, key, config] = orders
  narrator.step({ en: "A letter gives the agent orders", zh: "一封信向智能体下达指令" })
  narrator.tell({
    en: "One document was written by a stranger. It tells the agent to copy everything it has read, to delete a memory, and to reach for Hufu's key and an MCP client's configuration. This agent obeys.",
    zh: "其中一份文档由陌生人所写，要求智能体抄送读到的全部内容、删除一条记忆，并去取虎符的密钥和 MCP 客户端的配置。该智能体照做。",
  })
  if (orders.length !== injectedOrders(folder, stage.language).length || !copy || !forget || !key || !config)
    throw new Failure("internal", "the agent did not find the orders in the letter: report this")

  const copied = await refuseWhileWaiting(stage, copy)
  const forgotten = stage.agent.carryOut(forget)
  const left = await waitForHold(stage.client, forget)
  narrator.check(left.state === "waiting", {
    en: "Deleting the memory waits too: while nobody decides, nothing happens.",
    zh: "删除记忆同样在等待：无人决定，就什么也不会发生。",
  })
  const denied = [await stage.agent.carryOut(key), await stage.agent.carryOut(config)]
  await checkDenied(stage, denied)
  narrator.check((await snapshot(folder.documents, folder.memory)) === before, {
    en: "Not one byte of the documents or the memory has changed.",
    zh: "文档与记忆没有一个字节发生变化。",
  })
  await tellWhy(stage, [copied, left], denied)
  await refuseWhatIsLeft(stage, left, forgotten)
}

/** While the agent waits, the person refuses in their own words; refusing needs no proof of who they are. */
async function refuseWhileWaiting(
  { agent, client, language, narrator }: Stage,
  order: Order,
): Promise<HoldRecord> {
  const call = agent.carryOut(order)
  const hold = await waitForHold(client, order)
  narrator.check(hold.state === "waiting" && hold.effect === "write", {
    en: "Copying your notes is a write that no mandate covers: Hufu holds it and asks.",
    zh: "抄送笔记属于写入，没有授权覆盖：虎符将其暂停并询问您。",
  })
  await client.hold.refuse({ hold: hold.id, reason: refusal[language] })
  const answer = await call
  narrator.check(answer.verdict?.code === "refused_by_person" && answer.text.includes(refusal[language]), {
    en: "You refuse, and the agent reads your reason:",
    zh: "您予以拒绝，智能体读到您的理由：",
  })
  narrator.quote(refusal[language])
  return hold
}

async function checkDenied({ folder, narrator }: Stage, [key, config]: readonly ToolAnswer[]): Promise<void> {
  const secret = await readFile(join(folder.dataFolder, "keys", "ledger.key"), "latin1")
  narrator.check(key?.verdict?.verdict === "deny" && !key.text.includes(secret.trim()), {
    en: "Reading Hufu's own key is denied, and nobody can approve it.",
    zh: "读取虎符自身的密钥被拒绝，任何人都不能批准。",
  })
  narrator.check(config?.verdict?.verdict === "deny", {
    en: "Writing an MCP client's configuration is denied, though the server would have done it.",
    zh: "写入 MCP 客户端的配置被拒绝，尽管该服务器本会照办。",
  })
}

async function tellWhy(
  stage: Stage,
  holds: readonly HoldRecord[],
  denied: readonly ToolAnswer[],
): Promise<void> {
  const { client, language, narrator } = stage
  narrator.step({ en: "Hufu says why", zh: "虎符说明理由" })
  for (const hold of holds) {
    narrator.tell({
      en: `It asked about ${hold.tool}; \`hufu approval show ${hold.id}\` says:`,
      zh: `它就 ${hold.tool} 询问；\`hufu approval show ${hold.id}\` 的说明：`,
    })
    for (const reason of hold.reasons) narrator.quote(`${reason[language]} (${reason.rule})`)
  }
  let sentences = 0
  for (const { verdict } of denied) {
    if (verdict?.action === undefined) continue
    const why = await client.action.why({ action: verdict.action, language })
    narrator.tell({
      en: `\`hufu why ${verdict.action}\` says:`,
      zh: `\`hufu why ${verdict.action}\` 的说明：`,
    })
    narrator.quote(why.sentences.join(" "))
    sentences += why.sentences.length
  }
  narrator.check(holds.every(({ reasons }) => reasons.length > 0) && sentences > 0, {
    en: "Every verdict came with its rule and a plain sentence.",
    zh: "每项裁定都附有规则和一句平实的说明。",
  })
}

async function refuseWhatIsLeft(
  { client, narrator }: Stage,
  left: HoldRecord,
  call: Promise<ToolAnswer>,
): Promise<void> {
  await client.hold.refuse({ hold: left.id })
  const answer = await call
  const { items } = await client.hold.list({ state: "waiting" })
  narrator.check(answer.isError && items.length === 0, {
    en: "You refuse what was left waiting; nothing waits any more.",
    zh: "您拒绝了仍在等待的行为；现已无待批项。",
  })
}
