import type { Invocation } from "../command/command.ts"

/** Says on a terminal how far a long reading is, in one line; to no program. */
export function showProgress({ json, language }: Pick<Invocation, "json" | "language">) {
  const { stderr } = process
  if (json || !stderr.isTTY) return () => {}
  let shown = -1
  return (done: number, of: number): void => {
    const percent = of === 0 ? 100 : Math.floor((done * 100) / of)
    if (percent === shown) return
    shown = percent
    const text =
      language === "zh" ? `${done} / ${of} 条（${percent}%）` : `${done} of ${of} entries (${percent}%)`
    stderr.write(`\r${text}${done === of ? "\n" : ""}`)
  }
}
