import type {
  BudgetSpent,
  DelegationEvent,
  DelegationRecord,
  DelegationShown,
  DelegationTrace,
  ShownPart,
} from "@hufu/core/contract/delegation"
import { sayMinor } from "@hufu/core/contract/say-figure"
import { delegationWords } from "@hufu/core/delegation/delegation-words"
import { failureCodes, isFailureCode } from "@hufu/core/failure"
import { sayTime } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"
import { asCalled } from "../terminal/called-as.ts"
import { oneLine } from "../terminal/one-line.ts"
import { table } from "../terminal/table.ts"

const words = {
  en: {
    none: "No agent has asked another for anything.",
    head: ["DELEGATION", "CHANGED", "AGENT", "PARTNER", "STATE", "NAME"],
    older: (next: string) => `Older ones: \`hufu delegation list --before ${next}\``,
    asks: (agent: string, server: string) => `${agent} asked ${server}`,
    state: "State",
    task: "Task",
    door: "Door",
    failed: (title: string, code: string) => `Hufu ended it: ${title} (${code})`,
    waits: (hold: string) => `It waits for you: \`hufu approval show ${hold}\``,
    earlier: (count: number) => `(${count} earlier events are left out)`,
    product: "product",
    reply: "answer",
    cut: "…",
    receipt: "receipt",
    verdicts: { allow: "allowed", ask: "asked", deny: "denied" },
    calls: (spent: number, most: number) => `${spent} of ${most} calls`,
    traceCut: "(only the oldest are shown: there are too many)",
    cancelled: (id: string, state: string) => `${id} is ${state} now; what it had asked for goes no further.`,
  },
  zh: {
    none: "尚无智能体之间的委派。",
    head: ["委派", "变动时间", "智能体", "协作方", "状态", "名称"],
    older: (next: string) => `更早的：\`hufu delegation list --before ${next}\``,
    asks: (agent: string, server: string) => `${agent} 委派 ${server}`,
    state: "状态",
    task: "任务",
    door: "入口",
    failed: (title: string, code: string) => `由虎符终止：${title}（${code}）`,
    waits: (hold: string) => `正在等待您批准：\`hufu approval show ${hold}\``,
    earlier: (count: number) => `（此前 ${count} 个事件未列出）`,
    product: "产物",
    reply: "回答",
    cut: "…",
    receipt: "回执",
    verdicts: { allow: "允许", ask: "询问", deny: "拒绝" },
    calls: (spent: number, most: number) => `${spent} / ${most} 次`,
    traceCut: "（数量过多，仅显示最早的部分）",
    cancelled: (id: string, state: string) => `${id} 现为「${state}」，其所请求的事项不再继续。`,
  },
} as const

function asFailureTitle(code: string, language: Language): string {
  return isFailureCode(code) ? failureCodes[code][language] : code
}

/** Delegations, one on a line. */
export function delegationLines(
  { items, next }: { readonly items: readonly DelegationRecord[]; readonly next: string | null },
  language: Language,
): string[] {
  const say = words[language]
  const rows = items.map((each) => [
    each.id,
    sayTime(each.changedAt),
    each.agentName,
    each.server,
    delegationWords[language].state[each.state],
    oneLine(each.name),
  ])
  return [
    ...(rows.length === 0 ? [say.none] : table(say.head, rows)),
    ...(next === null ? [] : [asCalled(say.older(next))]),
  ]
}

/** One delegation and what happened to it, in order. */
export function shownDelegationLines(
  { delegation, events, earlier, products }: DelegationShown,
  language: Language,
): string[] {
  const say = words[language]
  const { id, agentName, server, state, task, door, hold, ended } = delegation
  return [
    `${id}: ${say.asks(agentName, server)}`,
    `${say.state}: ${delegationWords[language].state[state]}`,
    `${say.task}: ${task}`,
    `${say.door}: ${door}`,
    ...(hold === null ? [] : [asCalled(say.waits(hold))]),
    ...(ended === null ? [] : [say.failed(asFailureTitle(ended, language), ended)]),
    "",
    ...(earlier === 0 ? [] : [say.earlier(earlier)]),
    ...events.flatMap((event) => eventLines(event, language)),
    ...products.flatMap(({ name, parts }) => [
      "",
      `${say.product} ${oneLine(name)}:`,
      ...partLines(parts, language),
    ]),
  ]
}

/** Who asked whom, as a tree from whoever asked first, with what was spent and what else was done. */
export function traceLines({ items, isCut }: DelegationTrace, language: Language): string[] {
  const say = words[language]
  const depths = new Map<string, number>()
  return [
    ...items.flatMap(({ delegation, above, budgets, actions }) => {
      const depth = above === null ? 0 : (depths.get(above) ?? 0) + 1
      depths.set(delegation.id, depth)
      const indent = "  ".repeat(depth)
      const { id, agentName, server, state } = delegation
      const spent = budgets.map((budget) => spentOf(budget, language)).filter((each) => each !== "")
      return [
        [
          `${indent}${say.asks(agentName, server)}: ${delegationWords[language].state[state]}`,
          ...spent,
          id,
        ].join("  "),
        ...actions.map(
          (action) =>
            `${indent}  - ${action.agentName} ${action.server}/${oneLine(action.tool)}: ${say.verdicts[action.verdict]}  ${action.id}`,
        ),
      ]
    }),
    ...(isCut ? [say.traceCut] : []),
  ]
}

function spentOf({ spent, most, currency }: BudgetSpent, language: Language): string {
  return [
    ...(most.count === null ? [] : [words[language].calls(spent.count, most.count)]),
    ...(most.amount === null || currency === null
      ? []
      : [`${sayMinor(spent.amount, currency, language)} / ${sayMinor(most.amount, currency, language)}`]),
  ].join(", ")
}

export function cancelledLines({ id, state }: DelegationRecord, language: Language): string[] {
  return [words[language].cancelled(id, delegationWords[language].state[state])]
}

function eventLines(event: DelegationEvent, language: Language): string[] {
  const { at, action, parts, reasons } = event
  const receipt = action === null ? "" : `  (${words[language].receipt} ${action})`
  return [
    `${sayTime(at)}  ${whatOf(event, language)}${receipt}`,
    ...reasons.map((reason) => `    ${oneLine(reason[language])} (${reason.rule})`),
    ...partLines(parts, language),
  ]
}

function whatOf({ kind, order, state, product }: DelegationEvent, language: Language): string {
  const say = words[language]
  if (kind === "order" && order !== null) return delegationWords[language].order[order]
  if (kind === "state" && state !== null) return delegationWords[language].state[state]
  return kind === "product" ? `${say.product} ${oneLine(product ?? "")}` : say.reply
}

/** UNTRUSTED: each part on one line behind a bar, so that none passes for one of ours. */
function partLines(parts: readonly ShownPart[], language: Language): string[] {
  const isInLanguage = parts.some((part) => part.language === language)
  return parts
    .filter((part) => !isInLanguage || part.language === null || part.language === language)
    .map(({ text, name, isCut }) => {
      const shown = [name ?? "", text].filter((each) => each !== "").join(": ")
      return `    | ${oneLine(shown)}${isCut ? words[language].cut : ""}`
    })
}
