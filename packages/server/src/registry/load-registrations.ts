import { isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import { type Declare, saidTime } from "../authority/declare.ts"
import { writeRecord } from "../authority/records.ts"
import type { Clock } from "../clock.ts"
import type { RegistrarAuthority } from "../identity/registrar.ts"
import type { Store, Tx } from "../store/store.ts"
import { digestOfContent } from "./digest-of-content.ts"
import type { RegistrationIndex } from "./registration-index.ts"
import { registrationKind, type RegistrationRecord } from "./registration-record.ts"
import { refuseUnready } from "./review-content.ts"

/** What became of one of many. */
export type Loaded =
  | { readonly name: string; readonly registration: RegistrationRecord }
  | { readonly name: string; readonly refused: string }

export interface LoadParts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly registrar: RegistrarAuthority
  readonly index: RegistrationIndex
  /** UNTRUSTED input: throws Failure("invalid_input"). */
  readonly read: (given: unknown) => RegistrationContent
  readonly maxOfOwner: number
}

export interface Load {
  readonly items: readonly unknown[]
  readonly owner: string
  readonly approve: boolean
}

/**
 * Registers many at once, each with the statements that it would have had alone, all of them in one commit: what is not acceptable, or
 * has a name that is taken, is left out and said so.
 */
export async function loadRegistrations(
  parts: LoadParts,
  { items, owner, approve }: Load,
): Promise<Loaded[]> {
  const names = new Set<string>()
  let left = parts.maxOfOwner - parts.index.countOf(owner)
  const drafts = items.map((given): { name: string; content: RegistrationContent } | Loaded => {
    try {
      const content = parts.read(given)
      const { name } = content
      if (names.has(name) || parts.index.byName(name) !== undefined)
        return { name, refused: "the name is taken: choose another" }
      if (content.form === "entity")
        return { name, refused: "an entity names its ontology: register it with `hufu agent register`" }
      if (left <= 0) return { name, refused: `one person registers at most ${parts.maxOfOwner} agents here` }
      if (approve) refuseUnready(content)
      names.add(name)
      left -= 1
      return { name, content }
    } catch (error) {
      if (!isFailure(error)) throw error
      return { name: nameIn(given), refused: error.message }
    }
  })
  const confirms: (() => void)[] = []
  const loaded = await parts.store.commit((tx) =>
    drafts.map((draft): Loaded => {
      if (!("content" in draft)) return draft
      const { registration, confirm } = enter(parts, tx, { content: draft.content, owner, approve })
      confirms.push(confirm)
      return { name: draft.name, registration }
    }),
  )
  for (const confirm of confirms) confirm()
  return loaded
}

function enter(
  { store, clock, declare, registrar, index }: LoadParts,
  tx: Tx,
  { content, owner, approve }: { content: RegistrationContent; owner: string; approve: boolean },
): { registration: RegistrationRecord; confirm: () => void } {
  const now = clock.now()
  const id = newId("registration", now)
  const issued = approve ? registrar.issue(tx, { form: content.form, owner, ontology: null }) : undefined
  const revision = approve ? 2 : 0
  const registration: RegistrationRecord = {
    id,
    state: approve ? "approved" : "draft",
    aic: issued?.code ?? null,
    ontology: null,
    agent: null,
    owner,
    revision,
    createdAt: now,
    changedAt: now,
    approvedAt: approve ? now : null,
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
  index.put(tx, registration)
  writeRecord(store, registrationKind, tx, registration)
  const at = saidTime(now)
  declare(tx, {
    fact: "registration.claimed",
    subject: id,
    by: owner,
    refs: { at, revision: "count-0", owner },
    // Read from JSON, so that it is.
    content: { content: content as never, ontology: null },
  })
  if (issued !== undefined) {
    declare(tx, {
      fact: "registration.submitted",
      subject: id,
      by: owner,
      refs: { at, revision: "count-1", of: "content" },
    })
    declare(tx, {
      fact: "registration.approved",
      subject: id,
      by: owner,
      refs: { at, revision: "count-2", of: "content" },
      content: { aic: issued.code, digest: digestOfContent(content), proofs: [] },
    })
  }
  return { registration, confirm: () => issued?.confirm() }
}

function nameIn(given: unknown): string {
  const name = typeof given === "object" && given !== null && "name" in given ? given.name : undefined
  return typeof name === "string" ? name.slice(0, 200) : ""
}
