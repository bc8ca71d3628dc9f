import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu why ACTION`: sentences, not a record. */
export async function why(invocation: Invocation): Promise<number> {
  const { positionals, language, json } = invocation
  const [action] = positionals
  if (action === undefined || positionals.length > 1)
    throw new UsageError("this takes the id of one action: `hufu action list` shows them")
  const output = await withNode(invocation, (client) => client.action.why({ action, language }))
  if (json) printJson(output)
  else
    printLines(
      ...output.sentences.map((sentence) => sentence.replaceAll("\n", "\\n")),
      language === "zh" ? "参数：" : "Arguments:",
      ...JSON.stringify(output.arguments, null, 2)
        .split("\n")
        .map((line) => `  | ${line}`),
    )
  return exitCodes.ok
}
