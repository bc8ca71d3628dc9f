import { createRequire } from "node:module"
import type { DemoFolder } from "./demo-folder.ts"
import { hufu } from "./demo-node.ts"
import { type McpClient, startMcpClient, type ToolAnswer } from "./mcp-client.ts"
import type { Order } from "./orders.ts"

/** An agent without a model: it does what it is told, by whoever tells it. */
export interface ScriptedAgent {
  /** The tools that it was shown. */
  readonly tools: Readonly<Record<Order["server"], readonly string[]>>
  carryOut(order: Order): Promise<ToolAnswer>
  close(): Promise<void>
}

export const agentName = "demo-agent"

/** Starts the agent with its two real tool servers, each behind `hufu guard` as in any MCP client's configuration. */
export async function startScriptedAgent(folder: DemoFolder): Promise<ScriptedAgent> {
  const server = programOf("@modelcontextprotocol/server-filesystem/dist/index.js")
  const filesystem = await startMcpClient(guarded(folder, "filesystem", [], [server, folder.documents]))
  try {
    const memory = await startMcpClient(
      guarded(
        folder,
        "memory",
        ["--env", "MEMORY_FILE_PATH"],
        [programOf("@modelcontextprotocol/server-memory/dist/index.js")],
      ),
      { ...process.env, MEMORY_FILE_PATH: folder.memory },
    )
    return await equip({ filesystem, memory })
  } catch (error) {
    await filesystem.close()
    throw error
  }
}

async function equip(clients: Readonly<Record<Order["server"], McpClient>>): Promise<ScriptedAgent> {
  const close = async () => void (await Promise.all(Object.values(clients).map((client) => client.close())))
  try {
    const tools = {
      filesystem: await clients.filesystem.listTools(),
      memory: await clients.memory.listTools(),
    }
    return {
      tools,
      carryOut: ({ server, tool, arguments: args }) => clients[server].callTool(tool, args),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function guarded(
  { dataFolder }: DemoFolder,
  name: string,
  flags: readonly string[],
  args: readonly string[],
): [string, ...string[]] {
  const [program, ...own] = hufu
  const guard = ["guard", "--existing", "--data", dataFolder, "--name", name, "--agent", agentName, ...flags]
  return [program, ...own, ...guard, "--", process.execPath, ...args]
}

/** The tool server that this Hufu was installed with, never one that is fetched for the occasion. */
function programOf(file: string): string {
  return createRequire(import.meta.url).resolve(file)
}
