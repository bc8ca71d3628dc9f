import { asFailure } from "@hufu/core/failure"
import { leadingWords, parseArguments } from "./arguments/parse-arguments.ts"
import { UsageError } from "./arguments/usage-error.ts"
import { findCommand, loadCommands } from "./commands.ts"
import { exitCodeOf, exitCodes } from "./exit-code.ts"
import { showCommandHelp, showHelp } from "./help.ts"
import { asCalled } from "./terminal/called-as.ts"
import { chooseLanguage } from "./terminal/language.ts"
import { oneLine } from "./terminal/one-line.ts"
import { printJson, say } from "./terminal/print.ts"

/** Runs one command line and answers its exit code. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const words = leadingWords(argv)
  const language = chooseLanguage(valueOf(argv, "--lang"))
  try {
    if (words.length === 0 && argv.includes("--version")) return await showVersion()
    const command = await findCommand(words)
    if (!command) {
      if (words.length === 0 || words[0] === "help") {
        showHelp(await loadCommands(), language)
        return exitCodes.ok
      }
      const noun = (await loadCommands()).filter(({ name }) => name.startsWith(`${words[0]} `))
      if (noun.length === 0 || words.length > 1) throw unknown(words, noun.length > 0)
      showHelp(noun, language)
      return argv.some((each) => each === "--help" || each === "-h") ? exitCodes.ok : exitCodes.usage
    }
    const { help, ...invocation } = parseArguments(command, argv)
    if (help) {
      showCommandHelp(command, language)
      return exitCodes.ok
    }
    const run = await command.load()
    return await run(invocation)
  } catch (error) {
    return report(error, wantsJson(argv))
  }
}

function unknown(words: readonly string[], isNoun: boolean): UsageError {
  const help = isNoun ? `hufu ${words[0]} --help` : "hufu --help"
  return new UsageError(
    `there is no command \`${words.slice(0, 2).join(" ").slice(0, 80)}\`: \`${help}\` lists them`,
  )
}

function report(error: unknown, json: boolean): number {
  if (error instanceof UsageError) {
    say(asCalled(`hufu: ${oneLine(error.message)}`))
    return exitCodes.usage
  }
  const failure = asFailure(error)
  if (json) printJson({ code: failure.code, detail: failure.message, ...failure.extra })
  say(asCalled(`hufu: ${oneLine(failure.message)} [${failure.code}]`))
  // What is nobody's fault but ours is worth its trace.
  if (failure.code === "internal" && failure.cause instanceof Error)
    say(failure.cause.stack ?? failure.cause.message)
  return exitCodeOf(failure)
}

async function showVersion(): Promise<number> {
  const { version } = await import("@hufu/server/version")
  process.stdout.write(`${version}\n`)
  return exitCodes.ok
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--")
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json")
}

function valueOf(argv: readonly string[], flag: string): string | undefined {
  const i = argv.indexOf(flag)
  return i < 0 ? argv.find((each) => each.startsWith(`${flag}=`))?.slice(flag.length + 1) : argv[i + 1]
}
