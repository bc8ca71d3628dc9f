import { existsSync } from "node:fs"
import { join } from "node:path"
import { findKeychain } from "@hufu/server/keys/keychain"
import { type VaultKeyMode, vaultKeyMode } from "@hufu/server/keys/vault-key"
import type { Examination } from "./examination.ts"
import { both, fault, fine, type Finding, warning } from "./finding.ts"

const places = {
  file: { en: "a plain file in the data folder", zh: "数据目录中的明文文件" },
  passphrase: { en: "sealed by a passphrase", zh: "由密码短语封存" },
  keychain: { en: "in the system's keychain", zh: "存于系统钥匙串" },
}

/** Whether the keys are there, and where the vault's is kept. */
export function checkKeys({ dataFolder, store }: Pick<Examination, "dataFolder" | "store">): Finding[] {
  if (store === null) return []
  const keys = join(dataFolder, "keys")
  const ledger = join(keys, "ledger.key")
  const mode = vaultKeyMode({ vaultKey: join(keys, "vault.key") })
  return [
    existsSync(ledger)
      ? fine("ledger-key", { en: "The ledger's key is there", zh: "账本密钥存在" })
      : missing("ledger-key", ledger),
    mode === null ? missing("vault-key", join(keys, "vault.key")) : kept(keys, mode),
  ]
}

function missing(check: string, path: string): Finding {
  return fault(check, { en: `\`${path}\` is missing`, zh: `缺少 \`${path}\`` }, both("hufu restore FILE"))
}

function kept(keys: string, mode: VaultKeyMode): Finding {
  const ways = ["vault.key", "vault.sealed", "vault.keychain"].filter((name) => existsSync(join(keys, name)))
  const place = places[mode]
  const again = both(findKeychain() === null ? "hufu keys seal --passphrase" : "hufu keys seal --keychain")
  if (ways.length > 1)
    return warning(
      "vault-key",
      {
        en: `The vault's key is kept in ${ways.length} ways (${ways.join(", ")}): sealing it was interrupted`,
        zh: `保险库密钥同时以 ${ways.length} 种方式保存（${ways.join("、")}）：封存曾被中断`,
      },
      again,
    )
  if (mode === "file")
    return warning(
      "vault-key",
      {
        en: `The vault's key is ${place.en}: whoever copies the folder, or its disk, can open the vault, and an agent that reads it can write rows that the node believes`,
        zh: `保险库密钥是${place.zh}：复制该目录或磁盘者即可打开保险库，读到它的智能体可写出节点会采信的行`,
      },
      again,
    )
  return fine("vault-key", { en: `The vault's key is ${place.en}`, zh: `保险库密钥${place.zh}` })
}
