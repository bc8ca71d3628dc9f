import { type Opened, verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import { isJsonObject } from "@hufu/core/json/json-value"
import { verifyMlDsa44 } from "@hufu/server/ledger/ml-dsa"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { asCalled } from "../terminal/called-as.ts"
import { printJson, printLines } from "../terminal/print.ts"

const texts = {
  en: {
    ok: "The receipt is sound.",
    untrusted: [
      "The step marked – was not made: no log key was given, so the receipt only agrees with itself.",
      "The node that wrote it shows its key with `hufu log checkpoint`; get it from its operator apart from the receipt, then",
      "  `hufu verify FILE --key KEY`",
    ],
    failed: "The receipt is NOT sound:",
    opened: "It discloses:",
    withheld: (count: number) =>
      count === 1 ? "Another argument is withheld." : `${count} other arguments are withheld.`,
  },
  zh: {
    ok: "回执有效。",
    untrusted: [
      "标为 – 的一步未作检查：未提供账本公钥，因此只能证明回执自洽。",
      "写出回执的节点用 `hufu log checkpoint` 显示其公钥；请另行向其运营者取得，然后运行",
      "  `hufu verify 文件 --key 公钥`",
    ],
    failed: "回执无效：",
    opened: "回执披露：",
    withheld: (count: number) => `另有 ${count} 个参数未披露。`,
  },
} as const

/** `hufu verify FILE`: checks a receipt offline, step by step; needs no node. */
export async function verify(invocation: Invocation): Promise<number> {
  const { positionals, flags, json, language } = invocation
  const [file] = positionals
  if (file === undefined || positionals.length > 1)
    throw new UsageError("this takes the file of one receipt: hufu verify FILE")
  const trustedKeys = textFlags(flags, "key")
  const verdict = await verifyReceipt(await readText(file), {
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
    witnessKeys: textFlags(flags, "witness"),
    minWitnesses: countOf(textFlag(flags, "witnesses")),
    nowSeconds: Math.floor(Date.now() / 1000),
    mlDsa44: verifyMlDsa44,
  })
  if (json) {
    printJson(jsonOf(verdict))
    return verdict.ok ? exitCodes.ok : exitCodes.failed
  }
  const text = texts[language]
  const isUnmade = (id: string) => id === "key" && trustedKeys.length === 0
  printLines(
    ...verdict.steps.map(
      ({ id, ok, says }) => `${ok ? (isUnmade(id) ? "–" : "✓") : "✗"} ${id}: ${says[language]}`,
    ),
  )
  if (!verdict.ok) printLines(`${text.failed} ${verdict.reason[language]}`)
  else {
    printLines(text.ok, ...(verdict.trusted ? [] : text.untrusted.map(asCalled)))
    if (verdict.openings.length > 0)
      printLines(
        text.opened,
        ...verdict.openings.flatMap(linesOf),
        ...verdict.openings
          .filter(({ withheld }) => withheld > 0)
          .map(({ withheld }) => text.withheld(withheld)),
      )
  }
  return verdict.ok ? exitCodes.ok : exitCodes.failed
}

function countOf(text: string | undefined): number {
  if (text === undefined) return 0
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new UsageError("--witnesses takes a number of witnesses: give their keys with --witness")
}

/** What was opened; of arguments, which. */
function linesOf({ field, value }: Opened): string[] {
  const named =
    field === "arguments" && isJsonObject(value)
      ? Object.entries(value).map(([name, each]) => [`arguments.${name}`, each] as const)
      : [[field, value] as const]
  return named.map(([name, each]) => `  | ${name}: ${JSON.stringify(each)}`)
}

/** The verdict without what only programs in the same process can use. */
function jsonOf(verdict: Awaited<ReturnType<typeof verifyReceipt>>) {
  if (!verdict.ok) return verdict
  const { ok, trusted, steps, witnessed, openings, entries } = verdict
  return { ok, trusted, steps, witnessed, openings, entries: entries.map(({ index }) => ({ index })) }
}
