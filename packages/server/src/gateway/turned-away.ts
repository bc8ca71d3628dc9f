import type { FailureCode } from "@hufu/core/failure"
import type { AgentAuthority } from "../authority/agents.ts"
import type { StopAuthority } from "../authority/stop.ts"
import type { Store } from "../store/store.ts"
import type { Caller } from "./governor.ts"

/** Why an agent may not come in at all. */
export type LostStanding = Extract<
  FailureCode,
  "agent_revoked" | "agent_suspended" | "agent_unknown" | "credential_revoked" | "stopped" | "version_changed"
>

interface Parts {
  readonly store: Store
  readonly agents: AgentAuthority
  readonly stop: StopAuthority
  readonly onError: (error: unknown, doing: string) => void
}

const maxCauses = 16

/**
 * Writes down that an agent was turned away at a door, before it was known what it wanted, or because the tokens that it brought count for
 * nothing. Once for each cause, until a person changes
 * what holds: an agent that tries again and again must not fill the disk.
 */
export function noteTurnedAway({ store, agents, stop, onError }: Parts) {
  /** Of each agent, what was written since a person last stopped, suspended or let go. */
  const written = new Map<string, { readonly since: string; readonly causes: Set<string> }>()

  function note(
    { agent: id, door, version, credential }: Caller,
    reason: LostStanding | "token_refused",
  ): void {
    const agent = agents.records.get(id)
    // Whom this node does not know has no place in its ledger.
    if (!agent) return
    const since = `${stop.since}/${agent.stateChangedAt}`
    const before = written.get(id)
    const causes = before?.since === since ? before.causes : new Set<string>()
    const cause = `${reason}/${door}/${version}/${credential}`
    if (causes.has(cause) || causes.size >= maxCauses) return
    written.set(id, { since, causes: causes.add(cause) })
    store
      .commit(
        (tx) => {
          tx.append({
            kind: "statement",
            fact: "agent.refused",
            subject: id,
            by: "node",
            refs: { reason, door },
          })
        },
        { lazy: true, blind: true },
      )
      .catch((error: unknown) => onError(error, `record that ${id} was turned away`))
  }

  return { note }
}
