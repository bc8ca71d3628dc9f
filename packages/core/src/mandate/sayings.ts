import type { Effect, Language } from "../words.ts"

/** The effects as verbs. */
export const effectWords: Readonly<Record<Effect, Readonly<Record<Language, string>>>> = {
  read: { en: "read", zh: "读取" },
  compute: { en: "compute", zh: "计算" },
  write: { en: "write", zh: "写入" },
  delete: { en: "delete", zh: "删除" },
  send: { en: "send", zh: "发送" },
  publish: { en: "publish", zh: "发布" },
  pay: { en: "pay", zh: "付款" },
  execute: { en: "execute", zh: "执行" },
  control: { en: "control devices", zh: "控制设备" },
  decide: { en: "decide about people", zh: "作出涉及个人的决定" },
}

/** The pieces of sentences about mandates. */
interface Sayings {
  readonly comma: string
  /** Between the values of a list. */
  readonly listed: string
  readonly and: string
  readonly or: string
  readonly anything: string
  readonly alone: string
  readonly asking: string
  readonly closed: string
  readonly ifReviewed: string
  readonly otherwiseAsk: string
  readonly otherwiseDeny: string
  anyTool(isReviewed: boolean): string
  toolOf(server: string, isReviewed: boolean): string
  may(effects: string, tools: string): string
  doing(effects: string, tools: string): string
  never(what: string): string
  userOnly(what: string): string
  where(limits: string): string
  until(time: string): string
  from(time: string): string
  whole(budget: string): string
  times(count: number): string
  amount(amount: string, argument: string): string
  minorUnits(max: number, currency: string | undefined): string
  is(argument: string, value: string): string
  oneOf(argument: string, values: string): string
  range(argument: string, min: number | undefined, max: number | undefined): string
  prefix(argument: string, prefix: string): string
  path(argument: string, under: string): string
  pattern(argument: string, pattern: string): string
  anyText(argument: string): string
  host(argument: string, hosts: string): string
}

/** Pieces in a row; in Chinese a space stands where a quoted name meets a character. */
export function inRow(...pieces: readonly string[]): string {
  return pieces.reduce((said, piece) => {
    const isApart =
      (said.endsWith("`") && /^\p{Script=Han}/u.test(piece)) ||
      (/\p{Script=Han}$/u.test(said) && piece.startsWith("`"))
    return `${said}${isApart ? " " : ""}${piece}`
  })
}

export const sayings: Readonly<Record<Language, Sayings>> = {
  en: {
    comma: ", ",
    listed: ", ",
    and: " and ",
    or: " or ",
    anything: "do anything",
    alone: "by itself",
    asking: "asking each time",
    closed: "with no other argument",
    ifReviewed: " if reviewed or confirmed",
    otherwiseAsk: "asks for everything else",
    otherwiseDeny: "may do nothing else",
    anyTool: (isReviewed) => (isReviewed ? "any reviewed tool" : "any tool"),
    toolOf: (server, isReviewed) => `any ${isReviewed ? "reviewed " : ""}tool of ${server}`,
    may: (effects, tools) => `may ${effects} with ${tools}`,
    doing: (effects, tools) => `${effects} with ${tools}`,
    never: (what) => `must never ${what}`,
    userOnly: (what) => `only the person decides, each time: ${what}`,
    where: (limits) => `where ${limits}`,
    until: (time) => `until ${time}`,
    from: (time) => `all of this from ${time} on`,
    whole: (budget) => `in all: ${budget}`,
    times: (count) => (count === 1 ? "once" : `at most ${count} times`),
    amount: (amount, argument) => `for at most ${amount} of ${argument} in total`,
    minorUnits: (max, currency) => `${max} minor units${currency ? ` (${currency})` : ""}`,
    is: (argument, value) => `${argument} is ${value}`,
    oneOf: (argument, values) => `${argument} is one of ${values}`,
    range: (argument, min, max) => {
      if (min === undefined) return `${argument} is at most ${max}`
      return max === undefined ? `${argument} is at least ${min}` : `${argument} is from ${min} to ${max}`
    },
    prefix: (argument, prefix) => `${argument} starts with ${prefix}`,
    path: (argument, under) => `${argument} is a path under ${under}`,
    anyText: (argument) => `${argument} is any text`,
    pattern: (argument, pattern) => `${argument} matches ${pattern}`,
    host: (argument, hosts) => `${argument} is a URL on ${hosts}`,
  },
  zh: {
    comma: "，",
    listed: "、",
    and: "，且",
    or: "或",
    anything: "进行任何操作",
    alone: "可自主进行",
    asking: "每次须询问",
    closed: "不得带其他参数",
    ifReviewed: "（须经审核或确认）",
    otherwiseAsk: "其余一切须询问",
    otherwiseDeny: "其余一切不得进行",
    anyTool: (isReviewed) => (isReviewed ? "任何经审核的工具" : "任何工具"),
    toolOf: (server, isReviewed) => `${server} 的任何${isReviewed ? "经审核的" : ""}工具`,
    may: (effects, tools) => inRow("可用", tools, effects),
    doing: (effects, tools) => inRow("用", tools, effects),
    never: (what) => `绝不得${what}`,
    userOnly: (what) => `每次仅限用户本人决策：${what}`,
    where: (limits) => inRow("限于", limits),
    until: (time) => `有效至 ${time}`,
    from: (time) => `以上自 ${time} 起有效`,
    whole: (budget) => `合计：${budget}`,
    times: (count) => `最多 ${count} 次`,
    amount: (amount, argument) => `${argument} 累计不超过 ${amount}`,
    minorUnits: (max, currency) => `${max} 最小货币单位${currency ? `（${currency}）` : ""}`,
    is: (argument, value) => `${argument} 等于 ${value}`,
    oneOf: (argument, values) => `${argument} 为 ${values} 之一`,
    range: (argument, min, max) => {
      if (min === undefined) return `${argument} 不大于 ${max}`
      return max === undefined ? `${argument} 不小于 ${min}` : `${argument} 在 ${min} 与 ${max} 之间`
    },
    prefix: (argument, prefix) => `${argument} 以 ${prefix} 开头`,
    path: (argument, under) => `${argument} 为 ${under} 之下的路径`,
    anyText: (argument) => `${argument} 为任意文本`,
    pattern: (argument, pattern) => `${argument} 符合模式 ${pattern}`,
    host: (argument, hosts) => `${argument} 为指向 ${hosts} 的网址`,
  },
}
