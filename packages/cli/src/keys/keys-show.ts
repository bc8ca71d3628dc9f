import { findKeychain } from "@hufu/server/keys/keychain"
import { vaultKeyMode } from "@hufu/server/keys/vault-key"
import { readFormerKeys } from "@hufu/server/ledger/ledger-verifiers"
import { usedDataFolder } from "@hufu/server/store/data-folder"
import { inspectStore } from "@hufu/server/store/inspect-store"
import { openReader } from "@hufu/server/store/sqlite-connection"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu keys show`: nothing secret. */
export async function keysShow({ dataFolder, json, language }: Invocation): Promise<number> {
  const folder = usedDataFolder(dataFolder)
  const found = await inspectStore(dataFolder, Date.now())
  const db = openReader(folder.database)
  const former = readFormerKeys(db)
  db.close()
  const shown = {
    ledger: found?.vkey ?? null,
    former,
    vault: vaultKeyMode(folder),
    keychain: findKeychain()?.name ?? null,
  }
  if (json) {
    printJson(shown)
    return exitCodes.ok
  }
  const text = (en: string, zh: string) => (language === "zh" ? zh : en)
  printLines(
    `${text("ledger", "账本")}: ${shown.ledger ?? "-"}`,
    ...former.map(({ vkey, until }) => `  ${text("until entry", "截至条目")} ${until}: ${vkey}`),
    `${text("vault", "保险库")}: ${shown.vault ?? "-"}`,
    `${text("keychain", "钥匙串")}: ${shown.keychain ?? text("none here", "本机没有")}`,
  )
  return exitCodes.ok
}
