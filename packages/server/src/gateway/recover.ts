import type { IntentEntry } from "@hufu/core/evidence/entry"
import type { Ledger } from "../ledger/ledger.ts"

/**
 * After a restart: every action that was let out and has no outcome may or may not have happened. It is marked unknown before
 * a door opens, and is never tried again by itself.
 *
 * @returns how many there were
 */
export async function markUnknown(ledger: Ledger): Promise<number> {
  const open = ledger.openIntents()
  await Promise.all(
    open.map(({ entry }) =>
      // openIntents gives intents alone.
      ledger.append({
        kind: "outcome",
        action: (entry as IntentEntry).action,
        outcome: "unknown",
        reason: "node_stopped",
        ms: 0,
      }),
    ),
  )
  return open.length
}
