import { textIn, type ClientUnderTest, type Outcome, type Target } from "./client-under-test.ts"
import { importPeer } from "./peers/import-peer.ts"
import { serveClient } from "./serve-client.ts"

// @langchain/mcp-adapters 1.1.4: tools of a server become LangChain tools, which is how its users call them.

type LangChainTool = {
  readonly name: string
  invoke(args: Record<string, unknown>): Promise<unknown>
}
type Adapters = {
  MultiServerMCPClient: new (config: {
    mcpServers: Record<string, unknown>
    throwOnLoadError: boolean
    prefixToolNameWithServerName: boolean
    useStandardContentBlocks: boolean
  }) => { getTools(): Promise<LangChainTool[]>; close(): Promise<void> }
}

function connectionTo(target: Target): Record<string, unknown> {
  return target.kind === "http"
    ? { transport: "http", url: target.url, headers: { ...target.headers } }
    : { transport: "stdio", command: target.command, args: [...target.args], env: { ...target.env } }
}

async function connect(target: Target): Promise<ClientUnderTest> {
  // the documented export of 1.1.4
  const { MultiServerMCPClient } = (await importPeer("@langchain/mcp-adapters")) as Adapters
  const client = new MultiServerMCPClient({
    mcpServers: { target: connectionTo(target) },
    throwOnLoadError: true,
    prefixToolNameWithServerName: false,
    useStandardContentBlocks: false,
  })
  const tools = await client.getTools()
  return {
    list: () => Promise.resolve(tools.map(({ name }) => name)),
    call: (name, args) => invoke(tools, name, args),
    close: () => client.close(),
  }
}

async function invoke(
  tools: readonly LangChainTool[],
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<Outcome> {
  const tool = tools.find((known) => known.name === name)
  if (!tool) return { ok: false, isError: true, text: `the client loaded no tool \`${name}\`` }
  try {
    const answer = await tool.invoke({ ...args })
    return { ok: true, isError: false, ...contentOf(answer) }
  } catch (error) {
    // a tool error reaches LangChain as an exception of this name, with the tool's own words in it
    if (error instanceof Error && error.name === "ToolException") {
      return { ok: true, isError: true, text: error.message }
    }
    throw error
  }
}

// one plain text becomes a string, one with structured content a block, anything else a list of blocks
function contentOf(answer: unknown): Pick<Outcome, "text" | "structured"> {
  if (typeof answer === "string") return { text: answer }
  const blocks: unknown[] = Array.isArray(answer) ? answer : [answer]
  const { structuredContent: structured } = answer as { structuredContent?: unknown } // only read
  return { text: textIn(blocks), ...(structured === undefined ? {} : { structured }) }
}

await serveClient(connect)
