import { resolve } from "node:path"
import { createBackup } from "@hufu/server/backup/create-backup"
import { packFiles } from "@hufu/server/fence/packs/pack-files"
import { readVaultKey } from "@hufu/server/keys/vault-key"
import { examplesBeside } from "@hufu/server/rule-sources"
import { usedDataFolder } from "@hufu/server/store/data-folder"
import { version } from "@hufu/server/version"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { askNewPassphrase, askPassphrase } from "../keys/ask-passphrase.ts"
import { readConfig } from "../serve/read-config.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { oneFile } from "./one-file.ts"

/** `hufu backup FILE`: everything durable, consistent while agents work; the keys sealed, or left out. */
export async function backup(invocation: Invocation): Promise<number> {
  const { positionals, flags, dataFolder, json, language } = invocation
  const file = resolve(oneFile(positionals, "backup FILE"))
  const folder = usedDataFolder(dataFolder)
  const passphrase = flags["keys"] === false ? null : await askNewPassphrase(invocation)
  const manifest = await createBackup({
    dataDir: dataFolder,
    file,
    passphrase,
    vaultKey: () => readVaultKey(folder, () => askPassphrase({ language, flags: {} })),
    // Whoever reads the ledger sees all that is acknowledged, so the node brings it into the tables first.
    fold: () => withNode(invocation, async (client) => void (await client.log.entries({ limit: 1 }))),
    files: ["config.json", ...namedFiles(readConfig(dataFolder, {}, {})), ...packFiles(dataFolder)],
    now: Date.now(),
    version,
  })
  const { ledger, files } = manifest
  if (json)
    printJson({ file, entries: ledger.size, checkpoint: ledger.checkpoint, keys: manifest.keys, files })
  else if (language === "zh")
    printLines(
      `已备份 ${ledger.size} 条账本条目至 ${file}，并已重新读取校验。`,
      manifest.keys === "sealed"
        ? "密钥已用密码短语封存：没有密码短语则无法恢复。"
        : "不含密钥：请另行保存 keys/ledger.key 与 keys/vault.key，否则无法恢复。",
    )
  else
    printLines(
      `Backed up ${ledger.size} ledger entries to ${file}, and read it again.`,
      manifest.keys === "sealed"
        ? "The keys are sealed into it: without the passphrase nobody can restore it."
        : "The keys are not in it: keep keys/ledger.key and keys/vault.key apart, or nobody can restore it.",
    )
  return exitCodes.ok
}

/** The files that the configuration names, and the examples beside rules. */
function namedFiles({ rules, draft, access }: ReturnType<typeof readConfig>): string[] {
  const all = [...rules, ...(draft?.rules ?? [])]
  return [
    ...new Set(all.flatMap((path) => [path, examplesBeside(path)])),
    ...(access === undefined
      ? []
      : [access.schema, ...access.rules, ...(access.entities ? [access.entities] : [])]),
  ]
}
