import { readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu rules validate FILE`: what is wrong with rules, without loading them. */
export async function rulesValidate(invocation: Invocation): Promise<number> {
  const { positionals, json, language } = invocation
  const [file] = positionals
  if (file === undefined || positionals.length > 1)
    throw new UsageError("this takes a file of Cedar rules, or `-` for standard input")
  const text = await readText(file)
  const output = await withNode(invocation, (client) => client.rules.validate({ text }))
  if (json) printJson(output)
  else if (output.ok) printLines(language === "zh" ? "规则有效。" : "The rules are valid.")
  else printLines(...output.faults)
  return output.ok ? exitCodes.ok : exitCodes.failed
}
