import type { AgentThen, MandateThen, ServerThen, StateAt } from "@hufu/core/contract/state"
import { Mandate } from "@hufu/core/mandate/mandate"
import { sayMandate } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"

/** What was known and in force, for a person. */
export function sayState(state: StateAt, language: Language): string[] {
  const zh = language === "zh"
  const { entries, at, stopped, person, rules, agents, servers, cut } = state
  const secret =
    person?.hasSecret === null
      ? zh
        ? "口令未知"
        : "secret not known"
      : person?.hasSecret
        ? zh
          ? "有口令"
          : "with a secret"
        : zh
          ? "无口令"
          : "no secret"
  return [
    zh
      ? `${new Date(at).toISOString()}，账本有 ${entries} 个条目：`
      : `At ${new Date(at).toISOString()}, with ${entries} entries in the ledger:`,
    ...(stopped ? [zh ? "已全部停止。" : "Everything was stopped."] : []),
    person === null
      ? zh
        ? "委托人：未知"
        : "person: not known"
      : zh
        ? `委托人：${person.id}，${secret}，通行密钥 ${person.passkeys} 个`
        : `person: ${person.id}, ${secret}, ${person.passkeys} passkeys`,
    rules === null
      ? zh
        ? "规则：未知"
        : "rules: not known"
      : zh
        ? `规则：${rules.digest}（条目 ${rules.index}）`
        : `rules: ${rules.digest} (entry ${rules.index})`,
    ...agents.flatMap((agent) => sayAgent(agent, language)),
    ...servers.flatMap((server) => sayServer(server, language)),
    ...(cut ? [zh ? "……还有更多，未列出。" : "… and more, which are not listed."] : []),
  ]
}

function sayAgent(agent: AgentThen, language: Language): string[] {
  const zh = language === "zh"
  const since = agent.since === null ? "" : zh ? `，自 ${time(agent.since)}` : ` since ${time(agent.since)}`
  const version = `${agent.version ?? "—"}${agent.label === null ? "" : ` (${agent.label})`}`
  return [
    "",
    `${zh ? "智能体" : "agent"} ${nameOf(agent.name, agent.erased, "name")} ${agent.id}${zh ? "：" : ": "}${agent.state ?? "—"}${since}${zh ? "，版本 " : ", version "}${version}`,
    ...unknown(agent, zh),
    ...(agent.mandates.length === 0 ? [zh ? "  没有生效的授权" : "  no mandate in force"] : []),
    ...agent.mandates.flatMap((mandate) => sayMandateThen(mandate, agent, language)),
  ]
}

function sayMandateThen(then: MandateThen, agent: AgentThen, language: Language): string[] {
  const zh = language === "zh"
  const { erased, unstated, budgets, spending, ...rest } = then
  // The members that a mandate has; those that are not there stay out.
  const given = Object.fromEntries(
    Object.entries(rest).filter(([name, value]) => value !== null || name === "task"),
  )
  const mandate = Mandate.safeParse({ ...given, agent: agent.id, parent: null, createdAt: 0 })
  const sentences = mandate.success ? sayMandate(mandate.data, language) : []
  return [
    `  ${zh ? "授权" : "mandate"} ${then.id}`,
    ...unknown({ erased, unstated }, zh).map((line) => `  ${line}`),
    ...sentences.map((sentence) => `    ${sentence}`),
    ...budgets.map(({ grant, spent, left }) => {
      const of =
        grant < 0 ? (zh ? "整个授权" : "the mandate") : zh ? `第 ${grant + 1} 项` : `grant ${grant + 1}`
      const rest_ = [
        ...(left.count === null ? [] : [zh ? `剩 ${left.count} 次` : `${left.count} calls left`]),
        ...(left.amount === null ? [] : [zh ? `剩额 ${left.amount}` : `an amount of ${left.amount} left`]),
      ].join(zh ? "，" : ", ")
      return zh
        ? `    ${of}：已用 ${spent.count} 次，金额 ${spent.amount}${rest_ ? `；${rest_}` : ""}`
        : `    ${of}: ${spent.count} calls and an amount of ${spent.amount} spent${rest_ ? `; ${rest_}` : ""}`
    }),
    ...(spending === "all"
      ? []
      : [zh ? `    并非全部花费可知：${spending}` : `    not all that was spent is known: ${spending}`]),
  ]
}

function sayServer(server: ServerThen, language: Language): string[] {
  const zh = language === "zh"
  const place = server.command?.join(" ") ?? server.url ?? "—"
  return [
    "",
    `${zh ? "工具服务器" : "server"} ${nameOf(server.name, server.erased, "name")} ${server.id}${zh ? "：" : ": "}${place}`,
    ...unknown(server, zh),
    ...server.tools.map(({ tool, effect, definition, changed, confirmed }) => {
      const marks = [
        ...(confirmed === true ? [zh ? "已确认" : "confirmed"] : []),
        ...(changed ? [zh ? "定义已变" : "its definition changed"] : []),
      ]
      return `  ${tool} ${effect ?? "—"} ${definition?.slice(0, 16) ?? "—"}${marks.length > 0 ? ` ${marks.join(", ")}` : ""}`
    }),
  ]
}

function unknown(
  { erased, unstated }: { erased: readonly string[]; unstated: readonly string[] },
  zh: boolean,
): string[] {
  return [
    ...(erased.length === 0 ? [] : [`  ${zh ? "已擦除（erased）：" : "erased: "}${erased.join(", ")}`]),
    ...(unstated.length === 0
      ? []
      : [
          `  ${zh ? "早期版本未声明（unstated）：" : "unstated by an earlier version: "}${unstated.join(", ")}`,
        ]),
  ]
}

function nameOf(name: string | null, erased: readonly string[], member: string): string {
  return name ?? (erased.includes(member) ? "(erased)" : "—")
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}
