import { checkEvidence } from "@hufu/server/backup/keep-evidence"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { oneFile } from "./one-file.ts"

/** `hufu log check DIR`: every byte of evidence that was kept when a node was purged. */
export async function logCheck({ positionals, json, language }: Invocation): Promise<number> {
  const { size, key, checkpoint } = await checkEvidence(oneFile(positionals, "log check DIR"))
  if (json) printJson({ ok: true, entries: size, key, checkpoint })
  else
    printLines(
      language === "zh"
        ? `证据完好：${size} 个条目，公钥 ${key}。请与您保存的公钥比对。`
        : `The evidence is sound: ${size} entries under the key ${key}. Compare it with the one you know.`,
    )
  return exitCodes.ok
}
