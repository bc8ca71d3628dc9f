import type { Mandate } from "@hufu/core/mandate/mandate"
import { MandatePart } from "@hufu/core/mandate/mandate-part"
import { textFlag } from "../arguments/flag-value.ts"
import { readJson, readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { FlagValues, Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson } from "../terminal/print.ts"
import { readDraft } from "./read-draft.ts"
import { showMandate } from "./show-mandate.ts"

/** `hufu mandate pass MANDATE AGENT`: what the flags say of a mandate goes to another agent, on behalf of the one that holds it. */
export async function pass(invocation: Invocation): Promise<number> {
  const { positionals, flags, json, language } = invocation
  const [id, to] = positionals
  if (id === undefined || to === undefined || positionals.length > 2)
    throw new UsageError("this takes a mandate and an agent: hufu mandate pass MANDATE AGENT --until 1h")
  const task = textFlag(flags, "task")
  const passed = await asPerson(invocation, async (client) => {
    const { mandate } = await client.mandate.explain({ mandate: id })
    const part = await readPart(flags, mandate)
    return client.mandate.pass({ mandate: id, to, part, ...(task === undefined ? {} : { task }) })
  })
  if (json) printJson(passed)
  else showMandate(passed, language)
  return exitCodes.ok
}

async function readPart(flags: FlagValues, mandate: Mandate): Promise<MandatePart> {
  const file = textFlag(flags, "file")
  if (file === undefined) {
    const { grants, otherwise, budget, from, until } = await readDraft(flags, mandate)
    return MandatePart.parse({
      words: textFlag(flags, "words") ?? "",
      grants,
      otherwise,
      budget,
      from,
      until,
    })
  }
  const parsed = MandatePart.safeParse(readJson(await readText(file), `\`${file}\``))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UsageError(
    `correct \`${issue?.path.join("/") || "the part"}\`: ${issue?.message ?? "it does not fit"}`,
  )
}
