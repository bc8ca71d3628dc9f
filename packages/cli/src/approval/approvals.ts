import { type HoldRecord, HoldState } from "@hufu/core/contract/records"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { asCalled } from "../terminal/called-as.ts"
import { fold } from "../terminal/fold.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { table } from "../terminal/table.ts"

const texts = {
  en: {
    none: "Nothing waits for you.",
    head: ["ID", "AGENT", "TOOL", "EFFECT", "ACTS ON", "STATE", "SECONDS LEFT", "WHY"],
    how: "To see one and decide: `hufu approve ID`, or `hufu refuse ID --reason TEXT`",
  },
  zh: {
    none: "没有等待批准的行为。",
    head: ["编号", "智能体", "工具", "行为类别", "对象", "状态", "剩余秒数", "原因"],
    how: "查看并决定：`hufu approve 编号`，或 `hufu refuse 编号 --reason 理由`",
  },
} as const

/** `hufu approvals`: what waits for the person. */
export async function approvals(invocation: Invocation): Promise<number> {
  const { json, language, flags } = invocation
  const given = textFlag(flags, "state") ?? "waiting"
  const state = given === "all" ? "all" : HoldState.safeParse(given).data
  if (state === undefined)
    throw new UsageError(`--state is one of ${[...HoldState.options, "all"].join(", ")}`)
  const output = await withNode(invocation, (client) => client.hold.list({ state, limit: 1000 }))
  if (json) {
    printJson(output)
    return exitCodes.ok
  }
  const text = texts[language]
  const now = Date.now()
  const rows = output.items.map((hold) => [
    hold.id,
    hold.agentName,
    `${hold.server}/${hold.tool}`,
    hold.effect,
    targetsOf(hold),
    hold.state,
    String(Math.max(0, Math.round((hold.expiresAt - now) / 1000))),
    hold.reasons[0]?.[language] ?? "",
  ])
  if (rows.length === 0) printLines(text.none)
  else printLines(...table(text.head, rows), "", asCalled(text.how))
  return exitCodes.ok
}

/** UNTRUSTED: the agent named them; the whole of each is in `hufu approve`. */
function targetsOf({ targets }: HoldRecord): string {
  const [first] = targets
  if (first === undefined) return "-"
  return targets.length === 1 ? fold(first.value) : `${fold(first.value)} +${targets.length - 1}`
}
