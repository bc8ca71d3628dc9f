import { mkdirSync } from "node:fs"
import type { NodeLifetime } from "@hufu/server/node"
import { keepCompiled } from "../../bin/keep-compiled.js"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { FlagValues, Invocation } from "../command/command.ts"

/** `hufu serve`: makes the data folder, so that even a first start leaves what the second can use, and runs a node. */
export async function serve(invocation: Invocation): Promise<number> {
  const { dataFolder, flags } = invocation
  const start = {
    port: numberFlag(flags, "port"),
    idleSeconds: numberFlag(flags, "idle-exit"),
    startedBy: startedBy(flags),
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  keepCompiled(dataFolder)
  const { runNode } = await import("./run-node.ts")
  return runNode(invocation, start)
}

function startedBy(flags: FlagValues): NodeLifetime["startedBy"] {
  const by = textFlag(flags, "started-by") ?? "serve"
  if (by !== "serve" && by !== "guard" && by !== "command")
    throw new UsageError("--started-by is one of `serve`, `guard`, `command`")
  return by
}

function numberFlag(flags: FlagValues, name: string): number | undefined {
  const text = textFlag(flags, name)
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} takes a whole number`)
  return Number(text)
}
