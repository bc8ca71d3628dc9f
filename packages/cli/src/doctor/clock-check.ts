import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

/** A step back of more than this refuses new actions. */
const maxStepBackMs = 60_000

/** Is the clock behind what the ledger has seen? */
export function checkClock({ store, now }: Pick<Examination, "store" | "now">): Finding[] {
  if (store instanceof Error || store === null) return []
  const behind = store.lastAt - now
  const seconds = Math.ceil(behind / 1000)
  const says = {
    en: `The clock is ${seconds} s behind the last entry of the ledger`,
    zh: `系统时钟比账本最后一条落后 ${seconds} 秒`,
  }
  const what = { en: "set the clock, best by network time", zh: "校准时钟，最好使用网络对时" }
  if (behind > maxStepBackMs) return [fault("clock", says, what)]
  if (behind > 0) return [warning("clock", says, what)]
  return [fine("clock", { en: "The clock is not behind the ledger", zh: "系统时钟不落后于账本" })]
}
