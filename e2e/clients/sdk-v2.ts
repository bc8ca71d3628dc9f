import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { outcomeOf, type ClientUnderTest, type Era, type Target } from "./client-under-test.ts"
import { serveClient } from "./serve-client.ts"

// @modelcontextprotocol/client 2.4.0, with what a host without any handler declares: nothing.

function transportTo(target: Target): StreamableHTTPClientTransport | StdioClientTransport {
  if (target.kind === "http") {
    return new StreamableHTTPClientTransport(new URL(target.url), {
      requestInit: { headers: { ...target.headers } },
    })
  }
  const env = { ...getDefaultEnvironment(), ...target.env }
  return new StdioClientTransport({ command: target.command, args: [...target.args], env })
}

async function connect(target: Target, era: Era): Promise<ClientUnderTest> {
  const client = new Client({ name: "sdk-v2", version: "2.4.0" }, { versionNegotiation: { mode: era } })
  await client.connect(transportTo(target))
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => outcomeOf(await client.callTool({ name, arguments: { ...args } })),
    close: () => client.close(),
  }
}

await serveClient(connect)
