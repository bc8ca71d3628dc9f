import { Config } from "@hufu/server/config"
import { z } from "zod"
import { markdownTable } from "./markdown-table.ts"

type Schema = z.core.JSONSchema.JSONSchema

const lead = `# Configuration

A node keeps everything in one **data folder**. The first of these that is given counts: \`--data DIR\`, the environment variable \`HUFU_DATA\`, the usual place of the system (\`$XDG_DATA_HOME/hufu\` or \`~/.local/share/hufu\` on Linux, \`~/Library/Application Support/hufu\` on macOS, \`%LOCALAPPDATA%\\hufu\` on Windows).

\`config.json\` in that folder is the one configuration file; none is needed. Flags of \`hufu serve\` win over the environment (\`HUFU_HOST\`, \`HUFU_PORT\`), which wins over the file. A member that is not in this table is refused at start. \`hufu config schema\` prints the JSON Schema.`

const tail = `**What breaks if it is wrong.** \`host\` other than loopback lets every machine that reaches this one knock at the doors; it also needs \`--expose\` at start, and nothing encrypts the connection. A name in \`hosts\` that somebody else can point at this machine lets web pages of that name reach the node (DNS rebinding). \`rules\` are added to Hufu's own and cannot weaken them; a file that does not load stops the start. \`ask.waitSeconds\` is how long a client is kept waiting and decides nothing; \`ask.expirySeconds\` is the only clock that denies.

The file is trusted as much as the data folder: whoever can write it can choose the port, the host names and the rules.`

/** The page of the configuration file. */
export function configurationPage(): string {
  const schema = z.toJSONSchema(Config, { io: "input" })
  return [lead, markdownTable(["member", "type", "default", "meaning"], rowsOf(schema, "")), tail].join(
    "\n\n",
  )
}

function rowsOf(schema: Schema, at: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    if (typeof member === "boolean" || name === "$schema") return []
    if (member.type === "object") return rowsOf(member, `${at}${name}.`)
    const given = member.default === undefined ? "" : `\`${JSON.stringify(member.default)}\``
    return [[`\`${at}${name}\``, typeOf(member), given, member.description ?? ""]]
  })
}

function typeOf({ type, enum: values, minimum, maximum, items }: Schema): string {
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(", ")
  if (type === "array")
    return `list of ${typeof items === "object" && "type" in items ? nameOf(items.type) : "value"}s`
  const range = minimum === undefined ? "" : ` ${minimum} to ${maximum ?? "any"}`
  return `${nameOf(type)}${range}`
}

function nameOf(type: Schema["type"]): string {
  return [type ?? "any"].flat().join(" or ")
}
