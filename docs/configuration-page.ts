import { Config } from "@hufu/server/config"
import type { Language } from "@hufu/core/words"
import { z } from "zod"
import { markdownTable } from "./markdown-table.ts"

type Schema = z.core.JSONSchema.JSONSchema

const texts = {
  en: {
    lead: `# Configuration

A node keeps everything in one **data folder**. The first of these that is given counts: \`--data DIR\`, the environment variable \`HUFU_DATA\`, the usual place of the system (\`$XDG_DATA_HOME/hufu\` or \`~/.local/share/hufu\` on Linux, \`~/Library/Application Support/hufu\` on macOS, \`%LOCALAPPDATA%\\hufu\` on Windows).

\`config.json\` in that folder is the one configuration file; none is needed. Flags of \`hufu serve\` win over the environment (\`HUFU_HOST\`, \`HUFU_PORT\`), which wins over the file. A member that is not in this table is refused at start. \`hufu config schema\` prints the JSON Schema.`,
    head: ["member", "type", "default", "meaning"],
    tail: `**What breaks if it is wrong.** \`host\` other than loopback lets every machine that reaches this one knock at the doors; it also needs \`--expose\` at start, and nothing encrypts the connection. A name in \`hosts\` that somebody else can point at this machine lets web pages of that name reach the node (DNS rebinding). \`rules\` are added to Hufu's own and cannot weaken them; a file that does not load stops the start. \`ask.waitSeconds\` is how long a client is kept waiting and decides nothing; \`ask.expirySeconds\` is the only clock that denies.

The file is trusted as much as the data folder: whoever can write it can choose the port, the host names and the rules.`,
  },
  zh: {
    lead: `# 配置

节点把一切保存在一个**数据目录**中。以下各项取最先给出者：\`--data DIR\`、环境变量 \`HUFU_DATA\`、系统的惯用位置（Linux 为 \`$XDG_DATA_HOME/hufu\` 或 \`~/.local/share/hufu\`，macOS 为 \`~/Library/Application Support/hufu\`，Windows 为 \`%LOCALAPPDATA%\\hufu\`）。

该目录中的 \`config.json\` 是唯一的配置文件，可以没有。\`hufu serve\` 的选项优先于环境变量（\`HUFU_HOST\`、\`HUFU_PORT\`），环境变量优先于文件。文件中有此表之外的成员时，节点拒绝启动。\`hufu config schema\` 打印其 JSON Schema。`,
    head: ["成员", "类型", "默认值", "含义"],
    tail: `**设错的后果。** \`host\` 设为非回环地址，凡能访问本机的机器都能到达节点的入口；启动时还须加 \`--expose\`，且连接没有加密。\`hosts\` 中的名称若能被他人指向本机，该名称下的网页就能访问节点（DNS 重绑定）。\`rules\` 是在虎符自身规则之上的补充，不能削弱它们；有文件无法加载时，节点不启动。\`ask.waitSeconds\` 是客户端等待的时长，不决定任何事；只有 \`ask.expirySeconds\` 到期才会拒绝。

此文件与数据目录同等受信任：能写入它的人，可以选择端口、主机名与规则。`,
  },
} as const

const typeNames = {
  en: { string: "string", number: "number", integer: "integer", boolean: "boolean", object: "object" },
  zh: { string: "文本", number: "数", integer: "整数", boolean: "布尔值", object: "对象" },
} as const satisfies Readonly<Record<Language, Readonly<Record<string, string>>>>

/** The page of the configuration file. */
export function configurationPage(language: Language): string {
  const { lead, head, tail } = texts[language]
  const schema = z.toJSONSchema(Config, { io: "input" })
  return [lead, markdownTable(head, rowsOf(schema, "", language)), tail].join("\n\n")
}

function rowsOf(schema: Schema, at: string, language: Language): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    if (typeof member === "boolean" || name === "$schema") return []
    const path = `${at}${name}`
    if (member.properties) return rowsOf(member, `${path}.`, language)
    const given = member.default === undefined ? "" : `\`${JSON.stringify(member.default)}\``
    const row = [`\`${path}\``, typeOf(member, language), given, meaningOf(path, member, language)]
    const { items, additionalProperties: named } = member
    if (isSchema(named)) return [row, ...rowsOf(named, `${path}.*.`, language)]
    return [row, ...(isSchema(items) ? rowsOf(items, `${path}[].`, language) : [])]
  })
}

/** A member that says nothing of itself in this language has no row, and so no page. */
function meaningOf(path: string, member: Schema, language: Language): string {
  const text = language === "en" ? member.description : member["x-description-zh"]
  if (typeof text !== "string")
    throw new Error(`\`${path}\` of the configuration has no text in \`${language}\``)
  return text
}

function typeOf({ type, enum: values, minimum, maximum, items }: Schema, language: Language): string {
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(", ")
  if (type === "array" && isSchema(items)) {
    const each = nameOf(items.type, language)
    return language === "en" ? `list of ${each}s` : `${each}列表`
  }
  const name = nameOf(type, language)
  if (minimum === undefined) return name
  return language === "en" ? `${name} ${minimum} to ${maximum}` : `${name}，${minimum} 至 ${maximum}`
}

function isSchema(part: Schema["items"]): part is Schema {
  return typeof part === "object" && !Array.isArray(part)
}

function nameOf(type: Schema["type"], language: Language): string {
  const names: Readonly<Record<string, string>> = typeNames[language]
  const name = typeof type === "string" ? names[type] : undefined
  if (name === undefined)
    throw new Error(`there is no word for the type \`${JSON.stringify(type)}\` in \`${language}\``)
  return name
}
