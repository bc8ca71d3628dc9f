import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { answerMcp } from "./answer-mcp.ts"
import type { McpMessage } from "./mcp-message.ts"
import { recordTo } from "./record-file.ts"

// The same upstream as http-upstream.ts, spoken to over standard input and output, one message per line.

const { values } = parseArgs({ options: { record: { type: "string" } } })
const witness = recordTo(values.record)
const never = new AbortController().signal

createInterface({ input: process.stdin })
  .on("line", (line) => void answer(line))
  .on("close", () => process.exit(0))

async function answer(line: string) {
  try {
    const message = JSON.parse(line) as McpMessage // read field by field by answerMcp
    const result = await answerMcp(message, witness, never)
    if (result !== undefined) process.stdout.write(`${JSON.stringify(result)}\n`)
  } catch {
    process.stderr.write("could not read a line as a message\n")
  }
}
