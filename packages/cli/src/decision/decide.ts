import { readInput } from "../arguments/input-flags.ts"
import { textFlag } from "../arguments/flag-value.ts"
import { readText } from "../arguments/read-json.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { oneLine } from "../terminal/one-line.ts"
import { printJson, printLines } from "../terminal/print.ts"

const verdicts = {
  en: { allow: "Allowed", ask: "Asks the person", deny: "Denied" },
  zh: { allow: "允许", ask: "请求批准", deny: "拒绝" },
}
const codes = { allow: exitCodes.ok, ask: exitCodes.waiting, deny: exitCodes.denied }

/** `hufu decide AGENT SERVER TOOL`: what would happen, and why; the exit code says it too. */
export async function decide(invocation: Invocation): Promise<number> {
  const { flags, json, language } = invocation
  const rules = textFlag(flags, "rules")
  const given = await readInput("decision.explain", { ...invocation, flags: { ...flags, rules: undefined } })
  const input = { ...given, ...(rules === undefined ? {} : { rules: await readText(rules) }) }
  const output = await withNode(invocation, (client) => client.decision.explain(input))
  if (json) printJson(output)
  else
    printLines(
      `${verdicts[language][output.verdict]} (${output.effect})`,
      ...output.reasons.map((reason) => `  - ${oneLine(reason[language])} (${reason.rule})`),
      ...(output.words === null
        ? []
        : [language === "zh" ? `您的原话：「${output.words}」` : `In your words: “${output.words}”`]),
    )
  return codes[output.verdict]
}
