import { sayNoticed } from "@hufu/core/contract/noticed"
import type { PassingRecord } from "@hufu/core/contract/passing-asked"
import type { HoldRecord } from "@hufu/core/contract/records"
import { sayOrigin } from "@hufu/core/provenance/traced-value"
import type { Language } from "@hufu/core/words"
import { oneLine } from "../terminal/one-line.ts"

const texts = {
  en: {
    arguments: "Arguments:",
    erased: "(erased)",
    wants: (hold: HoldRecord) =>
      `The agent ${hold.agentName} wants to use ${oneLine(hold.tool)} of ${hold.server} (${hold.effect}).`,
    behalf: (principal: string) =>
      principal.startsWith("usr_") ? "On your behalf." : `On behalf of ${principal}`,
    targets: "Targets:",
    traced: "Where it came from:",
    noticed: "What was noticed:",
    passes: ({ mandate, toName }: PassingRecord, agent: string) =>
      `The agent ${agent} wants to pass on to the agent ${toName} more than its mandate ${mandate} lets it.`,
    wider: "How it is more:",
    says: "With all of it, that agent could then do this:",
    why: "Why it asks:",
    userOnly: "Only you decide this, each time.",
    state: "State:",
    expires: "Expires:",
    digest: "Digest:",
    standing:
      "Approved as it is, it is allowed this once. With --for task, or --until 2h, this would be allowed as well:",
    proposal: (times: number) =>
      `You approved ${times} like it within 30 days. With --proposed --until 7d, all of this would be allowed:`,
  },
  zh: {
    arguments: "参数：",
    erased: "（已擦除）",
    wants: (hold: HoldRecord) =>
      `智能体 ${hold.agentName} 想使用 ${hold.server} 的 ${oneLine(hold.tool)}（${hold.effect}）。`,
    behalf: (principal: string) => (principal.startsWith("usr_") ? "代表您本人。" : `委托人 ${principal}`),
    targets: "对象：",
    traced: "来源：",
    noticed: "注意到的情况：",
    passes: ({ mandate, toName }: PassingRecord, agent: string) =>
      `智能体 ${agent} 想向智能体 ${toName} 转授超出其授权 ${mandate} 的内容。`,
    wider: "超出之处：",
    says: "如此一来，该智能体将可以：",
    why: "为何询问：",
    userOnly: "此类行为每次仅由您本人决定。",
    state: "状态：",
    expires: "到期：",
    digest: "摘要：",
    standing: "直接批准仅允许这一次。若加 --for task 或 --until 2h，还将允许：",
    proposal: (times: number) =>
      `30 天内您已批准过 ${times} 次同类行为。若加 --proposed --until 7d，将允许以下全部：`,
  },
} as const

const mostTraced = 16

/**
 * What a person has to see before they decide. UNTRUSTED: the arguments come first, so that however long they are, what
 * Hufu itself says stands last, right above the question.
 */
export function describeHold(hold: HoldRecord, language: Language): string[] {
  const text = texts[language]
  return [
    text.arguments,
    ...(hold.arguments === null ? [text.erased] : JSON.stringify(hold.arguments, null, 2).split("\n")).map(
      quote,
    ),
    "",
    ...(hold.passing === null ? [text.wants(hold)] : passingLines(hold, hold.passing, language)),
    text.behalf(hold.principal),
    ...(hold.targets.length > 0
      ? [text.targets, ...hold.targets.map(({ kind, value }) => quote(`${kind}: ${oneLine(value)}`))]
      : []),
    ...(hold.traced.length > 0
      ? [
          text.traced,
          ...hold.traced
            .slice(0, mostTraced)
            .map((value) => quote(`${oneLine(value.value)}: ${oneLine(sayOrigin(value, language))}`)),
        ]
      : []),
    ...(hold.noticed.length > 0
      ? [text.noticed, ...hold.noticed.map((each) => `  ! ${oneLine(sayNoticed(each, language))}`)]
      : []),
    text.why,
    ...hold.reasons.map((reason) => `  - ${oneLine(reason[language])} (${reason.rule})`),
    ...(hold.mode === "user-only" ? [text.userOnly] : []),
    ...(hold.standing ? [text.standing, `  ${oneLine(hold.standing[language])}`] : []),
    ...(hold.proposal ? [text.proposal(hold.proposal.times), `  ${oneLine(hold.proposal[language])}`] : []),
    `${text.digest} ${hold.digest}`,
    `${text.state} ${hold.state}  ${text.expires} ${new Date(hold.expiresAt).toISOString()}`,
  ]
}

/** UNTRUSTED: tools and values in these sentences are the agent's. */
function passingLines({ agentName }: HoldRecord, passing: PassingRecord, language: Language): string[] {
  const text = texts[language]
  return [
    text.passes(passing, agentName),
    text.says,
    ...passing.says[language].map((sentence) => quote(oneLine(sentence))),
    text.wider,
    ...passing.differences.map((each) => `  ! ${oneLine(each[language])}`),
  ]
}

/** A bar before every line that an agent could have written: no such line passes for one of Hufu's. */
function quote(line: string): string {
  return `  | ${line}`
}
