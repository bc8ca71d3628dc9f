import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { Mandate, type MandateDraft } from "@hufu/core/mandate/mandate"
import { isNarrower } from "@hufu/core/mandate/narrow"
import type { Clock } from "../clock.ts"
import type { Store, Tx } from "../store/store.ts"
import type { Budgets } from "./budgets.ts"
import type { Declare } from "./declare.ts"
import { openRecords } from "./records.ts"

const Stored = Mandate.extend({
  state: z.enum(["live", "revoked"]),
  /** The server for which this is the agent's starting mandate. */
  starting: z.string().nullable(),
})
type Stored = z.infer<typeof Stored>

/** What principals authorised agents to do. A mandate only ever narrows (INVARIANT 5); a wider one is a new grant by the person. */
export interface MandateAuthority {
  need(id: string): Mandate
  /** Mandates of this agent that hold for this task now. */
  live(agent: string, task: string): readonly Mandate[]
  ofAgent(agent: string): readonly Mandate[]
  all(): readonly Mandate[]
  grant(draft: {
    agent: string
    principal: string
    draft: MandateDraft
    by: string
    parent?: string
    /** The server for which this is the agent's starting mandate. */
    starting?: string
  }): Promise<Mandate>
  /** Whether this agent was ever given the starting mandate for this server, also if it was revoked since. */
  hasHadStarting(agent: string, server: string): boolean
  narrow(id: string, to: MandateDraft, by: string): Promise<Mandate>
  revoke(id: string, by: string): Promise<Mandate>
  /** Stages a new mandate in an open commit (an approval that stands for a task); `settle` shows it to decisions after the commit. */
  stage(tx: Tx, mandate: Mandate, by: string): { settle(): void }
  build(draft: MandateDraft, ids: { agent: string; principal: string; parent?: string }): Mandate
}

const maxPerAgent = 500

export function openMandates(
  store: Store,
  clock: Clock,
  declare: Declare,
  budgets: Budgets,
): MandateAuthority {
  const records = openRecords<Stored>(store, {
    kind: "mandate",
    schema: Stored,
    states: ["live"],
    state: (mandate) => mandate.state,
    at: (mandate) => mandate.createdAt,
  })
  const byAgent = new Map<string, Mandate[]>()
  const index = (agent: string) =>
    byAgent.set(agent, [...records.all()].filter((m) => m.agent === agent && m.state === "live").map(shown))
  for (const agent of new Set([...records.all()].map((mandate) => mandate.agent))) index(agent)
  const ofAgent = (agent: string): readonly Mandate[] => byAgent.get(agent) ?? []

  function build(draft: MandateDraft, ids: { agent: string; principal: string; parent?: string }): Mandate {
    const now = clock.now()
    if (draft.until <= now) throw new Failure("invalid_input", "`until` is in the past: give a time to come")
    return Mandate.parse({
      ...draft,
      id: newId("mandate", now),
      agent: ids.agent,
      principal: ids.principal,
      parent: ids.parent ?? null,
      createdAt: now,
    })
  }

  function put(
    tx: Tx,
    stored: Stored,
    fact: "mandate.granted" | "mandate.narrowed" | "mandate.revoked",
    by: string,
  ) {
    records.put(tx, stored)
    const refs = { agent: stored.agent, ...(stored.task ? { task: stored.task } : {}) }
    declare(tx, {
      fact,
      subject: stored.id,
      by,
      refs,
      ...(fact === "mandate.revoked" ? {} : { content: z.json().parse(shown(stored)) }),
    })
  }

  function set(stored: Stored) {
    if (stored.state === "live") records.set(stored)
    else records.forget(stored.id)
    index(stored.agent)
  }

  function stage(tx: Tx, mandate: Mandate, by: string, starting: string | null = null) {
    if (ofAgent(mandate.agent).length >= maxPerAgent)
      throw new Failure(
        "too_many",
        `this agent has ${maxPerAgent} live mandates: revoke some with \`hufu mandate revoke\``,
      )
    const stored: Stored = { ...mandate, state: "live", starting }
    put(tx, stored, "mandate.granted", by)
    return { settle: () => set(stored) }
  }

  async function grant({
    agent,
    principal,
    draft,
    by,
    parent,
    starting,
  }: Parameters<MandateAuthority["grant"]>[0]): Promise<Mandate> {
    const mandate = build(draft, { agent, principal, ...(parent ? { parent } : {}) })
    const staged = await store.commit((tx) => stage(tx, mandate, by, starting ?? null))
    staged.settle()
    return mandate
  }

  async function narrow(id: string, to: MandateDraft, by: string): Promise<Mandate> {
    const outer = records.need(id)
    const inner = Mandate.parse({
      ...to,
      id,
      agent: outer.agent,
      principal: outer.principal,
      parent: outer.parent,
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
    const stored: Stored = { ...inner, state: "live", starting: outer.starting }
    // What is spent is counted by a grant's place, and a narrower mandate may have other grants in other places.
    const carried = budgets.carryOver(id, checked.within)
    set(stored)
    await store.commit((tx) => {
      put(tx, stored, "mandate.narrowed", by)
      carried.write(tx)
    })
    return inner
  }

  async function revoke(id: string, by: string): Promise<Mandate> {
    const stored: Stored = { ...records.need(id), state: "revoked" }
    set(stored)
    await store.commit((tx) => put(tx, stored, "mandate.revoked", by))
    return shown(stored)
  }

  return {
    need: (id) => shown(records.need(id)),
    live: (agent, task) => ofAgent(agent).filter((mandate) => mandate.task === null || mandate.task === task),
    ofAgent,
    all: () => [...records.all()].map(shown),
    grant,
    hasHadStarting(agent, server) {
      const rows = store.query<{ body: string }>("SELECT body FROM record WHERE kind='mandate'")
      return rows.some(({ body }) => {
        const stored = Stored.parse(JSON.parse(body))
        return stored.agent === agent && stored.starting === server
      })
    },
    narrow,
    revoke,
    stage,
    build,
  }
}

function shown({ state: _state, starting: _starting, ...mandate }: Stored): Mandate {
  return mandate
}
