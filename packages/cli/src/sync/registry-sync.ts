import type { ShownPeer } from "@hufu/core/contract/sync-operations"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson, withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { peerLines } from "./peer-lines.ts"

const usage =
  "this takes list, add URL, trust PEER, remove PEER or now PEER: hufu registry sync add https://registry.example.com"

/** `hufu registry sync [list|add URL|trust PEER|remove PEER|now PEER]`. */
export async function registrySync(invocation: Invocation): Promise<number> {
  const [what = "list", ref, ...rest] = invocation.positionals
  if (rest.length > 0 || (ref === undefined) !== (what === "list")) throw new UsageError(usage)
  if (what === "list") return show(invocation, await withNode(invocation, (client) => client.peer.list({})))
  if (ref === undefined) throw new UsageError(usage)
  if (what === "now")
    return show(invocation, await withNode(invocation, (client) => client.peer.sync({ peer: ref })))
  if (what === "add" || what === "trust") {
    const vkey = textFlag(invocation.flags, "key")
    const key = vkey === undefined ? {} : { vkey }
    return show(
      invocation,
      await asPerson(invocation, (client) =>
        what === "add" ? client.peer.add({ url: ref, ...key }) : client.peer.trust({ peer: ref, ...key }),
      ),
    )
  }
  if (what !== "remove") throw new UsageError(usage)
  const removed = await asPerson(invocation, (client) => client.peer.remove({ peer: ref }))
  if (invocation.json) printJson(removed)
  else
    printLines(
      invocation.language === "zh"
        ? `不再镜像该登记平台；已删除其 ${removed.forgotten} 份镜像登记。`
        : `The registry is mirrored no more; ${removed.forgotten} registrations of it are forgotten.`,
    )
  return exitCodes.ok
}

function show(invocation: Invocation, output: ShownPeer | { readonly items: readonly ShownPeer[] }): number {
  if (invocation.json) printJson(output)
  else printLines(...peerLines("items" in output ? output.items : [output], invocation.language))
  return exitCodes.ok
}
