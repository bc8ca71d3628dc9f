import { appendFileSync } from "node:fs"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js"

// A tool server that writes the token it was given into the file that it was told.

const [, , told = ""] = process.argv
appendFileSync(told, `${process.env["TRACKER_TOKEN"] ?? "none"}\n`)
const server = new McpServer({ name: "telling", version: "1" })
server.registerTool("issues", { description: "Lists the open issues" }, () => ({
  content: [{ type: "text", text: "no open issues" }],
}))
await server.connect(new StdioServerTransport())
