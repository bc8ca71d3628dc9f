import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson } from "../terminal/print.ts"
import { readDraft } from "./read-draft.ts"
import { showMandate } from "./show-mandate.ts"

/** `hufu mandate narrow MANDATE`: the same mandate but for what the flags say, which has to be less. */
export async function narrow(invocation: Invocation): Promise<number> {
  const { positionals, flags, json, language } = invocation
  const [id] = positionals
  if (id === undefined || positionals.length > 1)
    throw new UsageError("this takes one mandate: hufu mandate narrow MANDATE --until 1h")
  const narrowed = await withNode(invocation, async (client) => {
    const { mandate } = await client.mandate.explain({ mandate: id })
    return client.mandate.narrow({ mandate: id, to: await readDraft(flags, mandate) })
  })
  if (json) printJson(narrowed)
  else showMandate(narrowed, language)
  return exitCodes.ok
}
