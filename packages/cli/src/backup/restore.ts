import { restoreBackup, type Restored } from "@hufu/server/backup/restore-backup"
import type { Language } from "@hufu/core/words"
import { textFlag } from "../arguments/flag-value.ts"
import { readText } from "../arguments/read-json.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { askPassphrase } from "../keys/ask-passphrase.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { oneFile } from "./one-file.ts"

/** `hufu restore FILE`: a new data folder from a backup; its ledger begins a new epoch, and everything is stopped. */
export async function restore(invocation: Invocation): Promise<number> {
  const { positionals, flags, dataFolder, json, language } = invocation
  const held = textFlag(flags, "checkpoint")
  const restored = await restoreBackup({
    file: oneFile(positionals, "restore FILE"),
    dataDir: dataFolder,
    passphrase: () => askPassphrase(invocation),
    keysFrom: textFlag(flags, "keys") ?? null,
    held: held === undefined ? null : await readText(held),
  })
  const { manifest, epoch, heldSize, cancelled } = restored
  if (json) printJson({ dataFolder, entries: manifest.ledger.size, epoch, heldSize, cancelled })
  else printLines(...linesOf(restored, dataFolder, language))
  return exitCodes.ok
}

function linesOf({ manifest, epoch, heldSize, cancelled }: Restored, folder: string, language: Language) {
  const made = new Date(manifest.at).toISOString()
  const lost = heldSize === null ? null : heldSize - manifest.ledger.size
  if (language === "zh")
    return [
      `已将 ${made} 的备份恢复到 ${folder}。`,
      `账本自第 ${epoch} 条起为新纪元${lost === null ? "" : `，丢失 ${lost} 条`}。`,
      `已全部停止，并取消 ${cancelled} 个等待或未使用的批准：备份之后撤销的凭证与授权、已用的额度不在其中。`,
      "请先核对，再运行 hufu stop --lift。",
    ]
  return [
    `Restored the backup of ${made} into ${folder}.`,
    `The ledger begins a new epoch at entry ${epoch}${lost === null ? "" : `; ${lost} entries are lost`}.`,
    `Everything is stopped, and ${cancelled} held actions were taken back: what was revoked or spent after the backup is not in it.`,
    "Look at credentials, mandates and servers, then: hufu stop --lift",
  ]
}
