import { fileURLToPath } from "node:url"
import { textFlag } from "../arguments/flag-value.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { defaultAgent, hasHookCredential, keepHookCredential } from "./hook-credential.ts"

const timeoutSeconds = 15

/** `hufu hook claude-code`: the piece of settings.json that gives Hufu the user's own words, and how to use it. */
export async function claudeCode(invocation: Invocation): Promise<number> {
  const agent = textFlag(invocation.flags, "agent") ?? defaultAgent
  if (invocation.flags["issue"] === true) await issue(invocation, agent)
  const settings = settingsFor(invocation, agent)
  if (invocation.json) {
    printJson(settings)
    return exitCodes.ok
  }
  const ready = hasHookCredential(invocation.dataFolder, agent)
  printLines(...texts[invocation.language].before)
  printJson(settings)
  printLines(...texts[invocation.language].after, ...(ready ? [] : texts[invocation.language].missing))
  return exitCodes.ok
}

/** Only the person can let a program speak in their name. */
async function issue(invocation: Invocation, agent: string): Promise<void> {
  const issued = await asPerson(invocation, (client) => client.credential.issue({ agent, kind: "hook" }))
  keepHookCredential(invocation.dataFolder, agent, issued.credential)
}

/** What belongs into the client's settings.json, with absolute paths: hooks run in any folder. */
export function settingsFor(
  { dataFolder, language }: Pick<Invocation, "dataFolder" | "language">,
  agent: string,
) {
  const program = fileURLToPath(new URL("../../bin/hufu.js", import.meta.url))
  const words = [process.execPath, program, "hook", "user-prompt", "--data", dataFolder, "--agent", agent]
  const command = [...words, "--lang", language].map(quoted).join(" ")
  return { hooks: { UserPromptSubmit: [{ hooks: [{ type: "command", command, timeout: timeoutSeconds }] }] } }
}

/** One word of the line that the client gives to a shell. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return process.platform === "win32"
    ? `"${word.replaceAll('"', '""')}"`
    : `'${word.replaceAll("'", `'\\''`)}'`
}

const texts = {
  en: {
    before: ["Add this to ~/.claude/settings.json (or to a project's .claude/settings.json):", ""],
    after: [
      "",
      "From then on each prompt that you send starts a task in your own words. While an action of the agent waits for you,",
      "or you have just approved one, the task before goes on and your words are added to it.",
      "Your words are kept as they are: what you quote or paste is kept with them and counts as yours for now,",
      "although somebody else may have written it.",
      "A prompt is never blocked: when Hufu cannot record it, Claude Code shows you why.",
      "The hook's credential can only start tasks and add words to them. An agent with a shell could read it, as it can read anything of yours.",
    ],
    missing: [
      "",
      "The hook has no credential yet: `hufu hook claude-code --issue` makes one (it asks for your secret).",
    ],
  },
  zh: {
    before: ["将以下内容加入 ~/.claude/settings.json（或项目的 .claude/settings.json）：", ""],
    after: [
      "",
      "此后您发送的每条提示都会以您的原话开始一个任务。智能体的行为正在等待您决定，或您刚刚批准时，沿用之前的任务，并将您的话记入其中。",
      "原话按原样保存：您引用或粘贴的内容一并保存，目前也算作您的话，尽管可能出自他人。",
      "提示不会被拦截：虎符无法记录时，Claude Code 会向您显示原因。",
      "钩子凭证只能开始任务、为任务补充您的话。拥有命令行的智能体可以读到它，正如它能读到您的其他文件。",
    ],
    missing: ["", "钩子尚无凭证：运行 `hufu hook claude-code --issue` 签发（需要您的口令）。"],
  },
} as const
