import type { Output } from "@hufu/core/contract/contract"
import type { ActionRecord } from "@hufu/core/contract/records"
import type { Language } from "@hufu/core/words"
import type { OperationParts } from "./parts.ts"

const effectWords: Record<ActionRecord["effect"], { en: string; zh: string }> = {
  read: { en: "read", zh: "读取" },
  compute: { en: "compute", zh: "计算" },
  write: { en: "write", zh: "写入" },
  delete: { en: "delete", zh: "删除" },
  send: { en: "send", zh: "发送" },
  publish: { en: "publish", zh: "发布" },
  pay: { en: "pay", zh: "支付" },
  execute: { en: "execute", zh: "执行" },
  control: { en: "control something physical", zh: "控制实体设备" },
  decide: { en: "decide about a person", zh: "对人作出决定" },
}

/** `hufu why ACTION`: what it was, what was decided by which rule in whose words, and how it ended. */
export function explainAction(parts: OperationParts, id: string, language: Language): Output<"action.why"> {
  const action = parts.actions.need(id)
  const kept = parts.actions.content(id)
  const hold = action.verdict === "ask" ? parts.holds.ofAction(id) : undefined
  const shownOfHold = hold && parts.holds.content(hold)
  const reasons = [...(kept?.reasons ?? shownOfHold?.reasons ?? [])]
  const words = wordsOf(parts, action)
  const sentences = language === "zh" ? chinese(action, words) : english(action, words)
  return {
    action,
    sentences: [...sentences, ...reasons.map((reason) => `${reason[language]} (${reason.rule})`)],
    reasons,
    words,
    arguments: kept?.arguments ?? shownOfHold?.arguments ?? null,
  }
}

/** The user's own words that stand behind it: those of the mandate, else those of the task. */
function wordsOf(parts: OperationParts, action: ActionRecord): string | null {
  const mandate =
    action.mandate === null
      ? undefined
      : parts.mandates.ofAgent(action.agent).find(({ id }) => id === action.mandate)
  const task = parts.tasks.records.get(action.task)
  return mandate?.words || task?.words || null
}

/** What became of an action that waits for a person, or waited in vain. */
const heldWords: Readonly<Record<string, { en: string; zh: string }>> = {
  waiting: { en: "It waits for you.", zh: "正在等待您批准。" },
  approved: {
    en: "You approved it; the agent has not come back for it yet.",
    zh: "您已批准；智能体尚未回来执行。",
  },
  refused: { en: "You refused it.", zh: "您已拒绝。" },
  expired: { en: "Nobody approved it in time, so it was denied.", zh: "期限内无人批准，已拒绝。" },
  cancelled: { en: "The request was cancelled.", zh: "请求已取消。" },
}

function english(action: ActionRecord, words: string | null): string[] {
  const { agentName, tool, server, effect, verdict, hold, outcome, reason } = action
  if (verdict === "ask")
    return [
      `The agent ${agentName} wanted to ${effectWords[effect].en} with the tool ${tool} of ${server}.`,
      heldWords[reason ?? ""]?.en ?? "It asked.",
      "Nothing was forwarded.",
      ...(words ? [`In your words: “${words}”`] : []),
    ]
  const said =
    verdict === "deny" ? "It was denied." : hold ? "It asked, and a person approved it." : "It was allowed."
  const ended = {
    done: "It is done.",
    failed: `It failed${reason ? ` (${reason})` : ""}.`,
    unknown: `Whether it took effect is unknown${reason ? ` (${reason})` : ""}: look before you try again.`,
  }
  return [
    `The agent ${agentName} wanted to ${effectWords[effect].en} with the tool ${tool} of ${server}.`,
    said,
    ...(verdict === "deny" ? ["Nothing was forwarded."] : [outcome ? ended[outcome] : "It is under way."]),
    ...(words ? [`In your words: “${words}”`] : []),
  ]
}

function chinese(action: ActionRecord, words: string | null): string[] {
  const { agentName, tool, server, effect, verdict, hold, outcome, reason } = action
  if (verdict === "ask")
    return [
      `智能体 ${agentName} 想用 ${server} 的工具 ${tool} 进行${effectWords[effect].zh}。`,
      heldWords[reason ?? ""]?.zh ?? "已请求批准。",
      "没有任何内容被转发。",
      ...(words ? [`您的原话：「${words}」`] : []),
    ]
  const said = verdict === "deny" ? "裁定为拒绝。" : hold ? "已请求批准，并由委托人批准。" : "裁定为允许。"
  const ended = {
    done: "已完成。",
    failed: `失败${reason ? `（${reason}）` : ""}。`,
    unknown: `是否生效未知${reason ? `（${reason}）` : ""}：请先核实，勿盲目重试。`,
  }
  return [
    `智能体 ${agentName} 想用 ${server} 的工具 ${tool} 进行${effectWords[effect].zh}。`,
    said,
    ...(verdict === "deny" ? ["没有任何内容被转发。"] : [outcome ? ended[outcome] : "正在进行。"]),
    ...(words ? [`您的原话：「${words}」`] : []),
  ]
}
