import { resolve } from "node:path"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { showOutput } from "../terminal/show-output.ts"
import { readEnvironment } from "./name-values.ts"

/** `hufu server command NAME -- COMMAND ARGS…`: registers a tool server that is a command. */
export async function serverCommand(invocation: Invocation): Promise<number> {
  const { positionals, rest, flags } = invocation
  const [name] = positionals
  if (name === undefined || positionals.length > 1 || rest.length === 0)
    throw new UsageError(
      "this takes a name, and the command after `--`: hufu server command NAME -- COMMAND ARGS…",
    )
  const input = {
    name,
    command: [...rest],
    folder: resolve(textFlag(flags, "folder") ?? "."),
    environment: readEnvironment(textFlags(flags, "env")),
    demo: flags["demo"] === true,
  }
  const made = await asPerson(invocation, (client) => client.server.command(input))
  showOutput("server.command", made, invocation)
  return exitCodes.ok
}
