import { hash, randomBytes } from "node:crypto"
import { z } from "zod"
import type { CredentialAbout } from "@hufu/core/contract/credential-about"
import { CredentialRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Store } from "../store/store.ts"
import type { AgentAuthority } from "./agents.ts"
import { type Declare, saidTime } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

/** What is kept of a secret: the SHA-256 of 256 random bits, which cannot be guessed back; empty where the credential is none. */
const Stored = CredentialRecord.extend({
  hash: z.string(),
  about: CredentialRecord.shape.about.default(null),
})
type Stored = z.infer<typeof Stored>

export const credentialKind: RecordKind<Stored> = {
  kind: "credential",
  schema: Stored,
  sealed: { members: ["about"], subject: ({ id }) => id, blank: { about: null } },
}

export interface CredentialAuthority {
  issue(draft: {
    agent: string
    kind: "agent" | "hook"
    days: number
    by: string
  }): Promise<{ credential: string; record: CredentialRecord }>
  /** Lets an agent in by what is no secret, once it is proven to be the agent's. */
  admit(draft: { agent: string; about: CredentialAbout; days: number; by: string }): Promise<CredentialRecord>
  revoke(id: string, by: string): Promise<CredentialRecord>
  of(agent: string): CredentialRecord[]
  /** Whether a credential that let a connection in still holds. */
  isLive(id: string): boolean
  /** The live credential that this text is; throws Failure("unauthenticated") with what to do. */
  check(text: string, kind: "agent" | "hook"): CredentialRecord
  /** The live credential of this name, which `nameOf` gives; throws Failure("unauthenticated"). */
  checkNamed(name: string): CredentialRecord
  /** The same, where there is one. */
  findNamed(name: string): CredentialRecord | undefined
  /** Of an agent, those that say more than ids. */
  idsWithContent(agent: string): string[]
  /** The OAuth client that a credential is. */
  clientOf(id: string): string | undefined
  /** What is known of the credentials of an agent that is erased, or of one of them. */
  forgetContent(id: string): void
}

/** What of a credential identifies it. */
export type CredentialName =
  | { readonly is: "key"; readonly url: string; readonly thumbprint: string }
  | { readonly is: "client"; readonly client: string }

/** By what a credential that is no secret is found. */
export function nameOf(of: CredentialName): string {
  // No address and no thumbprint has a space in it.
  return of.is === "key" ? `key ${of.url} ${of.thumbprint}` : `client ${of.client}`
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
  const byName = new Map<string, string>()
  for (const record of records.all()) remember(record)
  const admitting = new Set<string>()

  function remember(record: Stored): void {
    records.set(record)
    if (record.about === null) byHash.set(record.hash, record.id)
    else byName.set(nameOf(record.about), record.id)
  }

  async function add(
    { agent: ref, days, by }: { agent: string; days: number; by: string },
    what: Pick<Stored, "kind" | "hash" | "about">,
  ): Promise<Stored> {
    const agent = agents.need(ref)
    if (agent.state === "revoked")
      throw new Failure("agent_revoked", `agent \`${agent.name}\` is revoked: create a new one`)
    if (live(agent.id).length >= maxPerAgent)
      throw new Failure(
        "too_many",
        `agent \`${agent.name}\` has ${maxPerAgent} live credentials: revoke some first`,
      )
    const now = clock.now()
    const record: Stored = {
      id: newId("credential", now),
      agent: agent.id,
      version: agent.version,
      state: "live",
      createdAt: now,
      expiresAt: now + days * dayMs,
      ...what,
    }
    const { expiresAt, hash, about, kind } = record
    await store.commit((tx) => {
      records.put(tx, record)
      declare(tx, {
        fact: "credential.issued",
        subject: record.id,
        by,
        refs: { agent: agent.id, version: agent.version, kind, expiresAt: saidTime(expiresAt) },
        content: about === null ? { expiresAt, hash } : { expiresAt, about },
      })
    })
    remember(record)
    return record
  }

  async function issue({ kind, ...draft }: Parameters<CredentialAuthority["issue"]>[0]) {
    const credential = `hufu_${kind}_${randomBytes(32).toString("base64url")}`
    const record = await add(draft, { kind, hash: hashOf(credential), about: null })
    return { credential, record: shown(record) }
  }

  async function admit({ about, ...draft }: Parameters<CredentialAuthority["admit"]>[0]) {
    const name = nameOf(about)
    const before = records.get(byName.get(name) ?? "")
    if (admitting.has(name) || (before !== undefined && lost(before) === undefined))
      throw new Failure("already_exists", "this is a live credential already: revoke that one first")
    admitting.add(name)
    try {
      return shown(await add(draft, { kind: about.is, hash: "", about }))
    } finally {
      admitting.delete(name)
    }
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
    return requireLive(record)
  }

  function requireLive(record: Stored): Stored {
    const why = lost(record)
    if (why !== undefined) throw refused(`this credential ${why}: ask the person to issue a new one`)
    return record
  }

  function lost({ state, expiresAt, agent, version }: Stored): string | undefined {
    if (state !== "live") return "is revoked"
    if (expiresAt <= clock.now()) return "has expired"
    if (agents.records.get(agent)?.version !== version) return "belongs to an earlier version of the agent"
    return undefined
  }

  function checkNamed(name: string): CredentialRecord {
    const record = records.get(byName.get(name) ?? "")
    if (record === undefined)
      throw refused("this is not known here: ask the person to let the agent in by it")
    return requireLive(record)
  }

  function forgetContent(id: string): void {
    for (const record of records.all()) {
      if (record.about === null || (record.agent !== id && record.id !== id)) continue
      byName.delete(nameOf(record.about))
      records.set({ ...record, about: null })
    }
  }

  const live = (agent: string) =>
    [...records.all()].filter((record) => record.agent === agent && record.state === "live")
  function isLive(id: string): boolean {
    const record = records.get(id)
    return record !== undefined && record.state === "live" && record.expiresAt > clock.now()
  }

  return {
    issue,
    admit,
    revoke,
    check,
    checkNamed,
    findNamed(name) {
      const record = records.get(byName.get(name) ?? "")
      return record !== undefined && lost(record) === undefined ? record : undefined
    },
    isLive,
    idsWithContent: (agent) =>
      [...records.all()]
        .filter((record) => record.agent === agent && record.about !== null)
        .map(({ id }) => id),
    clientOf(id) {
      const about = records.get(id)?.about
      return about?.is === "client" ? about.client : undefined
    },
    forgetContent,
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
