import { Failure } from "@hufu/core/failure"
import { startWitness } from "@hufu/server/witness/witness-server"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJsonLine, printLines, say } from "../terminal/print.ts"
import { witnessFolderOf } from "./witness-folder-of.ts"

const loopback = new Set(["127.0.0.1", "::1", "localhost"])

/** `hufu witness serve`: until a signal. */
export async function witnessServe(invocation: Invocation): Promise<number> {
  const { flags, json, language } = invocation
  const host = textFlag(flags, "host") ?? "127.0.0.1"
  if (!loopback.has(host) && flags["expose"] !== true)
    throw new Failure(
      "forbidden",
      `\`${host}\` can be reached from other machines: add --expose if logs there shall reach this witness`,
    )
  const folder = witnessFolderOf(invocation)
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve())
  })
  const witness = await startWitness({
    folder,
    host,
    port: portOf(textFlag(flags, "port")),
    name: textFlag(flags, "name"),
    mlDsa: flags["ml-dsa"] === true,
    onError: (error) => say(`hufu: ${error instanceof Error ? error.message : String(error)}`),
  })
  const { url, vkeys } = witness
  if (json) printJsonLine({ url, pid: process.pid, folder, keys: vkeys })
  else
    printLines(
      ...(language === "zh"
        ? [`见证方已就绪：${url}（目录 ${folder}）`, "它的公钥，供账本与读者使用："]
        : [`The witness is ready at ${url} (folder ${folder})`, "Its keys, for logs and readers:"]),
      ...vkeys.map((vkey) => `  ${vkey}`),
    )
  await ended
  await witness.close()
  return exitCodes.ok
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 7190
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError("--port takes a number from 0 to 65535")
}
