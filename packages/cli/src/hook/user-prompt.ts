import { asFailure, failureCodes } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { textFlag } from "../arguments/flag-value.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJsonLine, say } from "../terminal/print.ts"
import { defaultAgent, readHookCredential } from "./hook-credential.ts"
import { recordWords } from "./record-words.ts"
import { parsePrompt, readBounded } from "./submitted-prompt.ts"

/**
 * `hufu hook user-prompt`: started by the client for each prompt. It never stands between a person and their
 * agent: what could not be recorded is said, and clears no rule.
 *
 * INVARIANT: nothing but a message for the user goes to standard output, which the client would show to the model.
 */
export async function userPrompt({ dataFolder, flags, language }: Invocation): Promise<number> {
  try {
    const agent = textFlag(flags, "agent") ?? defaultAgent
    const { words } = parsePrompt(await readBounded(process.stdin))
    const credential = readHookCredential(dataFolder, agent)
    const recorded = await recordWords({ dataFolder, agent, credential, words })
    if (recorded.kind === "continued") tellUser(continues[language](recorded.hold))
  } catch (error) {
    tellUser(notRecorded(error, language))
  }
  return exitCodes.ok
}

/** As the one member of a hook's answer that Claude Code shows to its user and not to the model. */
function tellUser(sentence: string): void {
  say(sentence)
  printJsonLine({ systemMessage: sentence })
}

const continues = {
  en: (hold: string) =>
    `Hufu goes on with the task before and keeps these words with it; they start no new one: \`${hold}\` waits for you or was just approved.`,
  zh: (hold: string) =>
    `虎符沿用之前的任务并将这段话记入其中，不开始新任务：\`${hold}\` 正在等待您决定，或刚获批准。`,
} as const

function notRecorded(error: unknown, language: Language): string {
  const failure = asFailure(error)
  if (language === "zh")
    return `虎符未能将这段话记为您的原话（${failureCodes[failure.code].zh}）：${failure.message}。智能体照常继续，需要您原话的行为会询问您。`
  return `Hufu could not record this prompt as your words: ${failure.message}. The agent goes on; what would need your words asks you.`
}
