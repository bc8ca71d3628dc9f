import type { ApprovalRecord } from "@hufu/core/contract/records"
import type { ApprovalEntry } from "@hufu/core/evidence/entry"
import type { Hold } from "../authority/holds.ts"
import type { OperationParts } from "./parts.ts"

/** Who decided about a hold, when and how: what the ledger says, and what the vault still holds of it. */
export function approvalOf(
  { ledger, holds }: Pick<OperationParts, "ledger" | "holds">,
  hold: Hold,
): ApprovalRecord {
  const said = ledger
    .entriesOf(hold.id)
    .map(({ entry }) => entry)
    // An approval that was not used is cancelled later: the last word counts.
    .findLast((entry): entry is ApprovalEntry => entry.kind === "approval")
  const { edited, refusal } = holds.decided(hold)
  return {
    hold: hold.id,
    state: hold.state,
    decision: said?.decision ?? null,
    by: said?.by ?? null,
    at: said?.at ?? null,
    until: said?.until ?? null,
    refusal,
    asked: edited && (holds.content(hold)?.arguments ?? null),
  }
}
