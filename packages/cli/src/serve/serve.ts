import { mkdirSync } from "node:fs"
import type { Invocation } from "../command/command.ts"
import { keepCompiled } from "../keep-compiled.ts"

/** `hufu serve`: makes the data folder, so that even a first start leaves what the second can use, and runs a node. */
export async function serve(invocation: Invocation): Promise<number> {
  mkdirSync(invocation.dataFolder, { recursive: true, mode: 0o700 })
  keepCompiled(invocation.dataFolder)
  const { runNode } = await import("./run-node.ts")
  return runNode(invocation)
}
