import { outcomeOf, type ClientUnderTest, type Target } from "./client-under-test.ts"
import { importPeer } from "./peers/import-peer.ts"
import { serveClient } from "./serve-client.ts"

// @ai-sdk/mcp 2.0.99. Only the members that are used are described; the package may not be installed.

type AiSdkClient = {
  listTools(): Promise<{ tools: { name: string }[] }>
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}
type AiSdk = { createMCPClient: (config: { transport: unknown }) => Promise<AiSdkClient> }
type StdioTransport = new (config: {
  command: string
  args: string[]
  env: Record<string, string>
}) => unknown

async function transportTo(target: Target): Promise<unknown> {
  if (target.kind === "http") return { type: "http", url: target.url, headers: { ...target.headers } }
  const { Experimental_StdioMCPTransport: Stdio } = (await importPeer("@ai-sdk/mcp/mcp-stdio")) as {
    Experimental_StdioMCPTransport: StdioTransport
  } // the documented export of 2.0.99
  return new Stdio({ command: target.command, args: [...target.args], env: { ...target.env } })
}

async function connect(target: Target): Promise<ClientUnderTest> {
  const { createMCPClient } = (await importPeer("@ai-sdk/mcp")) as AiSdk // the documented export of 2.0.99
  const client = await createMCPClient({ transport: await transportTo(target) })
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => outcomeOf(await client.callTool({ name, arguments: { ...args } })),
    close: () => client.close(),
  }
}

await serveClient(connect)
