import type { RegistrationStatement } from "@hufu/core/contract/public-registration"
import type { ReviewFlag, ShownRegistration } from "@hufu/core/contract/registration"
import type { Fact } from "@hufu/core/evidence/entry"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { formatAic, isOntology, parseAic } from "@hufu/core/identity/aic"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { OwnershipProof } from "@hufu/core/registration/developer"
import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import type { RegistrationState } from "@hufu/core/registration/registration"
import { readRecord, writeRecord } from "../authority/records.ts"
import type { AgentAuthority } from "../authority/agents.ts"
import { type Declare, saidTime } from "../authority/declare.ts"
import type { Clock } from "../clock.ts"
import type { RegistrarAuthority } from "../identity/registrar.ts"
import type { Developers } from "../identity/ownership/developers.ts"
import { proofsFor } from "../identity/ownership/registration-proofs.ts"
import { isUniqueViolation } from "../store/storage-error.ts"
import type { Store, Tx } from "../store/store.ts"
import { type Load, type Loaded, loadRegistrations } from "./load-registrations.ts"
import { openRegistrationIndex, type RegistrationsOf } from "./registration-index.ts"
import { registrationKind, type RegistrationRecord } from "./registration-record.ts"
import { readContent } from "./read-content.ts"
import { isTrial, registrationOf, withLiveProofs } from "./registration-of.ts"
import { refuseUnready } from "./review-content.ts"
import { digestOfContent } from "./digest-of-content.ts"

/** The registrations of a registry: who claimed which name, what was approved, and what waits for review. */
export interface Registrations {
  /** By id, name or the agent's code. Throws Failure("not_found"). */
  need(ref: string): RegistrationRecord
  find(ref: string): RegistrationRecord | undefined
  /** Those that name an agent of this node. */
  ofAgent(agent: string): RegistrationRecord[]
  /** The agents of this node that are named by any. */
  agentsNamed(): string[]
  /** In the order of their ids. */
  page(of: {
    state?: RegistrationState | undefined
    /** Instead of a state: those of somebody, that wait for a review, or that are offered to somebody. */
    of?: RegistrationsOf | undefined
    after?: string | undefined
    limit: number
  }): RegistrationRecord[]
  /** The latest statements of one, the latest first. */
  statements(id: string, limit: number): RegistrationStatement[]
  /** The same, a few read at a time: each may be long. */
  /** What tells whether a registration has changed, without opening it: its revision while it is approved. */
  versions(after: string, most: number): { readonly id: string; readonly version: number | null }[]
  each(of: Parameters<Registrations["page"]>[0]): Generator<RegistrationRecord, void>
  /** What one owner registered, in the order of the ids. */
  ofOwner(owner: string, of: { after?: string | undefined; limit: number }): RegistrationRecord[]
  /** Approved, its class too, and its agent neither suspended nor out of service. */
  isUsable(registration: RegistrationRecord): boolean
  shown(registration: RegistrationRecord): ShownRegistration
  claim(draft: Claim): Promise<RegistrationRecord>
  /** An instance of a class, which its certificate asked for: it has all from there that it does not say, and is approved at once. */
  instance(
    ontology: string,
    says: Pick<RegistrationContent, "interfaces" | "instance">,
  ): Promise<RegistrationRecord>
  /** Many at once, and approved where their reviewer loads them. */
  load(load: Load): Promise<Loaded[]>
  change(ref: string, content: unknown, by: string): Promise<RegistrationRecord>
  submit(ref: string, by: string): Promise<RegistrationRecord>
  withdraw(ref: string, by: string): Promise<RegistrationRecord>
  /** @param digest of what was shown, if it is known */
  approve(ref: string, by: string, digest?: string): Promise<RegistrationRecord>
  reject(ref: string, reason: string, by: string): Promise<RegistrationRecord>
  disable(ref: string, reason: string, by: string): Promise<RegistrationRecord>
  enable(ref: string, by: string): Promise<RegistrationRecord>
  retire(ref: string, by: string): Promise<RegistrationRecord>
  offer(ref: string, to: string, by: string): Promise<RegistrationRecord>
  accept(ref: string, by: string): Promise<RegistrationRecord>
  /** Brings what every registration of an owner says as verified to what is verified now. */
  settle(owner: string): Promise<void>
  /** Adds what its owner showed of one of its keys. */
  prove(ref: string, proof: OwnershipProof, by: string): Promise<RegistrationRecord>
  /** What belongs to the commit that erases one. */
  forget(tx: Tx, id: string): void
  /** Told of every change after it is durable. */
  onChanged(listener: (registration: RegistrationRecord) => void): void
}

export interface Claim {
  readonly content: unknown
  readonly owner: string
  readonly agent: string | null
  readonly ontology: string | null
}

export interface RegistrationParts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly agents: Pick<AgentAuthority, "records">
  readonly registrar: RegistrarAuthority
  readonly developers: Pick<Developers, "ofOwner">
}

/** Enough for any one developer. */
const maxOfOwner = 1_000_000
const atOnce = 50

export async function openRegistrations(parts: RegistrationParts): Promise<Registrations> {
  const { store, clock, agents, registrar, developers } = parts
  const index = await openRegistrationIndex(store)
  /** Says it in the ledger, and remembers where. */
  const declare: Declare = (tx, statement) => {
    const at = parts.declare(tx, statement)
    index.addStatement(tx, statement.subject, at)
    return at
  }
  const listeners: ((registration: RegistrationRecord) => void)[] = []
  let changing: Promise<unknown> = Promise.resolve()

  /** One at a time: a name is claimed once, and a review is of what was shown. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = changing.then(work)
    changing = mine.catch(() => undefined)
    return mine
  }

  function byId(id: string): RegistrationRecord | undefined {
    const [row] = store.records.read(registrationKind.kind, "AND id = ?", [id])
    return row && readRecord(store, registrationKind, row)
  }

  function find(ref: string): RegistrationRecord | undefined {
    if (ref.startsWith("reg_")) return byId(ref)
    const aic = parseAic(ref)
    const id = aic === undefined ? index.byName(ref) : index.byAic(formatAic(aic))
    const found = id === undefined ? undefined : byId(id)
    // UNTRUSTED: whoever writes into the index leads nobody to another registration.
    const isMeant = aic === undefined ? found?.content.name === ref : found?.aic === formatAic(aic)
    return isMeant ? found : undefined
  }

  function page({
    state,
    of,
    after = "",
    limit,
  }: Parameters<Registrations["page"]>[0]): RegistrationRecord[] {
    if (of !== undefined) return index.page(of, after, limit).flatMap((id) => byId(id) ?? [])
    const rows =
      state === undefined
        ? store.records.read(registrationKind.kind, "AND id > ? ORDER BY id LIMIT ?", [after, limit])
        : store.records.read(registrationKind.kind, "AND state = ? AND id > ? ORDER BY id LIMIT ?", [
            state,
            after,
            limit,
          ])
    return rows.flatMap((row) => readRecord(store, registrationKind, row) ?? [])
  }

  function* each({
    limit,
    ...of
  }: Parameters<Registrations["page"]>[0]): Generator<RegistrationRecord, void> {
    let { after } = of
    for (let left = limit; left > 0; left -= atOnce) {
      const some = page({ ...of, after, limit: Math.min(atOnce, left) })
      yield* some
      after = some.at(-1)?.id
      if (some.length < atOnce) return
    }
  }

  function need(ref: string): RegistrationRecord {
    const found = find(ref)
    if (found !== undefined) return found
    const mistyped = !registrar.mayBeRight(ref)
    throw new Failure(
      "not_found",
      mistyped
        ? `\`${ref.slice(0, 80)}\` is mistyped: its checksum is not that of a code that was issued here`
        : `there is no registration \`${ref.slice(0, 80)}\`; \`hufu registration list\` shows what there is`,
    )
  }

  function refuseForeign({ owner }: RegistrationRecord, by: string): void {
    if (owner !== by)
      throw new Failure(
        "forbidden",
        "this registration is somebody else's: only who claimed its name may change it",
      )
  }

  function refuseOver({ state, content }: RegistrationRecord, allowed: readonly RegistrationState[]): void {
    if (!allowed.includes(state))
      throw new Failure(
        "stale",
        `\`${content.name}\` is ${state}, where this cannot be done: look at it with \`hufu registration show\``,
      )
  }

  interface Change {
    readonly fact: Fact
    readonly by: string
    readonly refs?: Readonly<Record<string, string>>
    readonly content?: JsonValue
  }

  /** Writes what changed with its statement, in one commit. */
  async function save(
    after: RegistrationRecord,
    { fact, by, refs = {}, content }: Change,
    more?: (tx: Tx) => RegistrationRecord,
  ): Promise<RegistrationRecord> {
    const saved = await store.commit((tx) => {
      const last = more?.(tx) ?? after
      try {
        index.put(tx, last)
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new Failure(
          "name_taken",
          `the name \`${last.content.name}\` is taken: choose another, or have it offered to you by its owner`,
        )
      }
      writeRecord(store, registrationKind, tx, last)
      // By the digest others can tell that what they are shown is what was approved.
      const issued =
        fact === "registration.approved"
          ? asJson({ aic: last.aic, digest: digestOfContent(last.content), proofs: last.proofs })
          : undefined
      const said = content ?? issued
      declare(tx, {
        fact,
        subject: last.id,
        by,
        refs: { at: saidTime(last.changedAt), revision: `count-${last.revision}`, ...refs },
        ...(said === undefined ? {} : { content: said }),
      })
      return last
    })
    for (const listener of listeners) listener(saved)
    return saved
  }

  /** The next state of a registration, as others see it. */
  const next = (before: RegistrationRecord, change: Partial<RegistrationRecord>): RegistrationRecord => ({
    ...before,
    ...change,
    revision: before.revision + 1,
    changedAt: Math.max(clock.now(), before.changedAt),
  })

  async function claim({ content: given, owner, agent, ontology }: Claim): Promise<RegistrationRecord> {
    const content = readContent(given)
    const now = clock.now()
    if (index.byName(content.name) !== undefined)
      throw new Failure(
        "name_taken",
        `the name \`${content.name}\` is taken: choose another, or have it offered to you by its owner`,
      )
    refuseTooMany(owner)
    const above = ontology === null ? undefined : find(ontology)
    if (
      content.form === "entity" &&
      (above?.aic == null || above.content.form !== "ontology" || above.state !== "approved")
    )
      throw new Failure(
        "invalid_input",
        "an entity is an instance of an approved ontology of this registry: give its code as `ontology`",
      )
    const parsed = above?.aic == null ? undefined : parseAic(above.aic)
    const of = content.form === "entity" && parsed !== undefined && isOntology(parsed)
    const registration = draftOf({ content, owner, agent, ontology: of ? formatAic(parsed) : null }, now)
    return save(registration, {
      fact: "registration.claimed",
      by: owner,
      refs: { owner, ...(agent === null ? {} : { agent }) },
      content: asJson({ content, ontology: registration.ontology }),
    })
  }

  async function instance(
    ref: string,
    says: Pick<RegistrationContent, "interfaces" | "instance">,
  ): Promise<RegistrationRecord> {
    const ontology = need(ref)
    const { aic, owner } = ontology
    if (ontology.content.form !== "ontology" || aic === null || !isUsable(ontology))
      throw new Failure("stale", "the class is out of service, so that it has no new instances")
    refuseTooMany(owner)
    const saved = await store.commit((tx) => {
      const issued = registrar.issue(tx, { form: "entity", owner, ontology: aic })
      const code = parseAic(issued.code)
      const serial = (code?.instance ?? "").toLowerCase()
      const now = clock.now()
      const content = readContent({
        ...ontology.content,
        ...says,
        form: "entity",
        name: `${ontology.content.name}-${serial}`,
        title: `${ontology.content.title.slice(0, 185)} ${serial.slice(-8)}`,
      })
      refuseUnready(content)
      const draft = draftOf({ content, owner, agent: null, ontology: aic }, now)
      const entity: RegistrationRecord = {
        ...draft,
        state: "approved",
        aic: issued.code,
        revision: 1,
        approvedAt: now,
      }
      index.put(tx, entity)
      writeRecord(store, registrationKind, tx, entity)
      const refs = (revision: number) => ({ at: saidTime(now), revision: `count-${revision}` })
      declare(tx, {
        fact: "registration.claimed",
        subject: entity.id,
        by: ontology.id,
        refs: { owner, ...refs(0) },
        content: asJson({ content, ontology: aic }),
      })
      declare(tx, {
        fact: "registration.approved",
        subject: entity.id,
        by: ontology.id,
        refs: { of: "content", ...refs(1) },
        content: asJson({ aic: entity.aic, digest: digestOfContent(content), proofs: [] }),
      })
      return entity
    })
    for (const listener of listeners) listener(saved)
    return saved
  }

  function refuseTooMany(owner: string): void {
    if (index.countOf(owner) >= maxOfOwner)
      throw new Failure(
        "too_many",
        `one person registers at most ${maxOfOwner} agents here: retire and erase some first`,
      )
  }

  function draftOf(
    { content, owner, agent, ontology }: Claim & { content: RegistrationContent },
    now: number,
  ) {
    const registration: RegistrationRecord = {
      id: newId("registration", now),
      state: "draft",
      aic: null,
      ontology,
      agent,
      owner,
      revision: 0,
      createdAt: now,
      changedAt: now,
      approvedAt: null,
      content,
      proofs: [],
      grade: null,
      mirror: null,
      proposal: null,
      proposalState: null,
      proposedAt: null,
      reason: "",
      offeredTo: null,
    }
    return registration
  }

  async function change(ref: string, given: unknown, by: string): Promise<RegistrationRecord> {
    const before = need(ref)
    refuseForeign(before, by)
    refuseOver(before, ["draft", "rejected", "approved"])
    if (before.proposalState === "pending")
      throw new Failure(
        "stale",
        `a change of \`${before.content.name}\` waits for review: take it back first with \`hufu registration withdraw\``,
      )
    const content = readContent(given)
    if (content.name !== before.content.name)
      throw new Failure(
        "forbidden",
        "a claimed name does not change: register the agent anew under the other one",
      )
    if (content.form !== before.content.form)
      throw new Failure(
        "forbidden",
        "an ontology, an entity and an agent stay what they are: register it anew",
      )
    const said = { fact: "registration.changed" as const, by, content: asJson({ content }) }
    if (before.state !== "approved")
      return save(next(before, { state: "draft", content, reason: "" }), { ...said, refs: { of: "content" } })
    const at = clock.now()
    return save(
      { ...before, proposal: content, proposalState: "draft", proposedAt: at },
      { ...said, refs: { of: "proposal", proposed: saidTime(at) } },
    )
  }

  /** Moves what is under way from one state to another: the registration itself, or the change of an approved one. */
  async function move(
    ref: string,
    {
      from,
      to,
      fact,
      by,
      reason,
    }: {
      from: "draft" | "pending"
      to: "draft" | "pending" | "rejected"
      fact: Fact
      by: string
      reason?: string
    },
  ): Promise<RegistrationRecord> {
    const before = need(ref)
    const content = reason === undefined ? undefined : asJson({ reason })
    const given = { fact, by, ...(content === undefined ? {} : { content }) }
    if (before.state === "approved" && before.proposalState === from)
      return save(
        { ...before, proposalState: to, ...(reason === undefined ? {} : { reason }) },
        { ...given, refs: { of: "proposal" } },
      )
    refuseOver(before, [from])
    return save(next(before, { state: to, ...(reason === undefined ? {} : { reason }) }), {
      ...given,
      refs: { of: "content" },
    })
  }

  async function submit(ref: string, by: string): Promise<RegistrationRecord> {
    const before = need(ref)
    refuseForeign(before, by)
    refuseUnready(before.proposal ?? before.content)
    return move(ref, { from: "draft", to: "pending", fact: "registration.submitted", by })
  }

  async function approve(ref: string, by: string, digest?: string): Promise<RegistrationRecord> {
    const before = need(ref)
    const isChange = before.state === "approved" && before.proposalState === "pending"
    if (!isChange) refuseOver(before, ["pending"])
    const content = isChange && before.proposal !== null ? before.proposal : before.content
    if (digest !== undefined && digest !== digestOfContent(content))
      throw new Failure("stale", "what waits for review is no longer what was shown: look at it again")
    refuseUnready(content)
    let confirm: (() => void) | undefined
    const approved = await save(
      before,
      { fact: "registration.approved", by, refs: { of: isChange ? "proposal" : "content" } },
      (tx) => {
        const issued =
          before.aic === null
            ? registrar.issue(tx, { form: content.form, owner: before.owner, ontology: before.ontology })
            : undefined
        confirm = issued?.confirm
        const at = Math.max(clock.now(), before.changedAt)
        return {
          ...next(before, {
            state: "approved",
            content,
            // Of another key or another name than before nothing is proved.
            proofs: proofsOf({ ...before, content }),
            aic: before.aic ?? issued?.code ?? null,
            reason: "",
          }),
          changedAt: at,
          approvedAt: at,
          proposal: null,
          proposalState: null,
          proposedAt: null,
        }
      },
    )
    confirm?.()
    return approved
  }

  const proofsOf = (record: RegistrationRecord) =>
    proofsFor(record, developers.ofOwner(record.owner), clock.now())

  /** Writes what is verified now where it is something else than what stands there. */
  async function settleOne(record: RegistrationRecord, by: string, extra?: OwnershipProof) {
    const others = record.proofs.filter(({ of, value }) => of !== extra?.of || value !== extra.value)
    const proofs = proofsOf(extra === undefined ? record : { ...record, proofs: [...others, extra] })
    if (JSON.stringify(proofs) === JSON.stringify(record.proofs)) return record
    return save(next(record, { proofs }), {
      fact: "registration.proved",
      by,
      content: asJson({ proofs }),
    })
  }

  async function settle(owner: string): Promise<void> {
    for (let after = ""; ;) {
      const some = index.ofOwner(owner, after, atOnce)
      for (const id of some) {
        const record = byId(id)
        if (record !== undefined && record.state !== "retired") await settleOne(record, owner)
      }
      after = some.at(-1) ?? ""
      if (some.length < atOnce) return
    }
  }

  function isUsable({ state, agent, ontology }: RegistrationRecord): boolean {
    if (state !== "approved") return false
    // At once, however many instances are still to be written down.
    if (ontology !== null && find(ontology)?.state !== "approved") return false
    return agent === null || agents.records.get(agent)?.state === "live"
  }

  /** Takes one out of service, and of a class every instance with it: each has a statement of its own. */
  async function end(
    ref: string,
    {
      from,
      to,
      by,
      reason,
    }: {
      from: readonly RegistrationState[]
      to: "disabled" | "retired"
      by: string
      reason?: string
    },
  ): Promise<RegistrationRecord> {
    const before = need(ref)
    // Whoever asks again goes on where a stop of the node broke it off.
    const isAgain = before.state === to && before.content.form === "ontology"
    if (!isAgain) refuseOver(before, from)
    const save1 = (each: RegistrationRecord, refs: Readonly<Record<string, string>>) =>
      save(
        next(each, { state: to, ...(to === "disabled" ? { reason: reason ?? "" } : { offeredTo: null }) }),
        {
          fact: `registration.${to}`,
          by,
          refs,
          ...(reason === undefined ? {} : { content: asJson({ reason }) }),
        },
      )
    const ended = isAgain ? before : await save1(before, {})
    if (before.content.form !== "ontology" || before.aic === null) return ended
    for (let after = ""; ;) {
      const ids = index.entitiesOf(before.aic, after, atOnce)
      for (const id of ids) {
        const entity = byId(id)
        if (entity !== undefined && from.includes(entity.state) && entity.state !== to)
          await save1(entity, { of: before.id })
      }
      after = ids.at(-1) ?? ""
      if (ids.length < atOnce) return ended
    }
  }

  function shown(record: RegistrationRecord): ShownRegistration {
    const { proposal, proposalState, proposedAt, reason, offeredTo } = record
    return {
      registration: withLiveProofs(registrationOf(record), clock.now()),
      usable: isUsable(record),
      trial: isTrial(record),
      proposal:
        proposal === null || proposalState === null || proposedAt === null
          ? null
          : { state: proposalState, content: proposal, at: proposedAt },
      reason,
      offeredTo,
      flags: flagsOf(record),
      digest: digestOfContent(proposal ?? record.content),
    }
  }

  function flagsOf(record: RegistrationRecord): ReviewFlag[] {
    const about = record.proposal === null ? record : { ...record, content: record.proposal }
    return index
      .alike(about)
      .map(({ kind, of }) => ({ kind, of, name: of === null ? null : (byId(of)?.content.name ?? null) }))
  }

  return {
    need,
    find,
    agentsNamed: () => index.agents(),
    ofAgent: (agent) => index.ofAgent(agent).flatMap((id) => byId(id) ?? []),
    page,
    versions: (after, most) =>
      store
        .query<{ id: string; state: string; revision: number }>(
          "SELECT id, state, json_extract(body, '$.revision') AS revision FROM record WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
          [registrationKind.kind, after, most],
        )
        .map(({ id, state, revision }) => ({ id, version: state === "approved" ? revision : null })),
    each,
    ofOwner: (owner, { after = "", limit }) =>
      index.ofOwner(owner, after, limit).flatMap((id) => byId(id) ?? []),
    statements: (id, limit) =>
      index.statements(id, limit).flatMap((at) => {
        const { entry } = store.ledger.entry(at)
        return entry.kind === "statement" ? [{ index: at, fact: entry.fact, at: entry.at }] : []
      }),
    isUsable,
    shown,
    claim: (draft) => alone(() => claim(draft)),
    instance: (ontology, says) => alone(() => instance(ontology, says)),
    load: (load) =>
      alone(async () => {
        const loaded = await loadRegistrations(
          { store, clock, declare, registrar, index, read: readContent, maxOfOwner },
          load,
        )
        for (const each of loaded)
          if ("registration" in each) for (const listener of listeners) listener(each.registration)
        return loaded
      }),
    change: (ref, content, by) => alone(() => change(ref, content, by)),
    submit: (ref, by) => alone(() => submit(ref, by)),
    withdraw: (ref, by) =>
      alone(async () => {
        refuseForeign(need(ref), by)
        return move(ref, { from: "pending", to: "draft", fact: "registration.withdrawn", by })
      }),
    approve: (ref, by, digest) => alone(() => approve(ref, by, digest)),
    reject: (ref, reason, by) =>
      alone(() => move(ref, { from: "pending", to: "rejected", fact: "registration.rejected", by, reason })),
    disable: (ref, reason, by) => alone(() => end(ref, { from: ["approved"], to: "disabled", by, reason })),
    enable: (ref, by) =>
      alone(async () => {
        const before = need(ref)
        refuseOver(before, ["disabled"])
        if (before.ontology !== null && find(before.ontology)?.state !== "approved")
          throw new Failure(
            "stale",
            "the class of which this is an instance is out of service: enable that first",
          )
        return save(next(before, { state: "approved", reason: "" }), { fact: "registration.enabled", by })
      }),
    retire: (ref, by) =>
      alone(() =>
        end(ref, { from: ["draft", "pending", "approved", "rejected", "disabled"], to: "retired", by }),
      ),
    offer: (ref, to, by) =>
      alone(async () => {
        const before = need(ref)
        refuseForeign(before, by)
        refuseOver(before, ["draft", "pending", "approved", "rejected", "disabled"])
        return save(next(before, { offeredTo: to }), { fact: "registration.offered", by, refs: { to } })
      }),
    accept: (ref, by) =>
      alone(async () => {
        const before = need(ref)
        if (before.offeredTo !== by)
          throw new Failure("forbidden", "this registration is not offered to you: its owner offers it first")
        // What was verified of the one before says nothing of this one.
        const proofs = proofsOf({ ...before, owner: by })
        return save(next(before, { owner: by, offeredTo: null, proofs }), {
          fact: "registration.transferred",
          by,
          refs: { owner: by },
          content: asJson({ proofs }),
        })
      }),
    settle: (owner) => alone(() => settle(owner)),
    prove: (ref, proof, by) =>
      alone(async () => {
        const before = need(ref)
        refuseForeign(before, by)
        refuseOver(before, ["draft", "pending", "approved", "rejected", "disabled"])
        return settleOne(before, by, proof)
      }),
    forget: (tx, id) => index.remove(tx, id),
    onChanged: (listener) => void listeners.push(listener),
  }
}

function asJson(value: object): JsonValue {
  // A registration is JSON; what is undefined in it goes.
  return JSON.parse(JSON.stringify(value)) as JsonValue
}
