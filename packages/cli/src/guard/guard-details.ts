import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { readEnvironment, readHeaders, readHeadersFrom } from "../server/name-values.ts"

/** What a guard tells the node of itself. */
export function guardDetails(
  { flags, rest, positionals }: Pick<Invocation, "flags" | "rest" | "positionals">,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, unknown> {
  const url = textFlag(flags, "url")
  if (positionals.length > 0)
    throw new UsageError("put the tool server's command after `--`: hufu guard -- COMMAND ARGS…")
  if ((url === undefined) === (rest.length === 0))
    throw new UsageError("give either the tool server's command after `--`, or its --url")
  const name = textFlag(flags, "name")
  const agent = textFlag(flags, "agent")
  const vault = textFlags(flags, "vault")
  if (vault.length > 0 && name === undefined)
    throw new UsageError("--vault needs the --name under which the tool server is registered")
  const credential = environment["HUFU_CREDENTIAL"]
  return {
    ...(name === undefined ? {} : { name }),
    ...(agent === undefined ? {} : { agent }),
    ...(credential ? { credential } : {}),
    ...(vault.length > 0 ? { vault } : {}),
    ...(url === undefined
      ? commandOf(rest, flags, environment)
      : { url, headers: headersOf(flags, environment) }),
  }
}

function headersOf(flags: Invocation["flags"], environment: NodeJS.ProcessEnv): Record<string, string> {
  return {
    ...readHeaders(textFlags(flags, "header")),
    ...readHeadersFrom(textFlags(flags, "header-env"), environment),
  }
}

function commandOf(command: readonly string[], flags: Invocation["flags"], environment: NodeJS.ProcessEnv) {
  // A node that was started elsewhere would not find the same programs; the rest of its own variables serves every server.
  const path = environment["PATH"]
  const named = readEnvironment(textFlags(flags, "env"), environment)
  return {
    command: [...command],
    folder: process.cwd(),
    environment: { ...(path ? { PATH: path } : {}), ...named },
  }
}
