import { writeFileSync } from "node:fs"
import { fromBase64 } from "@hufu/core/evidence/base64"
import { Failure } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { asCalled } from "../terminal/called-as.ts"
import { actionOf } from "./action-of.ts"
import { printJson, say } from "../terminal/print.ts"

/** `hufu receipt ACTION [--trace] [--cose] [-o FILE]`: the evidence of one action, or of all that belongs to it, for `hufu verify`. */
export async function receipt(invocation: Invocation): Promise<number> {
  const { positionals, flags, language } = invocation
  const [id] = positionals
  if (id === undefined || positionals.length > 1)
    throw new UsageError(
      "this takes the id of an action, or of one that waits: `hufu action list` shows them",
    )
  const open = textFlag(flags, "open")
  if (flags["cose"] === true) return coseReceipt(invocation, id, open)
  const made = await withNode(invocation, async (client) => {
    const asked = { action: await actionOf(client, id), ...(open === undefined ? {} : { open }) }
    return flags["trace"] === true ? client.action.trace(asked) : client.action.receipt(asked)
  })
  const file = textFlag(flags, "output")
  if (file === undefined) {
    printJson(made)
    return exitCodes.ok
  }
  write(file, `${JSON.stringify(made, null, 2)}\n`)
  sayWritten(file, language)
  return exitCodes.ok
}

/** The same for tools that speak COSE: bytes, which no terminal shows. */
async function coseReceipt(invocation: Invocation, id: string, open: string | undefined): Promise<number> {
  const file = textFlag(invocation.flags, "output")
  if (file === undefined) throw new UsageError("--cose writes bytes: name a file with -o FILE")
  if (invocation.flags["trace"] === true)
    throw new UsageError("a trace is not written in COSE: leave --trace away, or leave --cose away")
  if (open !== undefined)
    throw new UsageError("a COSE receipt discloses nothing: leave --open away, or leave --cose away")
  const { cose } = await withNode(invocation, async (client) =>
    client.action.cose({ action: await actionOf(client, id) }),
  )
  write(file, fromBase64(cose))
  sayWritten(file, invocation.language)
  return exitCodes.ok
}

function sayWritten(file: string, language: Language): void {
  const check = asCalled(`\`hufu verify ${file}\``)
  say(
    language === "zh"
      ? `回执已写入 ${file}；用 ${check} 校验`
      : `the receipt is in ${file}; check it with ${check}`,
  )
}

function write(file: string, content: string | Uint8Array): void {
  try {
    // What it discloses is for whom the person gives it to.
    writeFileSync(file, content, { mode: 0o600 })
  } catch (cause) {
    throw new Failure("forbidden", `\`${file}\` cannot be written: name a place where you may write`, {
      cause,
    })
  }
}
