import { hash, randomBytes } from "node:crypto"
import { z } from "zod"
import { CredentialRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Store } from "../store/store.ts"
import type { AgentAuthority } from "./agents.ts"
import { type Declare, saidTime } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

/** What is kept of a credential: the SHA-256 of 256 random bits, which cannot be guessed back. */
const Stored = CredentialRecord.extend({ hash: z.string() })
type Stored = z.infer<typeof Stored>

export const credentialKind: RecordKind<Stored> = { kind: "credential", schema: Stored }

export interface CredentialAuthority {
  issue(draft: {
    agent: string
    kind: CredentialRecord["kind"]
    days: number
    by: string
  }): Promise<{ credential: string; record: CredentialRecord }>
  revoke(id: string, by: string): Promise<CredentialRecord>
  of(agent: string): CredentialRecord[]
  /** Whether a credential that let a connection in still holds. */
  isLive(id: string): boolean
  /** The live credential that this text is; throws Failure("unauthenticated") with what to do. */
  check(text: string, kind: CredentialRecord["kind"]): CredentialRecord
}

const dayMs = 86_400_000
const maxPerAgent = 100
/** `hufu_agent_…` and `hufu_hook_…`: a leaked one is recognisable to secret scanners. */
const shape = /^hufu_(agent|hook)_[A-Za-z0-9_-]{43}$/

export function openCredentials(
  store: Store,
  clock: Clock,
  agents: AgentAuthority,
  declare: Declare,
): CredentialAuthority {
  const records = openRecords(store, credentialKind)
  const byHash = new Map<string, string>()
  for (const record of records.all()) byHash.set(record.hash, record.id)

  async function issue({ agent: ref, kind, days, by }: Parameters<CredentialAuthority["issue"]>[0]) {
    const agent = agents.need(ref)
    if (agent.state === "revoked")
      throw new Failure("agent_revoked", `agent \`${agent.name}\` is revoked: create a new one`)
    if (live(agent.id).length >= maxPerAgent)
      throw new Failure(
        "too_many",
        `agent \`${agent.name}\` has ${maxPerAgent} live credentials: revoke some first`,
      )
    const now = clock.now()
    const credential = `hufu_${kind}_${randomBytes(32).toString("base64url")}`
    const record: Stored = {
      id: newId("credential", now),
      kind,
      agent: agent.id,
      version: agent.version,
      state: "live",
      createdAt: now,
      expiresAt: now + days * dayMs,
      hash: hashOf(credential),
    }
    await store.commit((tx) => {
      records.put(tx, record)
      declare(tx, {
        fact: "credential.issued",
        subject: record.id,
        by,
        refs: { agent: agent.id, version: agent.version, kind, expiresAt: saidTime(record.expiresAt) },
        content: { expiresAt: record.expiresAt, hash: record.hash },
      })
    })
    records.set(record)
    byHash.set(record.hash, record.id)
    return { credential, record: shown(record) }
  }

  async function revoke(id: string, by: string): Promise<CredentialRecord> {
    const before = records.need(id)
    const revoked: Stored = { ...before, state: "revoked" }
    records.set(revoked)
    await store.commit((tx) => {
      records.put(tx, revoked)
      const refs = { agent: before.agent, state: revoked.state, stateBefore: before.state }
      declare(tx, { fact: "credential.revoked", subject: id, by, refs })
    })
    return shown(revoked)
  }

  function check(text: string, kind: CredentialRecord["kind"]): CredentialRecord {
    const id = shape.test(text) ? byHash.get(hashOf(text)) : undefined
    const record = id === undefined ? undefined : records.get(id)
    if (!record || record.kind !== kind)
      throw refused(
        "this credential is not known here: ask the person to issue one with `hufu credential issue`",
      )
    if (record.state !== "live")
      throw refused("this credential is revoked: ask the person to issue a new one")
    if (record.expiresAt <= clock.now())
      throw refused("this credential has expired: ask the person to issue a new one")
    if (agents.records.get(record.agent)?.version !== record.version)
      throw refused(
        "this credential belongs to an earlier version of the agent: ask the person to issue a new one",
      )
    return record
  }

  const live = (agent: string) =>
    [...records.all()].filter((record) => record.agent === agent && record.state === "live")
  function isLive(id: string): boolean {
    const record = records.get(id)
    return record !== undefined && record.state === "live" && record.expiresAt > clock.now()
  }

  return {
    issue,
    revoke,
    check,
    isLive,
    of: (agent) => [...records.all()].filter((record) => record.agent === agent).map(shown),
  }
}

function refused(sentence: string): Failure {
  return new Failure("unauthenticated", sentence)
}

function shown({ hash: _hash, ...record }: Stored): CredentialRecord {
  return record
}

function hashOf(text: string): string {
  return hash("sha256", text, "base64url")
}
