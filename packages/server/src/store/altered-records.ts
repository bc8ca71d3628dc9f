import { Failure } from "@hufu/core/failure"
import type { RecordRow } from "./record-row.ts"

/** Says what of the tables is not what this node wrote, and what to do. */
export function recordsAltered(what: string): Failure {
  return new Failure(
    "records_altered",
    `${what}: find out who writes into the data folder, then run \`hufu state rebuild --write\`, which brings the tables to what the ledger says, or \`hufu restore\` a backup`,
  )
}

/** Names the first of so many rows that somebody else wrote. */
export function alteredRow({ kind, id }: Pick<RecordRow, "kind" | "id">, count: number): Failure {
  const others = count > 1 ? ` (and ${count - 1} more)` : ""
  return recordsAltered(`the row of ${kind} \`${id.slice(0, 80)}\`${others} is not what this node wrote`)
}
