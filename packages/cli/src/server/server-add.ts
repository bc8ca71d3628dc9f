import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { showOutput } from "../terminal/show-output.ts"
import { readHeaders, readHeadersFrom } from "./name-values.ts"

/** `hufu server add NAME --url URL`: registers a tool server, or an agent elsewhere, that is reached over HTTP. */
export async function serverAdd(invocation: Invocation): Promise<number> {
  const { positionals, flags } = invocation
  const [name] = positionals
  const url = textFlag(flags, "url")
  if (name === undefined || positionals.length > 1 || url === undefined)
    throw new UsageError("this takes a name and --url: hufu server add NAME --url URL")
  const aic = textFlag(flags, "aic")
  const agent = textFlag(flags, "agent")
  const input = {
    name,
    url,
    headers: {
      ...readHeadersFrom(textFlags(flags, "header-env"), process.env),
      ...readHeaders(textFlags(flags, "header")),
    },
    demo: flags["demo"] === true,
    protocol: protocolIn(textFlag(flags, "protocol")),
    ...(aic === undefined ? {} : { aic }),
    ...(agent === undefined ? {} : { agent }),
  }
  const made = await asPerson(invocation, (client) => client.server.add(input))
  showOutput("server.add", made, invocation)
  return exitCodes.ok
}

function protocolIn(text = "mcp"): "mcp" | "a2a" | "aip" {
  if (text === "mcp" || text === "a2a" || text === "aip") return text
  throw new UsageError("--protocol is `mcp`, `a2a` or `aip`")
}
