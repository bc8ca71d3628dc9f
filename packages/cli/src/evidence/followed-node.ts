import type { FollowedSource } from "@hufu/core/evidence/follow-log"
import { canonicalize } from "@hufu/core/json/canonical"
import { fromHex } from "@hufu/core/evidence/hex"
import type { Client } from "@hufu/sdk"

const page = 1_000

/** The ledger of a running node as a monitor follows it. UNTRUSTED: a node may lie about its own ledger. */
export function followedNode(client: Client): FollowedSource {
  return {
    checkpoint: async () => (await client.log.checkpoint()).checkpoint,
    async *entries(from, to) {
      for (let at = from; at < to;) {
        const { items } = await client.log.entries({ from: at, limit: Math.min(page, to - at) })
        if (items.length === 0) return
        for (const { entry, hash } of items)
          yield { bytes: new TextEncoder().encode(canonicalize(entry)), leaf: fromHex(hash) }
        at += items.length
      }
    },
  }
}
