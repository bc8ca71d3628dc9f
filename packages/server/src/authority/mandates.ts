import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { Mandate, type MandateDraft } from "@hufu/core/mandate/mandate"
import type { Above } from "@hufu/core/mandate/call"
import { isNarrower } from "@hufu/core/mandate/narrow"
import type { Clock } from "../clock.ts"
import type { Store, Tx } from "../store/store.ts"
import type { AgentAuthority } from "./agents.ts"
import type { Budgets } from "./budgets.ts"
import { followChains } from "./chains.ts"
import { type Declare, saidTime } from "./declare.ts"
import { type HowPassed, passer, type ToPass, type Weighed } from "./pass-on.ts"
import { openRecords, type RecordKind } from "./records.ts"

const Stored = Mandate.extend({
  state: z.enum(["live", "revoked"]),
  /** The server for which this is the agent's starting mandate. */
  starting: z.string().nullable(),
  /** The held action whose approval gave it. */
  hold: z.string().nullable().default(null),
  /** Digest of the token as which it came. */
  token: z.string().nullable().default(null),
})
type Stored = z.infer<typeof Stored>

export const mandateKind: RecordKind<Stored> = {
  kind: "mandate",
  schema: Stored,
  states: ["live"],
  state: (mandate) => mandate.state,
  at: (mandate) => mandate.createdAt,
  sealed: {
    members: ["words", "grants", "never", "userOnly", "budget", "starting"],
    subject: ({ id }) => id,
    blank: { words: "", grants: [], never: [], userOnly: [], starting: null },
  },
}

/** What principals authorised agents to do. A mandate only ever narrows (INVARIANT 5); a wider one is a new grant by the person. */
export interface MandateAuthority {
  need(id: string): Mandate
  /** A live one. */
  find(id: string): Mandate | undefined
  /** Also one that was revoked, as it last was; `isStarting`: no person gave it. */
  recall(id: string): { readonly mandate: Mandate; readonly isStarting: boolean } | undefined
  /**
   * Mandates of this agent that hold for this task now.
   *
   * @param presented the one that came as a token with this very call: no other that came so counts
   */
  live(agent: string, task: string, presented?: string): readonly Mandate[]
  ofAgent(agent: string): readonly Mandate[]
  all(): readonly Mandate[]
  grant(draft: {
    agent: string
    principal: string
    draft: MandateDraft
    by: string
    /** The server for which this is the agent's starting mandate. */
    starting?: string
  }): Promise<Mandate>
  /**
   * Gives the agent its starting mandate for a server, once for ever: what a person narrowed or revoked does not come back.
   * Not to an agent that the person has given mandates of its own and that proves who it is (INVARIANT 5: only they widen).
   */
  ensureStarting(draft: StartingDraft): Promise<void>
  narrow(id: string, to: MandateDraft, by: Actor): Promise<Mandate>
  /** What passing this on would make, and how it would be more than the mandate. */
  weigh(id: string, pass: ToPass): Weighed
  /**
   * Passes a part of a mandate on to another agent of the same principal, which has to be less, or approved by the principal; throws
   * Failure("not_narrower").
   */
  pass(id: string, pass: ToPass, how?: HowPassed): Promise<Mandate>
  /** The mandate that came as a token with this digest, whatever became of it. */
  ofToken(digest: string): string | undefined
  /** What stands above a mandate that was passed on; undefined when the chain does not hold. */
  above(mandate: Mandate): Omit<Above, "left"> | undefined
  /** What was passed on from it, directly or further down. */
  below(id: string): readonly Mandate[]
  /**
   * Ends what it grants. What it forbids or reserves for the person holds against the agent's other mandates too, so only
   * the person can end that: without them it stays, as a mandate that grants nothing. Everything that was passed on from it ends with it.
   */
  revoke(id: string, by: Actor): Promise<Mandate>
  /** Stages a new mandate in an open commit (an approval that stands for a task); `settle` shows it to decisions after the commit. */
  stage(
    tx: Tx,
    mandate: Mandate,
    by: string,
    from: { readonly hold: string },
  ): { readonly settle: () => void }
  /** Whether a live mandate names a server of this name. */
  names(server: string): boolean
  /** Every mandate that fits, also those that were revoked. */
  ids(of: { readonly agent?: string; readonly task?: string; readonly holds?: readonly string[] }): string[]
  build(draft: MandateDraft, ids: { agent: string; principal: string }): Mandate
}

/** Who changes a mandate, and whether they have proved to be the person. */
export interface Actor {
  readonly id: string
  readonly isPerson: boolean
}

export interface StartingDraft {
  readonly agent: string
  readonly principal: string
  readonly draft: MandateDraft
  readonly by: string
  readonly starting: string
  /** The agent has a credential, so a person made it. */
  readonly isMadeByPerson: boolean
}

const maxPerAgent = 500
/** Made once: a schema costs more than most of what it checks. */
const Json = z.json()

export function openMandates(
  store: Store,
  clock: Clock,
  declare: Declare,
  budgets: Budgets,
  agents: Pick<AgentAuthority, "records">,
): MandateAuthority {
  const records = openRecords(store, mandateKind)
  const byAgent = new Map<string, Mandate[]>()
  const index = (agent: string) =>
    byAgent.set(agent, [...records.all()].filter((m) => m.agent === agent && m.state === "live").map(shown))
  for (const agent of new Set([...records.all()].map((mandate) => mandate.agent))) index(agent)
  /** Those that came as tokens. */
  const presentedOnly = new Set([...records.all()].flatMap(({ id, token }) => (token === null ? [] : [id])))
  const ofAgent = (agent: string): readonly Mandate[] => byAgent.get(agent) ?? []
  const ownOf = (agent: string) => ofAgent(agent).filter(({ parent }) => parent === null)
  const receivedBy = (agent: string) => ofAgent(agent).filter(({ parent }) => parent !== null)
  const chains = followChains(agents, ofAgent)
  for (const mandate of records.all()) chains.set(mandate.id, shown(mandate))
  // Who is out of service for good, or too late, spends nothing any more.
  budgets.setBelow((id) =>
    chains.children(id).filter(
      ({ agent, until, widened }) =>
        // What the principal approved beyond it draws on none of its budgets.
        widened === undefined && until > clock.now() && agents.records.get(agent)?.state !== "revoked",
    ),
  )

  function build(
    draft: MandateDraft,
    ids: { agent: string; principal: string; parent?: string; widened?: string },
  ): Mandate {
    const now = clock.now()
    if (draft.until <= now) throw new Failure("invalid_input", "`until` is in the past: give a time to come")
    return Mandate.parse({
      ...draft,
      id: newId("mandate", now),
      agent: ids.agent,
      principal: ids.principal,
      parent: ids.parent ?? null,
      ...(ids.widened === undefined ? {} : { widened: ids.widened }),
      createdAt: now,
    })
  }

  function put(
    tx: Tx,
    stored: Stored,
    fact: "mandate.granted" | "mandate.passed" | "mandate.narrowed" | "mandate.revoked",
    by: string,
    within: readonly number[] = [],
  ) {
    records.put(tx, stored)
    const { agent, task, hold } = stored
    const refs = { agent, ...(task ? { task } : {}), ...(hold ? { hold } : {}) }
    declare(tx, {
      fact,
      subject: stored.id,
      by,
      refs: fact === "mandate.revoked" ? refs : { ...refs, ...openOf(stored) },
      ...(fact === "mandate.revoked"
        ? {}
        : {
            content: Json.parse({
              ...shown(stored),
              starting: stored.starting,
              hold: stored.hold,
              // Where what was spent counts from now on.
              ...(fact === "mandate.narrowed" ? { within } : {}),
            }),
          }),
    })
  }

  function set(stored: Stored) {
    if (stored.token !== null) presentedOnly.add(stored.id)
    if (stored.state === "live") records.set(stored)
    else records.forget(stored.id)
    index(stored.agent)
    chains.set(stored.id, stored.state === "live" ? shown(stored) : undefined)
  }

  function stage(
    tx: Tx,
    mandate: Mandate,
    by: string,
    { starting = null, hold = null }: Partial<Pick<Stored, "starting" | "hold">>,
  ) {
    // What other agents pass on to it never leaves the person without room.
    if (ownOf(mandate.agent).length >= maxPerAgent)
      throw new Failure(
        "too_many",
        `this agent has ${maxPerAgent} live mandates: revoke some with \`hufu mandate revoke\``,
      )
    const stored: Stored = { ...mandate, state: "live", starting, hold, token: null }
    put(tx, stored, "mandate.granted", by)
    return { settle: () => set(stored) }
  }

  async function grant({
    agent,
    principal,
    draft,
    by,
    starting,
  }: Parameters<MandateAuthority["grant"]>[0]): Promise<Mandate> {
    const mandate = build(draft, { agent, principal })
    const staged = await store.commit((tx) => stage(tx, mandate, by, { starting: starting ?? null }))
    staged.settle()
    return mandate
  }

  async function narrow(id: string, to: MandateDraft, by: Actor): Promise<Mandate> {
    const outer = records.need(id)
    if (!by.isPerson && prohibits(outer) && lapsesEarlier(to, outer))
      throw new Failure(
        "not_narrower",
        "what this mandate forbids would end earlier, for the agent's other mandates too: only the person can do that",
      )
    const inner = Mandate.parse({
      ...to,
      id,
      agent: outer.agent,
      principal: outer.principal,
      parent: outer.parent,
      ...(outer.widened === undefined ? {} : { widened: outer.widened }),
      createdAt: outer.createdAt,
    })
    const checked = isNarrower(inner, shown(outer))
    if (!checked.ok)
      throw new Failure(
        "not_narrower",
        "this would widen the mandate: only the person can, with `hufu mandate grant`",
        {
          extra: { differences: checked.differences },
        },
      )
    const { starting, hold, token } = outer
    const stored: Stored = { ...inner, state: "live", starting, hold, token }
    // What is spent is counted by a grant's place, and a narrower mandate may have other grants in other places.
    const carried = budgets.carryOver(id, checked.within)
    set(stored)
    await store.commit((tx) => {
      put(tx, stored, "mandate.narrowed", by.id, checked.within)
      carried.write(tx)
    })
    return inner
  }

  async function revoke(id: string, by: Actor): Promise<Mandate> {
    const current = records.need(id)
    const isKept = prohibits(current) && !by.isPerson
    const stored: Stored = isKept
      ? { ...current, grants: [], otherwise: "deny" }
      : { ...current, state: "revoked" }
    const carried = isKept ? budgets.carryOver(id, []) : undefined
    const below = chains.below(id).map(({ id: each }) => ended(records.need(each)))
    for (const each of [stored, ...below]) set(each)
    await store.commit((tx) => {
      put(tx, stored, isKept ? "mandate.narrowed" : "mandate.revoked", by.id)
      carried?.write(tx)
      for (const each of below) put(tx, each, "mandate.revoked", by.id)
    })
    return shown(stored)
  }

  const passing = passer({
    clock,
    agents,
    budgets,
    chains,
    need: (id) => shown(records.need(id)),
    receivedBy,
    build,
    async commit(mandate, by, { ended: over, write, token = null }) {
      const stored: Stored = { ...mandate, state: "live", starting: null, hold: null, token }
      const gone = over.flatMap(({ id }) => records.get(id) ?? []).map(ended)
      await store.commit((tx) => {
        put(tx, stored, "mandate.passed", by)
        write(tx)
        for (const each of gone) put(tx, each, "mandate.revoked", "node")
      })
      for (const each of [stored, ...gone]) set(each)
    },
    revoke: ({ id }) => revoke(id, { id: "node", isPerson: true }),
  })

  const starting = new Map<string, Promise<void>>()

  function ensureStarting(draft: StartingDraft): Promise<void> {
    // Two guards at once are one first time.
    const of = `${draft.agent}/${draft.starting}`
    const given = starting.get(of) ?? giveStarting(draft)
    starting.set(of, given)
    given.catch(() => starting.delete(of))
    return given
  }

  async function giveStarting({ isMadeByPerson, ...draft }: StartingDraft): Promise<void> {
    const mine = records.read("AND json_extract(body, '$.agent') = ?", [draft.agent])
    const hasOwn = isMadeByPerson && mine.some((each) => each.starting === null)
    if (hasOwn || mine.some((each) => each.starting === draft.starting)) return
    await grant(draft)
  }

  return {
    need: (id) => shown(records.need(id)),
    find(id) {
      const stored = records.get(id)
      return stored && shown(stored)
    },
    recall(id) {
      const stored = records.get(id) ?? records.read("AND id=?", [id])[0]
      return stored && { mandate: shown(stored), isStarting: stored.starting !== null }
    },
    live: (agent, task, presented) =>
      ofAgent(agent).filter(
        (mandate) =>
          (mandate.task === null || mandate.task === task) &&
          (mandate.id === presented || !presentedOnly.has(mandate.id)),
      ),
    ofToken: (digest) => records.read("AND json_extract(body, '$.token') = ?", [digest])[0]?.id,
    ofAgent,
    ids: ({ agent, task, holds = [] }) =>
      records
        .read()
        .filter(
          (each) =>
            (agent !== undefined && each.agent === agent) ||
            (task !== undefined && each.task === task) ||
            (each.hold !== null && holds.includes(each.hold)),
        )
        .map(({ id }) => id),
    names: (server) =>
      [...records.all()].some(({ grants, never, userOnly }) =>
        [...grants, ...never, ...userOnly].some(({ tools }) =>
          tools?.some((pattern) => pattern.startsWith(`${server}/`)),
        ),
      ),
    all: () => [...records.all()].map(shown),
    grant,
    ensureStarting,
    narrow,
    ...passing,
    above: (mandate) => chains.above(mandate),
    below: (id) => chains.below(id),
    revoke,
    stage,
    build,
  }
}

/** What of it identifies nobody and says nothing, so that it is known when the rest was erased. */
function openOf({
  principal,
  parent,
  widened,
  token,
  otherwise,
  from,
  until,
}: Stored): Record<string, string> {
  return {
    principal,
    otherwise,
    until: saidTime(until),
    ...(parent ? { parent } : {}),
    ...(widened ? { widened } : {}),
    ...(token ? { token } : {}),
    ...(from === undefined ? {} : { from: saidTime(from) }),
  }
}

function ended(stored: Stored): Stored {
  return { ...stored, state: "revoked" }
}

/** Whether it holds against other mandates of the agent as well: what another agent passed on does not. */
function prohibits({ never, userOnly, parent }: Mandate): boolean {
  return parent === null && never.length + userOnly.length > 0
}

function lapsesEarlier(inner: MandateDraft, outer: Mandate): boolean {
  return (
    inner.until < outer.until ||
    (inner.from ?? -Infinity) > (outer.from ?? -Infinity) ||
    inner.task !== outer.task
  )
}

function shown({
  state: _state,
  starting: _starting,
  hold: _hold,
  token: _token,
  ...mandate
}: Stored): Mandate {
  return mandate
}
