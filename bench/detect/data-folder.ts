import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The folder that `--data` names, or the one that stands beside the clone. */
export function dataFolder(argumentList: readonly string[]): string {
  const at = argumentList.indexOf("--data")
  const named = at < 0 ? undefined : argumentList[at + 1]
  const folder = named ?? fileURLToPath(new URL("../../../shared/data", import.meta.url))
  if (!existsSync(folder)) throw new Error(`there is no folder \`${folder}\`; name one with --data DIR`)
  return folder
}
