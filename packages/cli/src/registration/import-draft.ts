import { faceNames } from "@hufu/core/registration/faces/face-path"
import { type Lost, lostWords } from "@hufu/core/registration/faces/lost"
import { z } from "zod"
import { textFlag } from "../arguments/flag-value.ts"
import { readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, say } from "../terminal/print.ts"

const usage = `this takes a file and its form: hufu agent import card.json --from ${faceNames.join("|")}`

/** `hufu agent import FILE --from FORM`: the draft on standard output, what is missing and lost beside it. */
export async function importDraft(invocation: Invocation): Promise<number> {
  const { positionals, flags, language, json } = invocation
  const [file, ...rest] = positionals
  const face = z.enum(faceNames).safeParse(textFlag(flags, "from"))
  if (file === undefined || rest.length > 0 || !face.success) throw new UsageError(usage)
  const text = await readText(file)
  const imported = await withNode(invocation, (client) =>
    client.registration.import({ face: face.data, text }),
  )
  if (json) printJson(imported)
  else {
    printJson(imported.draft)
    say(...sayLost(imported.lost, language), ...sayMissing(imported.missing, language))
  }
  return exitCodes.ok
}

function sayMissing(missing: readonly string[], language: Invocation["language"]): string[] {
  if (missing.length === 0) return []
  const list = missing.join(", ")
  return [
    language === "zh" ? `登记前须补充：${list}` : `To be filled in before it can be registered: ${list}`,
  ]
}

function sayLost(lost: readonly Lost[], language: Invocation["language"]): string[] {
  return lost.map(({ path, why }) =>
    language === "zh" ? `丢失 ${path}：${lostWords[why].zh}` : `lost ${path}: ${lostWords[why].en}`,
  )
}
