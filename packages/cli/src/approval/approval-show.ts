import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { describeHold } from "./describe-hold.ts"

/** `hufu approval show HOLD`: the exact action, without deciding. */
export async function approvalShow(invocation: Invocation): Promise<number> {
  const [id] = invocation.positionals
  if (id === undefined)
    throw new UsageError("this takes the id of a held action: `hufu approvals` lists them")
  const hold = await withNode(invocation, (client) => client.hold.show({ hold: id }))
  if (invocation.json) printJson(hold)
  else printLines(...describeHold(hold, invocation.language))
  return exitCodes.ok
}
