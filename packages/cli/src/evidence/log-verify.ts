import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu log verify`: every byte of the ledger; exit code 1 when it is not sound. */
export async function logVerify(invocation: Invocation): Promise<number> {
  const { json, language } = invocation
  const output = await withNode(invocation, (client) => client.log.verify())
  if (json) printJson(output)
  else if (output.fault) printLines(output.fault[language])
  else
    printLines(
      language === "zh"
        ? `账本完好：${output.entries} 个条目，${output.checkpoints} 个检查点。`
        : `The ledger is sound: ${output.entries} entries, ${output.checkpoints} checkpoints.`,
    )
  return output.ok ? exitCodes.ok : exitCodes.failed
}
