import type { RevokedMandate } from "@hufu/core/contract/passing"
import type { ServerRecord, StopReport } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import type { Connections } from "../gateway/connections.ts"
import type { Caller } from "../gateway/governor.ts"
import type { AgentAuthority } from "./agents.ts"
import type { CredentialAuthority } from "./credentials.ts"
import type { HoldAuthority } from "./holds.ts"
import type { Actor, MandateAuthority } from "./mandates.ts"
import type { ServerAuthority } from "./servers.ts"
import type { StopAuthority } from "./stop.ts"
import type { TaskAuthority } from "./tasks.ts"

/** What a person does to an agent that acts: all of it bites in memory first, then is made durable, then reported (INVARIANT 6). */
export interface Interventions {
  suspend(agent: string, by: string, reason: string): Promise<StopReport>
  revoke(agent: string, by: string, reason: string): Promise<StopReport>
  stopAll(by: string, reason: string): Promise<StopReport>
  endTask(task: string, by: string): ReturnType<TaskAuthority["end"]>
  /** Ends it and everything that was passed on from it: what goes under these is cancelled, and what they asked is not asked any more. */
  revokeMandate(mandate: string, by: Actor): Promise<RevokedMandate>
  /** Closes what came in with the credential, and cancels what it has under way. */
  revokeCredential(credential: string, by: string): ReturnType<CredentialAuthority["revoke"]>
  /** Cancels what is under way to the server and what waits for a person. */
  removeServer(server: ServerRecord, by: string): ReturnType<ServerAuthority["remove"]>
}

export interface InterventionParts {
  readonly clock: Clock
  readonly agents: AgentAuthority
  readonly credentials: CredentialAuthority
  readonly servers: ServerAuthority
  readonly holds: HoldAuthority
  readonly mandates: MandateAuthority
  readonly tasks: TaskAuthority
  readonly stop: StopAuthority
  readonly connections: Connections
}

export function interventionsOf(parts: InterventionParts): Interventions {
  const { clock, agents, holds, connections } = parts

  /** `durable` has already changed memory, synchronously, when it is handed over. */
  async function bite(
    durable: Promise<unknown>,
    matches: (of: { agent: string }) => boolean,
    by: string,
    reason: string,
  ): Promise<StopReport> {
    const begun = clock.monotonic()
    const report = connections.stop((caller: Caller) => matches(caller), reason)
    // Together, so that a store that cannot write is reported once and leaves no promise behind.
    const [cancelled] = await Promise.all([holds.cancel(matches, by), durable])
    return { ...report, cancelledHolds: cancelled.map((hold) => hold.id), tookMs: clock.monotonic() - begun }
  }

  function setState(
    ref: string,
    state: "suspended" | "revoked",
    by: string,
    reason: string,
  ): Promise<StopReport> {
    const agent = agents.need(ref)
    if (agent.state === "revoked")
      throw new Failure("agent_revoked", `agent \`${agent.name}\` is revoked already`)
    return bite(
      agents.setState(agent, state, by, reason),
      (of) => of.agent === agent.id,
      by,
      `agent_${state}`,
    )
  }

  async function revokeMandate(id: string, by: Actor): Promise<RevokedMandate> {
    const below = parts.mandates.below(id)
    const own = parts.mandates.need(id)
    const revoked = parts.mandates.revoke(id, by)
    const ended = new Set([id, ...below.map((each) => each.id)])
    const inFlight = connections.cancelUnder(ended, "mandate_revoked")
    // What was passed on is for one task of its agent; what that asked may have rested on it.
    const passed = [...below, ...(own.parent === null ? [] : [own])]
    const asked = ({ agent, task, passes }: { agent: string; task: string; passes?: string | undefined }) =>
      (passes !== undefined && ended.has(passes)) ||
      passed.some((each) => each.agent === agent && each.task === task)
    const [mandate, cancelled] = await Promise.all([revoked, holds.cancel(asked, by.id)])
    return {
      ...mandate,
      below: below.map((each) => each.id),
      cancelledHolds: cancelled.map((hold) => hold.id),
      inFlight,
    }
  }

  return {
    suspend: async (agent, by, reason) => setState(agent, "suspended", by, reason),
    revoke: async (agent, by, reason) => setState(agent, "revoked", by, reason),
    stopAll: async (by, reason) => bite(parts.stop.declare(by, reason), () => true, by, "stopped"),
    async endTask(task, by) {
      const { agent } = parts.tasks.records.need(task)
      const mandates = parts.mandates.ofAgent(agent).filter((mandate) => mandate.task === task)
      // All of it bites before any of it is durable: what was passed on from these is other agents'.
      const [ended] = await Promise.all([
        parts.tasks.end(task, by),
        holds.cancel((hold) => hold.task === task, by),
        ...mandates.map((mandate) => revokeMandate(mandate.id, { id: by, isPerson: true })),
      ])
      return ended
    },
    revokeMandate,
    async revokeCredential(id, by) {
      const revoked = parts.credentials.revoke(id, by)
      connections.stop((caller) => caller.credential === id, "credential_revoked")
      return revoked
    },
    async removeServer(server, by) {
      const removed = parts.servers.remove(server, by)
      for (const call of connections.inFlightTo(server.name)) call.cancel("server_removed")
      // INVARIANT 4: another server under the same name must not inherit an approval.
      await Promise.all([removed, holds.cancel((hold) => hold.server === server.name, by)])
      return removed
    },
  }
}
