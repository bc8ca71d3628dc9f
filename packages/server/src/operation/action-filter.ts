import type { Input } from "@hufu/core/contract/contract"
import type { ActionRecord } from "@hufu/core/contract/records"
import type { Entry, HoldEntry, IntentEntry } from "@hufu/core/evidence/entry"

/** Which actions are asked for; what is not given fits every action. Agents by id. */
export type ActionFilter = Omit<Input<"action.list">, "before" | "limit">

/** What the entry alone tells, before anything is read from the vault. */
export function entryFits(entry: Entry, filter: ActionFilter): entry is IntentEntry | HoldEntry {
  if (entry.kind !== "intent" && entry.kind !== "hold") return false
  const verdict = entry.kind === "intent" ? entry.verdict : "ask"
  return (
    fits(filter.agent, entry.agent) &&
    fits(filter.task, entry.task) &&
    fits(filter.effect, entry.effect) &&
    fits(filter.verdict, verdict)
  )
}

/** What the whole action tells. */
export function actionFits(action: ActionRecord, filter: ActionFilter): boolean {
  return (
    fits(filter.server, action.server) &&
    fits(filter.tool, action.tool) &&
    outcomeFits(action, filter.outcome) &&
    (filter.text === undefined || textOf(action).includes(filter.text.toLowerCase()))
  )
}

/** `open`: it was let out, and nobody has said yet how it ended. */
export function outcomeFits(
  { verdict, outcome }: Pick<ActionRecord, "verdict" | "outcome">,
  asked: ActionFilter["outcome"],
): boolean {
  if (asked === "open") return verdict === "allow" && outcome === null
  return asked === undefined || asked === outcome
}

function fits(asked: string | undefined, value: string): boolean {
  return asked === undefined || asked === value
}

/** Ids, names and rules; never arguments, which are not for searching. */
function textOf({ id, agent, agentName, task, server, tool, rules, mandate, hold }: ActionRecord): string {
  const parts = [id, agent, agentName, task, `${server}/${tool}`, mandate ?? "", hold ?? "", ...rules]
  return parts.join("\n").toLowerCase()
}
