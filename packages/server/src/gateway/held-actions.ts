import { Failure } from "@hufu/core/failure"
import type { Hold, HoldAuthority } from "../authority/holds.ts"
import type { TaskAuthority } from "../authority/tasks.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Caller, Governor } from "./governor.ts"

export interface HeldActionParts {
  readonly holds: HoldAuthority
  readonly tasks: TaskAuthority
  readonly ledger: Ledger
}

/** What a door may do with an action that waits: wait for its decision, look at it, take it back. */
export function heldActions({
  holds,
  tasks,
  ledger,
}: HeldActionParts): Pick<Governor, "awaitHold" | "withdraw" | "heldAction"> {
  /** INVARIANT: nobody learns of, or ends, what another agent or another task of the same one asked. */
  function need(caller: Caller, id: string): Hold {
    const hold = holds.find(id)
    if (!hold || hold.agent !== caller.agent || hold.task !== tasks.current(caller.agent)?.id)
      throw new Failure("not_found", "there is no such held action of this agent and this task")
    return hold
  }

  function outcomeOf(hold: Hold) {
    if (hold.state !== "used") return undefined
    return ledger
      .entriesOf(hold.action)
      .map(({ entry }) => entry)
      .find((entry) => entry.kind === "outcome")?.outcome
  }

  return {
    awaitHold: async (caller, id, signal) => (await holds.wait(need(caller, id), signal)).state,
    withdraw: async (caller, id) => (await holds.withdraw(need(caller, id), caller.agent)).state,
    heldAction(caller, id) {
      const hold = need(caller, id)
      const { state, server, tool, createdAt, expiresAt, decidedAt } = hold
      const args = holds.content(hold)?.arguments
      const outcome = outcomeOf(hold)
      return {
        state,
        server,
        tool,
        ...(args === undefined ? {} : { arguments: args }),
        createdAt,
        expiresAt,
        decidedAt,
        ...(outcome === undefined ? {} : { outcome }),
      }
    },
  }
}
