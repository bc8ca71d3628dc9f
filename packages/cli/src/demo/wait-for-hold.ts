import type { HoldRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import type { Client } from "@hufu/sdk"
import type { Order } from "./orders.ts"

const patienceMs = 30_000
const everyMs = 150

/** The held action that a call of the agent led to; the API has no event for it, so it is asked for. */
export async function waitForHold(client: Client, { server, tool }: Order): Promise<HoldRecord> {
  const until = performance.now() + patienceMs
  while (performance.now() < until) {
    const { items } = await client.hold.list({ state: "waiting" })
    const found = items.find((hold) => hold.server === server && hold.tool === tool)
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw new Failure("not_found", `\`${tool}\` of ${server} was not held: Hufu should have asked about it`)
}
