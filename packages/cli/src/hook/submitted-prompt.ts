import { Failure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"

/** The longest words that a task keeps. */
const maxWords = 4000
const maxInputBytes = 1024 * 1024

/** What a client's hook says of the prompt that its user has just sent. */
export interface SubmittedPrompt {
  /** The user's words, unchanged; of more than a task keeps, the beginning. */
  readonly words: string
}

/** Reads what Claude Code writes to its UserPromptSubmit hook. UNTRUSTED: bounded, and of nothing but this event. */
export function parsePrompt(text: string): SubmittedPrompt {
  const said = parseStrict(text)
  if (
    !isJsonObject(said) ||
    said["hook_event_name"] !== "UserPromptSubmit" ||
    typeof said["prompt"] !== "string"
  )
    throw new Failure(
      "invalid_input",
      "this is not what a UserPromptSubmit hook is given: let the client start it, as `hufu hook claude-code` shows",
    )
  const prompt = said["prompt"]
  if (prompt.trim() === "")
    throw new Failure("invalid_input", "the prompt is empty: there are no words to record")
  return { words: beginningOf(prompt) }
}

/** All of a stream as text; throws Failure("too_large") as soon as it is more than a hook is given. */
export async function readBounded(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > maxInputBytes)
      throw new Failure(
        "too_large",
        "the prompt is larger than 1 MiB: put long content in a file and name it",
      )
    chunks.push(bytes)
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))
}

/** No half of a surrogate pair at the end. */
function beginningOf(text: string): string {
  const cut = text.slice(0, maxWords)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}
