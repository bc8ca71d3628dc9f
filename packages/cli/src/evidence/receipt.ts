import { writeFileSync } from "node:fs"
import { Failure } from "@hufu/core/failure"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, say } from "../terminal/print.ts"

/** `hufu receipt ACTION [-o FILE]`: the evidence of one action, for `hufu verify`. */
export async function receipt(invocation: Invocation): Promise<number> {
  const { positionals, flags, language } = invocation
  const [action] = positionals
  if (action === undefined || positionals.length > 1)
    throw new UsageError("this takes the id of one action: `hufu action list` shows them")
  const open = textFlag(flags, "open")
  const made = await withNode(invocation, (client) =>
    client.action.receipt({ action, ...(open === undefined ? {} : { open }) }),
  )
  const file = textFlag(flags, "output")
  if (file === undefined) {
    printJson(made)
    return exitCodes.ok
  }
  write(file, `${JSON.stringify(made, null, 2)}\n`)
  say(
    language === "zh"
      ? `回执已写入 ${file}；用 hufu verify ${file} 校验`
      : `the receipt is in ${file}; check it with hufu verify ${file}`,
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
