import { type Effort, spend } from "@hufu/core/pattern/effort"

const reach = 24

/** What stands before a place, in lower case: what people call the number that follows. */
export function wordsBefore(text: string, start: number, effort: Effort): string {
  spend(effort, reach)
  return text.slice(Math.max(0, start - reach), start).toLowerCase()
}

/** Whether one of the words stands there. */
export function says(words: string, ...any: readonly string[]): boolean {
  return any.some((word) => words.includes(word))
}

const nearby = 14
const others = (
  "流水号|订单号|订单编号|单号|序列|交易号|批次|版本|时间戳|货号|serial|order no|order id|order #|invoice|tracking|" +
  "trace|version|timestamp|sku|isbn|commit|build|ticket|batch|reference no|ref no"
).split("|")

/** Whether the number is called something that is nobody's, right before it: an order, a version, a trace. */
export function saysOther(words: string): boolean {
  return says(words.slice(-nearby), ...others)
}

/** Whether Chinese stands before it. */
export function isAmongChinese(words: string): boolean {
  return /\p{Script=Han}/u.test(words)
}
