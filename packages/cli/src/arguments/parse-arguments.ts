import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { type Command, globalFlags, type Invocation } from "../command/command.ts"
import { defaultDataFolder } from "../../bin/data-folder.js"
import { chooseLanguage } from "../terminal/language.ts"
import { textFlag } from "./flag-value.ts"
import { UsageError } from "./usage-error.ts"

/** The words that may name a command, before the first flag that is not of every command. */
export function leadingWords(argv: readonly string[]): string[] {
  const words: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ""
    if (word === "--data" || word === "--lang") i++
    else if (word === "--") break
    else if (!word.startsWith("-")) words.push(word)
  }
  return words
}

/** Parses what follows a command; throws UsageError. */
export function parseArguments(command: Command, argv: readonly string[]): Invocation & { help: boolean } {
  const end = argv.indexOf("--")
  const own = end < 0 ? argv : argv.slice(0, end)
  const { values, positionals } = parse(command, own)
  return {
    positionals: positionals.slice(command.name.split(" ").length),
    rest: end < 0 ? [] : argv.slice(end + 1),
    flags: values,
    dataFolder: folderOf(textFlag(values, "data")),
    json: values["json"] === true,
    language: chooseLanguage(textFlag(values, "lang")),
    help: values["help"] === true,
  }
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...command.flags, ...globalFlags },
      allowPositionals: true,
      allowNegative: true,
    })
  } catch (error) {
    const said = error instanceof Error ? (error.message.split(". ")[0] ?? "") : ""
    throw new UsageError(`${said.charAt(0).toLowerCase()}${said.slice(1)}`.replaceAll("'", "`"))
  }
}

function folderOf(given: string | undefined): string {
  return given === undefined ? defaultDataFolder() : resolve(given)
}
