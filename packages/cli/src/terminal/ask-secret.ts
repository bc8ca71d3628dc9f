import { createInterface } from "node:readline"
import { Writable } from "node:stream"
import { Failure } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"

const leastCharacters = 8
const maxSecretBytes = 4096
const prompts = {
  secret: { en: "Terminal secret: ", zh: "终端口令：" },
  choose: {
    en: "Choose a terminal secret (at least 8 characters): ",
    zh: "请设置终端口令（至少 8 个字符）：",
  },
  again: { en: "The same again: ", zh: "请再输入一次：" },
}

/** The person's secret, typed without echo, or the first line of standard input. It is kept nowhere. */
export async function askSecret({
  flags,
  language,
}: Pick<Invocation, "flags" | "language">): Promise<string> {
  if (flags["secret-stdin"] === true) return (await stdinLines(1))[0] ?? ""
  return typed(prompts.secret[language])
}

/** A new secret, typed twice. */
export async function askNewSecret({
  flags,
  language,
}: Pick<Invocation, "flags" | "language">): Promise<string> {
  if (flags["secret-stdin"] === true) return (await stdinLines(1))[0] ?? ""
  return typedTwice(language)
}

/** The old secret and a new one: two lines of standard input, or typed. */
export async function askBothSecrets({
  flags,
  language,
}: Pick<Invocation, "flags" | "language">): Promise<{ old: string; next: string }> {
  if (flags["secret-stdin"] === true) {
    const [old = "", next = ""] = await stdinLines(2)
    return { old, next }
  }
  return { old: await typed(prompts.secret[language]), next: await typedTwice(language) }
}

async function typedTwice(language: Language): Promise<string> {
  const secret = await typed(prompts.choose[language])
  // The node decides; said here, nobody types it again in vain.
  if (secret.length < leastCharacters)
    throw new Failure(
      "invalid_input",
      `the secret has ${secret.length} characters: choose one of at least ${leastCharacters}`,
    )
  if ((await typed(prompts.again[language])) !== secret)
    throw new Failure("invalid_input", "the two secrets differ: start again")
  return secret
}

/** One line from the terminal, without echo. */
export function typed(prompt: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageError(
      "secrets are typed in a terminal: run this in one, or add --secret-stdin (--passphrase-stdin for a passphrase)",
    )
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 })
  // Only now does the terminal echo nothing: whoever types as soon as they are asked is not seen either.
  process.stderr.write(prompt)
  return new Promise((resolve, reject) => {
    const leave = () => {
      process.stderr.write("\n")
      lines.close()
    }
    lines.once("line", (line) => {
      resolve(line)
      leave()
    })
    lines.once("SIGINT", () => {
      reject(new Failure("forbidden", "cancelled: nothing was done"))
      leave()
    })
    lines.once("close", () => reject(new Failure("forbidden", "no secret was given: nothing was done")))
  })
}

/** The first lines of standard input; the rest is not read. */
export async function stdinLines(count: number): Promise<string[]> {
  let text = ""
  process.stdin.setEncoding("utf8")
  for await (const chunk of process.stdin) {
    text += String(chunk)
    if (text.length > maxSecretBytes || text.split("\n").length > count) break
  }
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""))
  if ((lines[0] ?? "") === "")
    throw new UsageError("the secret has to be on the first line of standard input")
  return lines.slice(0, count)
}
