import { McpServer, acceptedContent, inputRequired } from "@modelcontextprotocol/server"
import { serveStdio } from "@modelcontextprotocol/server/stdio"
import { pathToFileURL } from "node:url"
import { z } from "zod"

/** A tool server of the modern era alone, built on the SDK: one tool that asks, one that logs and reports progress. */
export function modernServer(): McpServer {
  const server = new McpServer({ name: "modern-only", version: "1.0.0" }, { capabilities: { logging: {} } })
  server.registerTool(
    "greet",
    { description: "Greets", inputSchema: z.object({ greeting: z.string() }) },
    async ({ greeting }, context) => {
      const given = acceptedContent<{ name: string }>(context.mcpReq.inputResponses, "who")
      if (given !== undefined) return { content: [{ type: "text", text: `${greeting}, ${given.name}` }] }
      const requestedSchema = {
        type: "object" as const,
        properties: { name: { type: "string" as const } },
        required: ["name"],
      }
      return inputRequired({
        inputRequests: { who: inputRequired.elicit({ message: "Who is it?", requestedSchema }) },
      })
    },
  )
  server.registerTool(
    "region",
    {
      description: "Echoes a region",
      inputSchema: z.object({ region: z.string().meta({ "x-mcp-header": "Region" }) }),
    },
    async ({ region }) => ({
      content: [{ type: "text", text: region }],
    }),
  )
  server.registerResource("note", "note://one", { mimeType: "text/plain" }, async (uri) => ({
    contents: [{ uri: uri.href, text: "a note" }],
  }))
  return server
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  serveStdio(modernServer, { legacy: "reject" })
