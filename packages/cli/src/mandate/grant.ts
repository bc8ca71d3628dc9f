import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson } from "../terminal/print.ts"
import { readDraft } from "./read-draft.ts"
import { showMandate } from "./show-mandate.ts"

/** `hufu mandate grant AGENT`: what an agent may do from now on. */
export async function grant(invocation: Invocation): Promise<number> {
  const { positionals, flags, json, language } = invocation
  const [agent] = positionals
  if (agent === undefined || positionals.length > 1)
    throw new UsageError("this takes one agent: hufu mandate grant AGENT --effects read --tools 'fs/*'")
  const mandate = await readDraft(flags)
  const granted = await asPerson(invocation, (client) => client.mandate.grant({ agent, mandate }))
  if (json) printJson(granted)
  else showMandate(granted, language)
  return exitCodes.ok
}
