import { z } from "zod"
import { AgentRecord, VersionRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Store, Tx } from "../store/store.ts"
import { type Declare, saidTime, saidYes } from "./declare.ts"
import { openRecords, type RecordKind, type Records } from "./records.ts"

/** Agents and their versions: who may act at all. */
export interface AgentAuthority {
  readonly records: Records<AgentRecord>
  readonly versions: Records<VersionRecord>
  /** By id or by name; throws Failure("not_found"). */
  need(ref: string): AgentRecord
  /** By id or by name. */
  find(ref: string): AgentRecord | undefined
  create(draft: {
    name: string
    identifiedBy: AgentRecord["identifiedBy"]
    demo: boolean
    by: string
  }): Promise<AgentRecord>
  declareVersion(
    agent: AgentRecord,
    draft: Pick<VersionRecord, "label" | "parts">,
    by: string,
  ): Promise<VersionRecord>
  /** Shows no more of a revoked agent than that it was erased; its content goes with its key. */
  forgetContent(agent: AgentRecord): void
  /** Bites in memory before it is durable: a suspension only narrows. */
  setState(agent: AgentRecord, state: AgentRecord["state"], by: string, reason: string): Promise<AgentRecord>
}

/** What stands for a name that was erased. */
export const erasedName = "erased"

export const agentKind: RecordKind<AgentRecord> = {
  kind: "agent",
  schema: AgentRecord,
  sealed: { members: ["name"], subject: ({ id }) => id, blank: { name: erasedName } },
}

export const versionKind: RecordKind<VersionRecord> = {
  kind: "version",
  schema: VersionRecord,
  sealed: { members: ["label", "parts"], subject: ({ agent }) => agent, blank: { label: "", parts: {} } },
}

const maxAgents = 10_000

export function openAgents(store: Store, clock: Clock, declare: Declare): AgentAuthority {
  const records = openRecords(store, agentKind)
  const versions = openRecords(store, versionKind)
  const named = (name: string) =>
    [...records.all()].find((agent) => agent.name === name && agent.state !== "revoked")
  const creating = new Set<string>()
  /** As it was last written, in the order of commits: memory may be ahead of it by what narrows, and behind by what is on its way. */
  const written = new Map<string, AgentRecord>()
  function write(tx: Tx, agent: AgentRecord, change: Partial<AgentRecord>): void {
    const changed = { ...(written.get(agent.id) ?? agent), ...change }
    records.put(tx, changed)
    written.set(agent.id, changed)
  }
  /** What did not come to be stands no more. */
  const commit = (agent: AgentRecord, work: (tx: Tx) => void) =>
    store.commit(work).catch((error: unknown) => {
      written.delete(agent.id)
      throw error
    })
  /** How often each agent's state was changed, so that changes at once end with the last. */
  const turns = new Map<string, number>()

  async function create({
    name,
    identifiedBy,
    demo,
    by,
  }: Parameters<AgentAuthority["create"]>[0]): Promise<AgentRecord> {
    if (named(name) || creating.has(name))
      throw new Failure(
        "name_taken",
        `an agent \`${name}\` exists already: choose another name or revoke that one`,
      )
    if (records.size >= maxAgents)
      throw new Failure("too_many", `this node holds at most ${maxAgents} agents: revoke some first`)
    creating.add(name)
    try {
      const now = clock.now()
      const id = newId("agent", now)
      const version: VersionRecord = {
        id: newId("version", now),
        agent: id,
        label: "1",
        parts: {},
        createdAt: now,
      }
      const agent: AgentRecord = {
        id,
        name,
        identifiedBy,
        state: "live",
        version: version.id,
        demo,
        createdAt: now,
        stateChangedAt: now,
      }
      await store.commit((tx) => {
        records.put(tx, agent)
        versions.put(tx, version)
        declare(tx, {
          fact: "agent.created",
          subject: id,
          by,
          refs: { version: version.id, identifiedBy, demo: saidYes(demo) },
          content: { name, identifiedBy, demo },
        })
      })
      versions.set(version)
      records.set(agent)
      return agent
    } finally {
      creating.delete(name)
    }
  }

  async function declareVersion(
    agent: AgentRecord,
    draft: Pick<VersionRecord, "label" | "parts">,
    by: string,
  ): Promise<VersionRecord> {
    const now = clock.now()
    const version: VersionRecord = { id: newId("version", now), agent: agent.id, createdAt: now, ...draft }
    // A suspension may come while this is written: it must not be undone, nor undo the version.
    const changed = () => ({ ...(records.get(agent.id) ?? agent), version: version.id })
    await commit(agent, (tx) => {
      versions.put(tx, version)
      write(tx, agent, { version: version.id })
      declare(tx, {
        fact: "version.declared",
        subject: agent.id,
        by,
        refs: { version: version.id },
        content: z.json().parse(draft),
      })
    })
    versions.set(version)
    records.set(changed())
    return version
  }

  async function setState(
    agent: AgentRecord,
    state: AgentRecord["state"],
    by: string,
    reason: string,
  ): Promise<AgentRecord> {
    if (agent.state === "revoked" && state !== "revoked")
      throw new Failure("agent_revoked", `agent \`${agent.name}\` is revoked for good: create a new one`)
    const stateChangedAt = clock.now()
    const changed = () => ({ ...(records.get(agent.id) ?? agent), state, stateChangedAt })
    const narrows = state !== "live"
    if (narrows) records.set(changed())
    const turn = (turns.get(agent.id) ?? 0) + 1
    turns.set(agent.id, turn)
    const fact =
      state === "live" ? "agent.resumed" : state === "suspended" ? "agent.suspended" : "agent.revoked"
    await commit(agent, (tx) => {
      write(tx, agent, { state, stateChangedAt })
      declare(tx, {
        fact,
        subject: agent.id,
        by,
        refs: { stateChangedAt: saidTime(stateChangedAt) },
        ...(reason ? { content: { reason } } : {}),
      })
    })
    // Only the last word counts: an agent that was suspended while it was being resumed stays suspended.
    if (turns.get(agent.id) === turn) records.set(changed())
    return records.get(agent.id) ?? changed()
  }

  return {
    records,
    versions,
    find: (ref) => records.get(ref) ?? named(ref),
    need: (ref) => records.get(ref) ?? named(ref) ?? records.need(ref),
    create,
    declareVersion,
    setState,
    forgetContent(agent) {
      written.delete(agent.id)
      records.set({ ...agent, name: erasedName })
      for (const version of versions.all())
        if (version.agent === agent.id) versions.set({ ...version, label: "", parts: {} })
    },
  }
}
