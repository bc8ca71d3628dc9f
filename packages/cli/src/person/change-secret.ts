import { createClient } from "@hufu/sdk"
import type { Invocation } from "../command/command.ts"
import { socketTransport } from "../connection/socket-transport.ts"
import { exitCodes } from "../exit-code.ts"
import { askBothSecrets } from "../terminal/ask-secret.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu secret change`: proves the old secret and sets another; every session ends. */
export async function changeSecret(invocation: Invocation): Promise<number> {
  const socket = socketTransport(invocation.dataFolder)
  const { transport } = socket
  try {
    await createClient({ transport }).node.status()
    const { old, next } = await askBothSecrets(invocation)
    const { token } = await createClient({ transport }).session.create({ secret: old })
    const changed = await createClient({ transport, token }).person.change({ secret: next })
    if (invocation.json) printJson(changed)
    else printLines(invocation.language === "zh" ? "口令已更换。" : "The secret is changed.")
    return exitCodes.ok
  } finally {
    socket.close()
  }
}
