import { type AskPassphrase, keepVaultKey, type Keeping, readVaultKey } from "@hufu/server/keys/vault-key"
import { usedDataFolder } from "@hufu/server/store/data-folder"
import { lockDataFolder } from "@hufu/server/store/lock"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { askNewPassphrase, askPassphrase } from "./ask-passphrase.ts"

/** `hufu keys seal --keychain|--passphrase` */
export async function keysSeal(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  const byPassphrase = flags["passphrase"] === true || flags["passphrase-stdin"] === true
  if (byPassphrase === (flags["keychain"] === true))
    throw new UsageError("say where: `hufu keys seal --keychain`, or `hufu keys seal --passphrase`")
  // The passphrase before and the new one are two lines of one terminal, never of one pipe.
  const before = () => askPassphrase({ language: invocation.language, flags: {} })
  return keep(invocation, before, async () =>
    byPassphrase
      ? { mode: "passphrase", passphrase: await askNewPassphrase(invocation) }
      : { mode: "keychain" },
  )
}

/** `hufu keys unseal` */
export function keysUnseal(invocation: Invocation): Promise<number> {
  return keep(
    invocation,
    () => askPassphrase(invocation),
    () => Promise.resolve({ mode: "file" }),
  )
}

async function keep(
  { dataFolder, json, language }: Invocation,
  before: AskPassphrase,
  how: () => Promise<Keeping>,
): Promise<number> {
  const folder = usedDataFolder(dataFolder)
  const lock = lockDataFolder(folder)
  try {
    const text = await readVaultKey(folder, before)
    const keeping = await how()
    await keepVaultKey(folder, text, keeping)
    if (json) printJson({ vault: keeping.mode })
    else printLines(language === "zh" ? `保险库密钥：${keeping.mode}` : `The vault's key: ${keeping.mode}`)
    return exitCodes.ok
  } finally {
    lock.release()
  }
}
