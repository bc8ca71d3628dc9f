import { lstatSync } from "node:fs"
import { join } from "node:path"
import type { Examination } from "./examination.ts"
import { both, fault, fine, type Finding, warning } from "./finding.ts"

/** Whether the keys are there, and where the vault's is kept. */
export function checkKeys({ dataFolder, store }: Pick<Examination, "dataFolder" | "store">): Finding[] {
  if (store === null) return []
  const missing = ["ledger.key", "vault.key"]
    .map((name) => join(dataFolder, "keys", name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false }) === undefined)
  if (missing.length > 0)
    return missing.map((path) =>
      fault("keys", { en: `\`${path}\` is missing`, zh: `缺少 \`${path}\`` }, both("hufu restore FILE")),
    )
  return [
    fine("keys", { en: "The ledger's key is there", zh: "账本密钥存在" }),
    warning("keys", {
      en: "The vault's key is a file in the data folder: whoever copies the folder can open the vault",
      zh: "保险库密钥是数据目录中的文件：复制该目录者即可打开保险库",
    }),
  ]
}
