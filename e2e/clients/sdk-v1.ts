import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { outcomeOf, type ClientUnderTest, type Target } from "./client-under-test.ts"
import { serveClient } from "./serve-client.ts"

// @modelcontextprotocol/sdk 1.32.2, which knows 2025-11-25 and older.

function transportTo(target: Target): Transport {
  if (target.kind === "stdio") {
    const env = { ...getDefaultEnvironment(), ...target.env }
    return new StdioClientTransport({ command: target.command, args: [...target.args], env })
  }
  return new StreamableHTTPClientTransport(new URL(target.url), {
    requestInit: { headers: { ...target.headers } },
  })
}

async function connect(target: Target): Promise<ClientUnderTest> {
  const client = new Client({ name: "sdk-v1", version: "1.32.2" })
  await client.connect(transportTo(target))
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => outcomeOf(await client.callTool({ name, arguments: { ...args } })),
    close: () => client.close(),
  }
}

await serveClient(connect)
