import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { startIfNone } from "../connection/start-if-none.ts"
import { exitCodes } from "../exit-code.ts"
import { askNewSecret } from "../terminal/ask-secret.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { Failure } from "@hufu/core/failure"

/** `hufu enrol`: the terminal secret, once, on a node that has none. */
export async function enrol(invocation: Invocation): Promise<number> {
  await startIfNone(invocation)
  const made = await withNode(invocation, async (client) => {
    const { personEnrolled } = await client.node.status()
    if (personEnrolled)
      throw new Failure(
        "already_enrolled",
        "a person is enrolled already: `hufu secret change` changes the secret",
      )
    return client.person.enrol({ secret: await askNewSecret(invocation) })
  })
  if (invocation.json) printJson(made)
  else if (invocation.language === "zh")
    printLines("口令已设置。磁盘上只有其慢哈希，请牢记；批准行为时需要输入。")
  else
    printLines(
      "The secret is set. Only a slow hash of it is on disk, so remember it: you will type it to approve.",
    )
  return exitCodes.ok
}
