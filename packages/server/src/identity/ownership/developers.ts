import { createHash } from "node:crypto"
import {
  DeveloperRecord,
  type DeveloperDocument,
  type SaidOfDeveloper,
  maxDocumentBytes,
} from "@hufu/core/contract/developer"
import type { Fact } from "@hufu/core/evidence/entry"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { OwnershipProof } from "@hufu/core/registration/developer"
import { z } from "zod"
import { type Declare, saidTime } from "../../authority/declare.ts"
import { openRecords, type RecordKind } from "../../authority/records.ts"
import type { Clock } from "../../clock.ts"
import type { Store, Tx } from "../../store/store.ts"

export const developerKind: RecordKind<DeveloperRecord> = {
  kind: "developer",
  schema: DeveloperRecord,
  states: ["live"],
  state: ({ state }) => state,
  at: ({ changedAt }) => changedAt,
  sealed: {
    members: ["kind", "name", "country", "creditCode", "key", "account", "proofs", "documents"],
    subject: ({ id }) => id,
    blank: undefined,
  },
}

/** At whose sign-in somebody is known. */
export type Account = NonNullable<DeveloperRecord["account"]>

export interface Developers {
  list(): DeveloperRecord[]
  /** Throws Failure("not_found"). */
  need(id: string): DeveloperRecord
  isLive(id: string): boolean
  ofOwner(owner: string): DeveloperRecord | undefined
  /** Says who an owner of registrations is. */
  register(owner: string, said: SaidOfDeveloper): Promise<DeveloperRecord>
  /** Whoever signs in at an issuer: known from before, or new. */
  admit(account: Account, name: string): Promise<DeveloperRecord>
  addProof(id: string, proof: OwnershipProof): Promise<DeveloperRecord>
  /** @param bytes sealed in the vault with the key of the developer */
  addDocument(
    id: string,
    document: Pick<DeveloperDocument, "name" | "mediaType">,
    bytes: Uint8Array,
  ): Promise<DeveloperRecord>
  readDocument(id: string, document: string): { document: DeveloperDocument; bytes: Uint8Array }
  review(
    id: string,
    document: string,
    of: { accept: boolean; reason: string; until: number; by: string },
  ): Promise<DeveloperRecord>
  remove(id: string, by: string): Promise<DeveloperRecord>
}

const maxDevelopers = 10_000
const maxDocuments = 8
const maxProofs = 64
/** In the vault a value is shorter than the longest document. */
const partBytes = 180_000

export function openDevelopers(store: Store, clock: Clock, declare: Declare): Developers {
  const records = openRecords(store, developerKind)
  let changing: Promise<unknown> = Promise.resolve()

  /** One at a time: an account and an owner are one developer. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = changing.then(work)
    changing = mine.catch(() => undefined)
    return mine
  }

  async function save(
    after: DeveloperRecord,
    { fact, by, more }: { fact: Fact; by: string; more?: (tx: Tx) => void },
  ): Promise<DeveloperRecord> {
    const { id, owner, state, createdAt: _, changedAt, ...said } = after
    await store.commit((tx) => {
      more?.(tx)
      records.put(tx, after)
      declare(tx, {
        fact,
        subject: id,
        by,
        refs: { owner, at: saidTime(changedAt) },
        // A record is JSON.
        ...(state === "removed" ? {} : { content: said as JsonValue }),
      })
    })
    if (state === "live") records.set(after)
    else records.forget(id)
    return after
  }

  const changed = (before: DeveloperRecord, change: Partial<DeveloperRecord>): DeveloperRecord => ({
    ...before,
    ...change,
    changedAt: Math.max(clock.now(), before.changedAt),
  })

  const ofOwner = (owner: string) => [...records.all()].find((each) => each.owner === owner)

  function made(
    of: Pick<DeveloperRecord, "owner" | "kind" | "name"> & Partial<DeveloperRecord>,
  ): DeveloperRecord {
    if (records.size >= maxDevelopers)
      throw new Failure("too_many", `a node knows at most ${maxDevelopers} developers: remove some first`)
    const now = clock.now()
    return {
      id: newId("developer", now),
      state: "live",
      country: null,
      creditCode: null,
      key: null,
      account: null,
      createdAt: now,
      changedAt: now,
      proofs: [],
      documents: [],
      ...of,
    }
  }

  async function register(owner: string, said: SaidOfDeveloper): Promise<DeveloperRecord> {
    const { kind, name, country = null, creditCode = null, key = null } = said
    if (creditCode !== null && kind !== "organisation")
      throw new Failure(
        "invalid_input",
        "a unified social credit code is an organisation's: say so in `kind`",
      )
    const before = ofOwner(owner)
    if (before === undefined)
      return save(made({ owner, kind, name, country, creditCode, key }), {
        fact: "developer.registered",
        by: owner,
      })
    // INVARIANT: what was verified was verified of what was said then.
    const isOther = kind !== before.kind || name !== before.name || creditCode !== before.creditCode
    const kept = before.proofs.filter(({ of }) => (of === "domain" ? key === before.key : !isOther))
    return save(changed(before, { kind, name, country, creditCode, key, proofs: kept }), {
      fact: "developer.changed",
      by: owner,
    })
  }

  function documentOf(developer: DeveloperRecord, id: string): DeveloperDocument {
    const found = developer.documents.find((each) => each.id === id)
    if (found !== undefined) return found
    throw new Failure("not_found", "that developer sent no such document: `hufu developer list` shows which")
  }

  const partOf = (developer: string, document: string, part: number) =>
    `${developer}/document/${document}/${part}`

  async function review(id: string, document: string, of: Parameters<Developers["review"]>[2]) {
    const before = records.need(id)
    const found = documentOf(before, document)
    if (found.state !== "pending")
      throw new Failure("stale", `this document is ${found.state} already: ask for another`)
    const now = clock.now()
    const documents = before.documents.map((each) =>
      each.id === document
        ? { ...each, state: of.accept ? ("accepted" as const) : ("rejected" as const), reason: of.reason }
        : each,
    )
    const verified = (how: OwnershipProof["how"], value: string): OwnershipProof => ({
      how,
      of: "developer",
      value,
      at: now,
      until: of.until,
    })
    const proofs = of.accept
      ? [
          ...before.proofs.filter(({ of: what }) => what !== "developer"),
          verified("document", before.name),
          ...(before.creditCode === null ? [] : [verified("credit-code", before.creditCode)]),
        ]
      : before.proofs
    return save(changed(before, { documents, proofs }), { fact: "developer.reviewed", by: of.by })
  }

  return {
    list: () => [...records.all()],
    need: (id) => records.need(id),
    isLive: (id) => records.get(id) !== undefined,
    ofOwner,
    register: (owner, said) => alone(() => register(owner, said)),
    admit: (account, name) =>
      alone(async () => {
        const known = [...records.all()].find(
          (each) => each.account?.issuer === account.issuer && each.account.subject === account.subject,
        )
        if (known !== undefined) return known
        const owner = newId("person", clock.now())
        return save(made({ owner, kind: "organisation", name, account }), {
          fact: "developer.registered",
          by: owner,
        })
      }),
    addProof: (id, proof) =>
      alone(async () => {
        const before = records.need(id)
        const others = before.proofs.filter(({ of, value }) => of !== proof.of || value !== proof.value)
        if (others.length >= maxProofs)
          throw new Failure(
            "too_many",
            `a developer proves at most ${maxProofs} things: let some run out first`,
          )
        return save(changed(before, { proofs: [...others, proof] }), {
          fact: "developer.proved",
          by: before.owner,
        })
      }),
    addDocument: (id, { name, mediaType }, bytes) =>
      alone(async () => {
        const before = records.need(id)
        if (bytes.length > maxDocumentBytes)
          throw new Failure("too_large", `a document has at most ${maxDocumentBytes} bytes: send less`)
        const digest = createHash("sha256").update(bytes).digest("hex")
        if (before.documents.some((each) => each.id === digest))
          throw new Failure("already_exists", "this very document was sent already")
        if (before.documents.length >= maxDocuments)
          throw new Failure("too_many", `a developer sends at most ${maxDocuments} documents`)
        const document = {
          id: digest,
          name,
          mediaType,
          bytes: bytes.length,
          state: "pending" as const,
          at: clock.now(),
          reason: "",
        }
        return save(changed(before, { documents: [...before.documents, document] }), {
          fact: "developer.documented",
          by: before.owner,
          more(tx) {
            store.vault.enroll(tx, id)
            for (let part = 0; part * partBytes < bytes.length; part += 1) {
              const some = Buffer.from(bytes).subarray(part * partBytes, (part + 1) * partBytes)
              const text = JSON.stringify(some.toString("base64"))
              store.vault.keep(tx, { id: partOf(id, digest, part), subject: id, text, once: true })
            }
          },
        })
      }),
    readDocument(id, document) {
      const found = documentOf(records.need(id), document)
      const parts = Array.from({ length: Math.ceil(found.bytes / partBytes) }, (_, part) =>
        Buffer.from(z.string().parse(store.vault.get(partOf(id, document, part))), "base64"),
      )
      return { document: found, bytes: Buffer.concat(parts) }
    },
    review: (id, document, of) => alone(() => review(id, document, of)),
    remove: (id, by) =>
      alone(async () => {
        const before = records.need(id)
        // It narrows: memory first.
        records.forget(id)
        try {
          return await save(changed(before, { state: "removed" }), { fact: "developer.removed", by })
        } catch (error) {
          records.set(before)
          throw error
        }
      }),
  }
}
