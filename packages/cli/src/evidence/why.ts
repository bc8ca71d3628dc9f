import { sayNoticed } from "@hufu/core/contract/noticed"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { actionOf } from "./action-of.ts"
import { oneLine } from "../terminal/one-line.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu why ACTION`: sentences, not a record. */
export async function why(invocation: Invocation): Promise<number> {
  const { positionals, language, json } = invocation
  const [id] = positionals
  if (id === undefined || positionals.length > 1)
    throw new UsageError(
      "this takes the id of an action, or of one that waits: `hufu action list` shows them",
    )
  const output = await withNode(invocation, async (client) =>
    client.action.why({ action: await actionOf(client, id), language }),
  )
  if (json) printJson(output)
  else
    printLines(
      ...output.sentences.map(oneLine),
      ...output.noticed.map((each) =>
        oneLine(`${language === "zh" ? "注意到" : "Noticed"} ${sayNoticed(each, language)}`),
      ),
      ...(output.approval?.asked
        ? [
            language === "zh" ? "智能体请求的参数：" : "Arguments that the agent asked for:",
            ...quoted(output.approval.asked),
          ]
        : []),
      language === "zh" ? "参数：" : "Arguments:",
      ...quoted(output.arguments),
    )
  return exitCodes.ok
}

function quoted(value: unknown): string[] {
  return JSON.stringify(value, null, 2)
    .split("\n")
    .map((line) => `  | ${line}`)
}
