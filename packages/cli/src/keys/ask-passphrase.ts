import { Failure } from "@hufu/core/failure"
import type { Invocation } from "../command/command.ts"
import { stdinLines, typed } from "../terminal/ask-secret.ts"

const prompts = {
  ask: { en: "Passphrase: ", zh: "密码短语：" },
  choose: {
    en: "Choose a passphrase (at least 12 characters; nobody can reset it): ",
    zh: "请设置密码短语（至少 12 个字符，无法重置）：",
  },
  again: { en: "The same again: ", zh: "请再输入一次：" },
}

type Asked = Pick<Invocation, "flags" | "language">

/** The passphrase of something that was sealed. */
export async function askPassphrase({ flags, language }: Asked): Promise<string> {
  if (flags["passphrase-stdin"] === true) return (await stdinLines(1))[0] ?? ""
  return typed(prompts.ask[language])
}

/** A new passphrase, typed twice. */
export async function askNewPassphrase({ flags, language }: Asked): Promise<string> {
  if (flags["passphrase-stdin"] === true) return (await stdinLines(1))[0] ?? ""
  const passphrase = await typed(prompts.choose[language])
  if ((await typed(prompts.again[language])) !== passphrase)
    throw new Failure("invalid_input", "the two passphrases differ: start again")
  return passphrase
}

/** Asks for it once when a node needs it, if somebody is there to be asked. */
export function askAtStart(asked: Asked): (() => Promise<string>) | undefined {
  if (asked.flags["passphrase-stdin"] !== true && !process.stdin.isTTY) return undefined
  let given: Promise<string> | undefined
  return () => (given ??= askPassphrase(asked))
}
