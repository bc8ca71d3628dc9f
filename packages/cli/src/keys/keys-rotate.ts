import { rotateLedgerKey, rotateVaultKey } from "@hufu/server/keys/rotate-keys"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { askPassphrase } from "./ask-passphrase.ts"

/** `hufu keys rotate vault|ledger` */
export async function keysRotate(invocation: Invocation): Promise<number> {
  const { positionals, dataFolder, json, language } = invocation
  const ask = () => askPassphrase(invocation)
  const [which] = positionals
  if (positionals.length !== 1 || (which !== "vault" && which !== "ledger"))
    throw new UsageError("say which: `hufu keys rotate vault`, or `hufu keys rotate ledger`")
  if (which === "vault") {
    const { subjects } = await rotateVaultKey(dataFolder, ask)
    if (json) printJson({ rotated: which, subjects })
    else
      printLines(
        language === "zh"
          ? `保险库已换用新密钥（${subjects} 个主体）。请制作新备份：旧备份仍由旧密钥打开。`
          : `The vault is under a new key (${subjects} subjects). Make a new backup: older ones still open with the old key.`,
      )
    return exitCodes.ok
  }
  const { key, former } = await rotateLedgerKey(dataFolder, ask)
  if (json) printJson({ rotated: which, key, former })
  else
    printLines(
      language === "zh"
        ? `账本自第 ${former.until} 条起使用新公钥：${key}`
        : `From entry ${former.until} on the ledger's key is ${key}`,
      language === "zh"
        ? `请告知信任旧公钥的人：${former.vkey}`
        : `Tell those who trust the former one: ${former.vkey}`,
    )
  return exitCodes.ok
}
