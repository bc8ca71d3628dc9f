import { textFlag } from "../arguments/flag-value.ts"
import type { Invocation } from "../command/command.ts"

/** The folder of a witness; by default it stands beside the node's and is never the node's own. */
export function witnessFolderOf({ dataFolder, flags }: Pick<Invocation, "dataFolder" | "flags">): string {
  return textFlag(flags, "folder") ?? `${dataFolder}-witness`
}
