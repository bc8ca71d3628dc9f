import type { Cover } from "@hufu/core/mandate/cover"
import type { Verdict } from "@hufu/core/policy/verdict"
import type { Reason } from "./governor.ts"

/** Why an action may not go for reasons that no rule needs to state. */
const sentences = {
  stopped: [
    "everything is stopped on this node: a person has to lift the stop",
    "本节点已全部停止：须由委托人解除",
  ],
  agent_unknown: [
    "this agent is not known here: ask the person to create it",
    "本节点没有这个智能体：请委托人先创建",
  ],
  agent_suspended: ["this agent is suspended: a person has to resume it", "该智能体已被暂停：须由委托人恢复"],
  agent_revoked: ["this agent is out of service for good", "该智能体已永久停用"],
  version_changed: [
    "this is another version of the agent than the one that is live: use its new credential",
    "智能体版本已更换：请使用新版本的凭证",
  ],
  credential_revoked: [
    "this credential is revoked: ask the person for a new one",
    "该凭证已被吊销：请向委托人申请新凭证",
  ],
  server_removed: ["this tool server is not registered any more", "该工具服务器已被移除"],
  mandate_revoked: [
    "the mandate that covered this was revoked or narrowed before it left",
    "覆盖此行为的授权在发出前已被撤销或收窄",
  ],
  order_ended: [
    "there is no open order to this agent under which this could be done: it ended, or was given to somebody else",
    "没有可据以执行此行为的、发给该智能体的未结指令：指令已结束，或并非发给它",
  ],
  claim_taken: [
    "another agent that works on this task has just begun to act on the same thing: try again",
    "为同一件事工作的另一个智能体刚刚开始处理同一对象：请重试",
  ],
  budget_spent: ["the budget of the mandate is spent", "授权额度已用完"],
  action_changed: [
    "the action or the tool's definition changed after the approval: ask again",
    "批准之后行为或工具定义有变化：请重新请求",
  ],
  place_changed: [
    "another place has a say in this than when it was approved: ask again",
    "对此有规定的场所与批准之时不同：请重新请求",
  ],
  refused_by_person: ["the person refused this action", "委托人拒绝了此行为"],
  hold_expired: [
    "nobody approved this in time, so it is denied: silence is never consent",
    "期限内无人批准，视为拒绝：沉默不等于同意",
  ],
  hold_cancelled: ["the request for approval was cancelled", "批准请求已取消"],
  hold_used: [
    "this approval was used already: the same call again is a new action",
    "该批准已被使用：再次调用是新的行为",
  ],
} as const satisfies Record<string, readonly [string, string]>

export type StandingCode = keyof typeof sentences

function code(of: string): Reason[] {
  const known = (sentences as Record<string, readonly [string, string]>)[of]
  const [en, zh] = known ?? ["this is not allowed now", "目前不允许"]
  return [{ rule: `standing/${of.replaceAll("_", "-")}`, en, zh }]
}

/** The rules that spoke, in both languages; the first is the one to show. */
function verdict(of: Verdict, coverage: Cover): Reason[] {
  const objections = of.verdict === "deny" ? of.denies : of.asks
  const spoken = objections.map(({ rule, why }) => ({ rule, en: why.en, zh: why.zh }))
  if (of.basis === "error") {
    return of.errors.map(({ rule }) => ({
      rule,
      en: `the rule \`${rule}\` could not be evaluated on this action, so it is denied`,
      zh: `规则 \`${rule}\` 无法对此行为求值，因此拒绝`,
    }))
  }
  if (of.basis === "no_permit")
    return [
      {
        rule: "platform/no-permit",
        en: "nothing permits this action: the agent has no live mandate",
        zh: "没有任何规则允许此行为：智能体没有有效授权",
      },
    ]
  if (of.verdict === "allow")
    return [
      {
        rule: of.rules[0] ?? "platform/covered",
        en: coverage.mandate ? `the mandate \`${coverage.mandate}\` covers it` : "it was approved",
        zh: coverage.mandate ? `授权 \`${coverage.mandate}\` 覆盖此行为` : "已获批准",
      },
    ]
  return spoken
}

function decided(of: string, refusal: string): Reason[] {
  const [reason] = code(of)
  if (!reason) return []
  return refusal
    ? [{ ...reason, en: `${reason.en}: \`${refusal}\``, zh: `${reason.zh}：\`${refusal}\`` }]
    : [reason]
}

export const reasonsOf = { code, verdict, decided }
