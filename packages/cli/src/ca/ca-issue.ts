import { contract, type Request } from "@hufu/core/contract/contract"
import { textFlags, textFlag } from "../arguments/flag-value.ts"
import { readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { showOutput } from "../terminal/show-output.ts"

/** `hufu ca issue AGENT --csr FILE`: a certificate for a key that stays where it is. */
export async function caIssue(invocation: Invocation): Promise<number> {
  const input = await readInput(invocation)
  const issued = await asPerson(invocation, (client) => client.ca.issue(input))
  showOutput("ca.issue", issued, invocation)
  return exitCodes.ok
}

async function readInput({ positionals, flags }: Invocation): Promise<Request<"ca.issue">> {
  const [agent, ...more] = positionals
  const file = textFlag(flags, "csr")
  if (agent === undefined || more.length > 0 || file === undefined)
    throw new UsageError("this takes an agent and --csr: hufu ca issue AGENT --csr FILE")
  const given = {
    agent,
    csr: await readText(file),
    usage: textFlag(flags, "usage"),
    days: textFlag(flags, "days"),
    dns: textFlags(flags, "dns"),
    ip: textFlags(flags, "ip"),
  }
  const { success, data, error } = contract["ca.issue"].input.safeParse(given)
  if (success) return data
  const issue = error.issues[0]
  throw new UsageError(`correct --${String(issue?.path[0] ?? "csr")}: ${issue?.message ?? "it does not fit"}`)
}
