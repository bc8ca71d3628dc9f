import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, say } from "../terminal/print.ts"
import { guardWords } from "./guard-entry.ts"
import { script } from "./plan-file.ts"

/** `hufu connect print`: what to write into the config of a client that Hufu does not know. */
export function printSnippet({ flags, rest, dataFolder, json, language }: Invocation): number {
  const url = textFlag(flags, "url")
  if (flags["write"] === true)
    throw new UsageError("print only prints: write it into the client's config yourself")
  if (url !== undefined && rest.length > 0)
    throw new UsageError("give either the tool server's command after `--`, or its --url")
  const agent = textFlag(flags, "agent") ?? "local"
  const words = guardWords({ script, dataFolder, agent, name: undefined, vault: [] })
  const guarded =
    url === undefined ? ["--", ...(rest.length > 0 ? rest : ["COMMAND", "ARGS"])] : ["--url", url]
  const entry = { command: process.execPath, args: [...words, ...guarded] }
  if (!json) say(texts[language])
  printJson({ mcpServers: { NAME: entry } })
  return exitCodes.ok
}

const texts = {
  en: "In the client's config, put this in place of a tool server's entry; NAME and what follows `--` are its own:",
  zh: "在客户端配置中，用以下内容替换某个工具服务器的条目；NAME 与 `--` 之后的部分为其自身内容：",
} as const
