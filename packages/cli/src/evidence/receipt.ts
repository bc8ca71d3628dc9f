import { writeFileSync } from "node:fs"
import { Failure } from "@hufu/core/failure"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { asCalled } from "../terminal/called-as.ts"
import { actionOf } from "./action-of.ts"
import { printJson, say } from "../terminal/print.ts"

/** `hufu receipt ACTION [-o FILE]`: the evidence of one action, for `hufu verify`. */
export async function receipt(invocation: Invocation): Promise<number> {
  const { positionals, flags, language } = invocation
  const [id] = positionals
  if (id === undefined || positionals.length > 1)
    throw new UsageError(
      "this takes the id of an action, or of one that waits: `hufu action list` shows them",
    )
  const open = textFlag(flags, "open")
  const made = await withNode(invocation, async (client) =>
    client.action.receipt({
      action: await actionOf(client, id),
      ...(open === undefined ? {} : { open }),
    }),
  )
  const file = textFlag(flags, "output")
  if (file === undefined) {
    printJson(made)
    return exitCodes.ok
  }
  write(file, `${JSON.stringify(made, null, 2)}\n`)
  const check = asCalled(`\`hufu verify ${file}\``)
  say(
    language === "zh"
      ? `回执已写入 ${file}；用 ${check} 校验`
      : `the receipt is in ${file}; check it with ${check}`,
  )
  return exitCodes.ok
}

function write(file: string, text: string): void {
  try {
    // What it discloses is for whom the person gives it to.
    writeFileSync(file, text, { mode: 0o600 })
  } catch (cause) {
    throw new Failure("forbidden", `\`${file}\` cannot be written: name a place where you may write`, {
      cause,
    })
  }
}
