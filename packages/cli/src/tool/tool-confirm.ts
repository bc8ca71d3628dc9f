import type { ToolRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { toolSignals } from "@hufu/core/profile/tool-signal"
import type { Language } from "@hufu/core/words"
import { textFlag } from "../arguments/flag-value.ts"
import { readJson, readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson, withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { oneLine } from "../terminal/one-line.ts"
import { printJson, printLines, say } from "../terminal/print.ts"

const texts = {
  en: {
    tool: "Tool",
    effect: "effect",
    source: "profile",
    changed: "What changed in its definition:",
    definition: "What its server says of it:",
    signals: "What was noticed about it:",
    profile: "Profile:",
    own: "You set this profile instead:",
    done: "Confirmed, for exactly this definition.",
  },
  zh: {
    tool: "工具",
    effect: "行为类别",
    source: "画像来源",
    changed: "定义的变化：",
    definition: "其服务器的描述：",
    signals: "注意到的情况：",
    profile: "画像：",
    own: "您改设以下画像：",
    done: "已确认，仅对当前定义有效。",
  },
} as const
const marks = { same: " ", added: "+", removed: "-" } as const

/** `hufu tool confirm SERVER TOOL`: shows the profile and what changed, and confirms exactly what was shown. */
export async function toolConfirm(invocation: Invocation): Promise<number> {
  const { positionals, flags, json, language } = invocation
  const [server, name] = positionals
  if (server === undefined || name === undefined || positionals.length > 2)
    throw new UsageError("this takes a server and one of its tools: hufu tool confirm SERVER TOOL")
  const file = textFlag(flags, "file")
  const profile = file === undefined ? undefined : readJson(await readText(file), `\`${file}\``)
  const { items } = await withNode(invocation, (client) => client.tool.list({ server }))
  const tool = items.find((each) => each.tool === name)
  if (!tool)
    throw new Failure(
      "not_found",
      `\`${server}\` has no tool \`${name}\`: \`hufu tool list ${server}\` shows them`,
    )
  const own = profile === undefined ? [] : [texts[language].own, ...quoted(profile)]
  // In JSON use standard output belongs to the result.
  const show = json ? say : printLines
  show(...describe(tool, language), ...own)
  const definition = textFlag(flags, "definition") ?? tool.definition
  const input = { server, tool: name, definition, ...(profile === undefined ? {} : { profile }) }
  const confirmed = await asPerson(invocation, (client) => client.tool.confirm(input))
  if (json) printJson(confirmed)
  else printLines(texts[language].done)
  return exitCodes.ok
}

/** UNTRUSTED: the profile and the difference quote what the server wrote. */
function describe(tool: ToolRecord, language: Language): string[] {
  const text = texts[language]
  const difference = (tool.difference ?? []).filter(({ kind }) => kind !== "same")
  return [
    ...(difference.length === 0
      ? []
      : [text.changed, ...difference.map(({ kind, text: words }) => `  | ${marks[kind]} ${oneLine(words)}`)]),
    ...(tool.signals.length === 0
      ? []
      : [
          text.definition,
          ...textLines(tool.text ?? ""),
          text.signals,
          ...tool.signals.map((signal) => `  ! ${toolSignals[signal][language]}`),
        ]),
    text.profile,
    ...quoted(tool.profile),
    `${text.tool} ${tool.server}/${tool.tool}  ${text.effect} ${tool.effect}  ${text.source} ${tool.source}`,
  ]
}

function textLines(text: string): string[] {
  return text.split("\n").map((line) => `  | ${oneLine(line)}`)
}

function quoted(value: unknown): string[] {
  return JSON.stringify(value, null, 2)
    .split("\n")
    .map((line) => `  | ${line}`)
}
