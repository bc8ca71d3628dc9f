import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { say } from "../terminal/print.ts"
import { guardDetails } from "./guard-details.ts"
import { reachNode } from "./reach-node.ts"
import { relay } from "./relay.ts"

/** `hufu guard`: an MCP client's stdio server whose every message goes through the node. */
export async function guard(invocation: Invocation): Promise<number> {
  const details = guardDetails(invocation)
  const mayStart = invocation.flags["existing"] !== true
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => process.exit(exitCodes.ok))
  // A client that is gone reads no more: there is nobody left to answer.
  process.stdout.on("error", () => process.exit(exitCodes.ok))
  await relay({
    input: process.stdin,
    output: process.stdout,
    connect: () => reachNode(invocation.dataFolder, details, { mayStart }),
    say: (sentence) => say(`hufu guard: ${sentence}`),
  })
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()))
  // Standard input may still be held open by others; the guard is done.
  process.exit(exitCodes.ok)
}
