import { resolve } from "node:path"
import { exportLog } from "@hufu/server/ledger/publish/export-log"
import { usedDataFolder } from "@hufu/server/store/data-folder"
import { oneFile } from "../backup/one-file.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines, say } from "../terminal/print.ts"
import { showProgress } from "./show-progress.ts"

/** `hufu log publish DIR`: the ledger as plain files that anyone can serve and check. */
export async function logPublish(invocation: Invocation): Promise<number> {
  const { positionals, dataFolder, json, language } = invocation
  const folder = resolve(oneFile(positionals, "log publish DIR"))
  const { entries, vkey } = await exportLog(usedDataFolder(dataFolder).database, folder, {
    logger: { warn: (_of: unknown, text?: string) => say(text ?? "") },
    onProgress: showProgress(invocation),
  })
  if (json) printJson({ folder, entries, key: vkey })
  else
    printLines(
      language === "zh"
        ? `已将 ${entries} 个条目发布到 ${folder}。`
        : `${entries} entries are published in ${folder}.`,
      language === "zh"
        ? `校验：hufu log verify --folder ${folder} --key ${vkey}`
        : `Check them with: hufu log verify --folder ${folder} --key ${vkey}`,
    )
  return exitCodes.ok
}
