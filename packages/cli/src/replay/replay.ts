import type { Output } from "@hufu/core/contract/contract"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { parseTime } from "../arguments/parse-time.ts"
import { readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { table } from "../terminal/table.ts"

type Page = Output<"action.replay">

/** What all pages together say. */
interface Total extends Omit<Page, "next"> {
  readonly changed: Page["changed"]
  /** More verdicts than `--limit` change: these are the first. */
  cut: boolean
}

/** `hufu replay`: decides past actions again; exit code 1 when the record contradicts itself. */
export async function replay(invocation: Invocation): Promise<number> {
  const { flags, positionals, json, language } = invocation
  if (positionals.length > 0)
    throw new UsageError("this takes no argument: give files of rules with `--rules FILE`")
  const files = textFlags(flags, "rules")
  const limit = limitOf(textFlag(flags, "limit"))
  const now = Date.now()
  const [since, until] = ["from", "to"].map((name) => {
    const text = textFlag(flags, name)
    return text === undefined ? undefined : pastTime(text, now)
  })
  const rules = await Promise.all(
    files.map(async (name) => ({ name: name.slice(-200), text: await readText(name) })),
  )
  const range = {
    ...(files.length === 0 ? {} : { rules }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  }
  const total: Total = {
    policy: "",
    looked: 0,
    decided: 0,
    unchanged: 0,
    standing: 0,
    unchecked: 0,
    changed: [],
    undecidable: [],
    faults: [],
    cut: false,
  }
  const begun = performance.now()
  const out = json ? undefined : streaming(language)
  await withNode(invocation, async (client) => {
    for (let from: number | null = 0; from !== null && !total.cut;) {
      const page: Page = await client.action.replay({ ...range, from })
      add(total, page, limit)
      out?.(page.changed.slice(0, Math.max(0, limit - (total.changed.length - page.changed.length))))
      from = page.next
    }
  })
  const seconds = (performance.now() - begun) / 1000
  if (json) printJson({ ...total, seconds: Math.round(seconds * 1000) / 1000 })
  else printLines(...summary(total, seconds, language))
  return total.faults.length > 0 ? exitCodes.failed : exitCodes.ok
}

function add(total: Total, page: Page, limit: number): void {
  Object.assign(total, { policy: page.policy })
  for (const name of ["looked", "decided", "unchanged", "standing", "unchecked"] as const)
    Object.assign(total, { [name]: total[name] + page[name] })
  for (const name of ["undecidable", "faults"] as const)
    Object.assign(total, { [name]: [...total[name], ...page[name]] })
  total.changed.push(...page.changed)
  if (total.changed.length > limit) {
    total.changed.length = limit
    total.cut = true
  }
}

/** Prints a page's changes under one heading as they come. */
function streaming(language: Invocation["language"]): (changed: Page["changed"]) => void {
  let isFirst = true
  const head =
    language === "zh"
      ? ["时间", "行为", "类别", "工具", "原裁定", "新裁定", "依据"]
      : ["time", "action", "effect", "tool", "was", "would be", "by"]
  return (changed) => {
    if (changed.length === 0) return
    const lines = table(
      head,
      changed.map(({ at, action, effect, server, tool, was, now }) => [
        new Date(at).toISOString().slice(0, 19),
        action ?? "—",
        effect,
        `${server}/${tool}`,
        was.verdict,
        now.verdict,
        now.rules.join(", ") || "—",
      ]),
    )
    printLines(...(isFirst ? lines : lines.slice(1)))
    isFirst = false
  }
}

function summary(total: Total, seconds: number, language: Invocation["language"]): string[] {
  const { decided, unchanged, changed, undecidable, standing, unchecked, faults } = total
  const speed = Math.round(decided / Math.max(seconds, 0.001))
  const why = (of: string) => undecidable.filter((each) => each.why === of).length
  const [erased, notKept, unreadable] = [why("erased"), why("not_kept"), why("unreadable")]
  if (language === "zh")
    return [
      `重新裁定 ${decided} 项（每秒 ${speed} 项）：${changed.length}${total.cut ? " 项以上" : " 项"}改变，${unchanged} 项不变。`,
      ...(undecidable.length > 0
        ? [
            `${undecidable.length} 项已无法裁定：已擦除 ${erased}，早期版本未保存事实 ${notKept}，事实格式不符 ${unreadable}。`,
          ]
        : []),
      ...(standing > 0
        ? [`${standing} 项在询问规则之前即被拒绝（身份、版本、预算或服务器），规则与之无关。`]
        : []),
      ...(unchecked > 0 ? [`${unchecked} 项的原规则未保存，无法核对。`] : []),
      ...faults.map(({ action, index, zh }) => `故障：${action ?? "—"}（条目 ${index}）：${zh}`),
    ]
  return [
    `Decided ${decided} again (${speed} a second): ${changed.length}${total.cut ? " and more" : ""} would change, ${unchanged} would not.`,
    ...(undecidable.length > 0
      ? [
          `${undecidable.length} can no longer be decided: ${erased} erased, ${notKept} of which an earlier version kept no facts, ${unreadable} with facts of another shape.`,
        ]
      : []),
    ...(standing > 0
      ? [
          `${standing} were denied before any rule was asked (agent, version, budget or server); rules change nothing there.`,
        ]
      : []),
    ...(unchecked > 0
      ? [`${unchecked} could not be checked: the rules that decided them are not kept.`]
      : []),
    ...faults.map(({ action, index, en }) => `FAULT: ${action ?? "—"} (entry ${index}): ${en}`),
  ]
}

/** `2h` is two hours ago here. */
function pastTime(text: string, now: number): number {
  const at = parseTime(text, now)
  return /^\d{1,6}[smhd]$/.test(text) ? 2 * now - at : at
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return 10_000
  const limit = Number(text)
  if (Number.isSafeInteger(limit) && limit >= 1) return limit
  throw new UsageError("`--limit` is a whole number from 1")
}
