import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu mandate explain MANDATE`: its sentences, and what is spent. */
export async function explain(invocation: Invocation): Promise<number> {
  const { positionals, json, language } = invocation
  const [mandate] = positionals
  if (mandate === undefined || positionals.length > 1)
    throw new UsageError("this takes one mandate: `hufu mandate list` shows them")
  const output = await withNode(invocation, (client) => client.mandate.explain({ mandate }))
  if (json) printJson(output)
  else
    printLines(
      ...output[language],
      ...output.spent.map(({ grant, count, amount }) =>
        language === "zh"
          ? `${grant < 0 ? "总计" : `第 ${grant + 1} 项`}：已用 ${count} 次，金额 ${amount}（最小单位）`
          : `${grant < 0 ? "In all" : `Grant ${grant + 1}`}: ${count} calls and ${amount} minor units are spent`,
      ),
    )
  return exitCodes.ok
}
