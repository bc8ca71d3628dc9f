import type { HttpEntry, StdioEntry } from "./read-entry.ts"
import { isSecret } from "./secret-names.ts"
import { type JsoncMember, type JsoncObject, memberOf } from "./scan-jsonc.ts"
import { indentAt, lineEndOf, type TextEdit } from "./text-edit.ts"

/** How an entry is put behind a guard. */
export interface GuardChoice {
  /** Absolute: a client on the desktop has no PATH to find them by. */
  readonly node: string
  readonly script: string
  readonly dataFolder: string
  readonly agent: string
  /** Under which the tool server is registered; none when that is not known before the client fills in its variables. */
  readonly name: string | undefined
  /** Variables or headers whose values the vault holds. */
  readonly vault: readonly string[]
}

/** What stands in a client's config where a secret stood. */
export const inVault = "(kept in Hufu's vault)"

/** The edits that put an entry behind a guard; whatever else stands in the entry stays. */
export function guardEdits(
  text: string,
  node: JsoncObject,
  entry: StdioEntry | HttpEntry,
  choice: GuardChoice,
): TextEdit[] {
  return entry.kind === "stdio" ? stdioEdits(text, node, entry, choice) : httpEdits(text, node, entry, choice)
}

/** The words of a guard before what it guards. */
export function guardWords({ script, dataFolder, agent, name, vault }: Omit<GuardChoice, "node">): string[] {
  return [
    script,
    "guard",
    "--data",
    dataFolder,
    "--agent",
    agent,
    ...(name === undefined ? [] : ["--name", name]),
    ...vault.flatMap((each) => ["--vault", each]),
  ]
}

function stdioEdits(text: string, node: JsoncObject, entry: StdioEntry, choice: GuardChoice): TextEdit[] {
  const command = memberOf(node, "command")
  const environment = memberOf(node, "env")
  if (command === undefined) return []
  const passed = Object.keys(entry.environment).filter((name) => !choice.vault.includes(name))
  const [program] = entry.command
  const words = [...guardWords(choice), ...passed.flatMap((name) => ["--env", name]), "--", program]
  return [
    replaceValue(command, choice.node),
    argsEdit(text, node, command, words),
    ...choice.vault.flatMap((name) => {
      const member = memberOf(environment?.value, name)
      return member === undefined ? [] : [replaceValue(member, inVault)]
    }),
  ]
}

function argsEdit(text: string, node: JsoncObject, command: JsoncMember, words: readonly string[]): TextEdit {
  const args = memberOf(node, "args")
  const said = words.map((word) => JSON.stringify(word)).join(", ")
  if (args === undefined)
    return { start: command.end, end: command.end, text: `${separator(text, command)}"args": [${said}]` }
  if (args.value.kind !== "array") return { start: args.value.start, end: args.value.end, text: `[${said}]` }
  const [first] = args.value.items
  const at = first?.start ?? args.value.start + 1
  return { start: at, end: at, text: first === undefined ? said : `${said}, ` }
}

function httpEdits(text: string, node: JsoncObject, entry: HttpEntry, choice: GuardChoice): TextEdit[] {
  const url = memberOf(node, "url")
  const type = memberOf(node, "type")
  const headers = memberOf(node, "headers")
  if (url === undefined) return []
  const { flags, environment } = headerFlags(entry, choice)
  const words = [...guardWords(choice), "--url", entry.url, ...flags]
  const args = `"args": [${words.map((word) => JSON.stringify(word)).join(", ")}]`
  const command = `"command": ${JSON.stringify(choice.node)}${separator(text, url)}${args}`
  return [
    { start: url.start, end: url.end, text: command },
    ...(type === undefined ? [] : [replaceValue(type, "stdio")]),
    ...(headers === undefined
      ? []
      : [{ start: headers.start, end: headers.end, text: `"env": ${JSON.stringify(environment)}` }]),
  ]
}

/** What is no secret stands on the command line; what the client fills in, or must keep, goes through the environment. */
function headerFlags({ headers }: HttpEntry, { vault }: GuardChoice) {
  const environment: Record<string, string> = {}
  const flags = Object.entries(headers).flatMap(([name, value], i) => {
    if (vault.includes(name)) return []
    if (!value.includes("${") && !isSecret(name, value)) return ["--header", `${name}: ${value}`]
    const variable = `HUFU_HEADER_${i + 1}`
    environment[variable] = value
    return ["--header-env", `${name}: ${variable}`]
  })
  return { flags, environment }
}

function replaceValue({ value }: JsoncMember, text: string): TextEdit {
  return { start: value.start, end: value.end, text: JSON.stringify(text) }
}

/** What stands between two members that are written like this one. */
function separator(text: string, { start }: JsoncMember): string {
  const indent = indentAt(text, start)
  return indent === undefined ? ", " : `,${lineEndOf(text)}${indent}`
}
