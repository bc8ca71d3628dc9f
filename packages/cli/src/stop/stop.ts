import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson, withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { showOutput } from "../terminal/show-output.ts"

/** `hufu stop --all` stops every agent at every door; `hufu stop --lift` needs the person. */
export async function stop(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  const all = flags["all"] === true
  if (all === (flags["lift"] === true))
    throw new UsageError("say `hufu stop --all` to stop every agent, or `hufu stop --lift` to lift the stop")
  if (all) {
    const reason = textFlag(flags, "reason") ?? ""
    showOutput(
      "stop.declare",
      await withNode(invocation, (client) => client.stop.declare({ reason })),
      invocation,
    )
  } else showOutput("stop.lift", await asPerson(invocation, (client) => client.stop.lift()), invocation)
  return exitCodes.ok
}
