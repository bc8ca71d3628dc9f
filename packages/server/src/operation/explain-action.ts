import type { Output } from "@hufu/core/contract/contract"
import { maxChain } from "../authority/chains.ts"
import type { ActionRecord, ApprovalRecord, MandateSaid } from "@hufu/core/contract/records"
import { isJsonObject } from "@hufu/core/json/json-value"
import { sayTime } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"
import type { Reason } from "../gateway/governor.ts"
import { approvalOf } from "./approval-of.ts"
import { mandateSaid } from "./mandate-said.ts"
import { noticedIn } from "./noticed-in.ts"
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

export type ExplainParts = Pick<OperationParts, "actions" | "holds" | "mandates" | "tasks" | "ledger">

/** Everything that the sentences rest on. */
interface Known {
  readonly action: ActionRecord
  /** Why it asked, or why it was denied. */
  readonly objections: readonly Reason[]
  readonly mandate: MandateSaid | null
  readonly approval: ApprovalRecord | null
  readonly words: string | null
}

/** `hufu why ACTION`: what it was, what was decided by which rule in whose words, and how it ended. */
export function explainAction(parts: ExplainParts, id: string, language: Language): Output<"action.why"> {
  const action = parts.actions.need(id)
  const kept = parts.actions.content(id)
  const hold = action.hold === null ? undefined : parts.holds.find(action.hold)
  const shownOfHold = hold && parts.holds.content(hold)
  // What was performed, or would be: after an edit, what the person put in its place.
  const told = kept?.arguments ?? (hold && parts.holds.decided(hold).edited) ?? shownOfHold?.arguments
  const args = isJsonObject(told) ? told : null
  const mandate = mandateSaid(parts, action, args)
  const denied = action.verdict === "deny" ? kept?.reasons : undefined
  const objections = [...(denied ?? shownOfHold?.reasons ?? [])]
  const approval = hold ? approvalOf(parts, hold) : null
  const words = wordsOf(parts, action)
  const say = language === "zh" ? chinese : english
  return {
    action,
    sentences: say({ action, objections, mandate, approval, words }),
    reasons: [...objections, ...(action.verdict === "allow" ? permits(action, mandate) : [])],
    mandate,
    approval,
    words,
    noticed: noticedIn(kept?.facts ?? shownOfHold?.facts),
    arguments: args,
  }
}

/** The rule that let it go, and on what that rests. */
function permits({ rules, hold }: ActionRecord, mandate: MandateSaid | null): Reason[] {
  const rule = rules[0]
  if (rule === undefined) return []
  if (mandate)
    return [
      { rule, en: mandateWords(mandate, "en") ?? mandate.id, zh: mandateWords(mandate, "zh") ?? mandate.id },
    ]
  return hold === null ? [] : [{ rule, en: "a person approved this very action", zh: "委托人批准了这一行为" }]
}

function mandateWords(mandate: MandateSaid | null, language: Language): string | undefined {
  if (mandate === null) return undefined
  const { id, starting, says } = mandate
  if (language === "zh")
    return `${starting ? "虎符起始授权" : "授权"} ${id}${says ? `：「${says.zh}」` : "（其当时的内容已无从得知）"}`
  return `the ${starting ? "starting mandate" : "mandate"} ${id}${says ? ` says: “${says.en}”` : ", of which it cannot be told any more what it said"}`
}

/** The user's own words that stand behind it: those of the mandate that the user gave, else those of the task. */
function wordsOf(parts: ExplainParts, action: ActionRecord): string | null {
  let mandate = action.mandate === null ? undefined : parts.mandates.recall(action.mandate)?.mandate
  for (let steps = 0; mandate && mandate.parent !== null; steps++)
    mandate =
      steps < maxChain && mandate.widened === undefined
        ? parts.mandates.recall(mandate.parent)?.mandate
        : undefined
  const task = parts.tasks.records.get(action.task)
  return mandate?.words || task?.words || null
}

/** What the person did; time, an account or the agent itself are never called a person. */
function english({ action, objections, mandate, approval, words }: Known): string[] {
  const { agentName, tool, server, effect, verdict, outcome, reason } = action
  const ended = {
    done: "It is done.",
    failed: `It failed${reason ? ` (${reason})` : ""}.`,
    unknown: `Whether it took effect is unknown${reason ? ` (${reason})` : ""}: look before you try again.`,
  }
  const why = objections.map((each) => `${each.en} (${each.rule})`).join("; ")
  const says = mandateWords(mandate, "en")
  return [
    `The agent ${agentName} wanted to ${effectWords[effect].en} with the tool ${tool} of ${server}.`,
    ...(verdict === "deny" ? [`It was denied${why ? `: ${why}` : ""}.`] : []),
    ...(verdict === "deny" && mandate?.says ? [`In full, ${says}.`] : []),
    ...(verdict !== "deny" && approval
      ? [`It asked${why ? `: ${why}` : ""}.`, decidedInEnglish(approval)]
      : []),
    ...(verdict === "allow"
      ? [`Allowed by ${action.rules.join(", ")}${says ? `: ${says}` : ", with that approval"}.`]
      : []),
    ...(verdict === "allow" ? [outcome ? ended[outcome] : "It is under way."] : ["Nothing was forwarded."]),
    ...(words ? [`In your words: “${words}”`] : []),
  ]
}

function decidedInEnglish({ state, decision, by, at, until, refusal }: ApprovalRecord): string {
  if (decision === null || at === null) return "It waits for you."
  const when = sayTime(at)
  if (decision === "expired") return `Nobody approved it until ${when}, so it was denied.`
  if (decision === "cancelled") return `The request was cancelled on ${when} (by ${by}).`
  if (decision === "refused")
    return `${whoInEnglish(by)} refused it on ${when}${refusal ? `: “${refusal}”` : ", without a reason"}.`
  const span = {
    once: "once",
    task: "for the rest of its task",
    until: until === null ? "until a time" : `until ${sayTime(until)}`,
    edited: "once, with other arguments than the agent had asked for",
  }[decision]
  const open = state === "approved" ? " The agent has not come back for it yet." : ""
  return `${whoInEnglish(by)} approved it on ${when}, ${span}.${open}`
}

/** A person is one who proved it; what came over the account's own socket or an admitted browser is said to be that. */
function whoInEnglish(by: string | null): string {
  if (by?.startsWith("usr_")) return "You"
  if (by?.startsWith("brw_")) return `A browser that you let in (${by})`
  return by === "node" ? "Somebody at this computer’s account (refusing takes no secret)" : String(by)
}

function chinese({ action, objections, mandate, approval, words }: Known): string[] {
  const { agentName, tool, server, effect, verdict, outcome, reason } = action
  const ended = {
    done: "已完成。",
    failed: `失败${reason ? `（${reason}）` : ""}。`,
    unknown: `是否生效未知${reason ? `（${reason}）` : ""}：请先核实，勿盲目重试。`,
  }
  const why = objections.map((each) => `${each.zh}（${each.rule}）`).join("；")
  const says = mandateWords(mandate, "zh")
  return [
    `智能体 ${agentName} 想用 ${server} 的工具 ${tool} 进行${effectWords[effect].zh}。`,
    ...(verdict === "deny" ? [`裁定为拒绝${why ? `：${why}` : ""}。`] : []),
    ...(verdict === "deny" && mandate?.says ? [`依据${says}。`] : []),
    ...(verdict !== "deny" && approval
      ? [`已请求批准${why ? `：${why}` : ""}。`, decidedInChinese(approval)]
      : []),
    ...(verdict === "allow"
      ? [`由 ${action.rules.join("、")} 允许${says ? `：${says}` : "，依据上述批准"}。`]
      : []),
    ...(verdict === "allow" ? [outcome ? ended[outcome] : "正在进行。"] : ["没有任何内容被转发。"]),
    ...(words ? [`您的原话：「${words}」`] : []),
  ]
}

function decidedInChinese({ state, decision, by, at, until, refusal }: ApprovalRecord): string {
  if (decision === null || at === null) return "正在等待您批准。"
  const when = sayTime(at)
  if (decision === "expired") return `至 ${when} 无人批准，已拒绝。`
  if (decision === "cancelled") return `请求已于 ${when} 取消（由 ${by}）。`
  if (decision === "refused")
    return `${whoInChinese(by)}于 ${when} 拒绝${refusal ? `：「${refusal}」` : "，未给出理由"}。`
  const span = {
    once: "仅此一次",
    task: "在其任务余下部分有效",
    until: until === null ? "在期限内有效" : `有效至 ${sayTime(until)}`,
    edited: "仅此一次，并以其他参数替换智能体所请求的参数",
  }[decision]
  const open = state === "approved" ? "智能体尚未回来执行。" : ""
  return `${whoInChinese(by)}于 ${when} 批准，${span}。${open}`
}

function whoInChinese(by: string | null): string {
  if (by?.startsWith("usr_")) return "您"
  if (by?.startsWith("brw_")) return `您准入的浏览器（${by}）`
  return by === "node" ? "本机账户的某位使用者（拒绝无需口令）" : String(by)
}
