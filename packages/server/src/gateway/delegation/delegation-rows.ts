import { createHmac } from "node:crypto"
import { DelegationState, delegationOrders, isEnd } from "@hufu/core/delegation/delegation-state"
import { Happening, Said } from "@hufu/core/delegation/happening"
import { z } from "zod"
import type { Store, Tx } from "../../store/store.ts"

const Json = z.record(z.string(), z.json())
const Reasons = z.array(z.object({ rule: z.string(), en: z.string(), zh: z.string() }))

export const Ruled = z.object({
  reasons: Reasons,
  hold: z.object({ id: z.string(), expiresAt: z.int() }).optional(),
  code: z.string().optional(),
})

export const Notice = z.object({
  id: z.string(),
  url: z.string(),
  token: z.string().optional(),
  states: z.array(DelegationState),
  protocol: z.enum(["a2a", "aip"]),
  about: Json,
})

/** What an asking agent ordered, as it is given to the partner. */
export const Ordered = z.object({
  order: z.enum(delegationOrders),
  under: z.string().optional(),
  said: Said.optional(),
  parameters: Json.optional(),
})
export type Ordered = z.infer<typeof Ordered>

/** The action that it was, or that it was refused as; rows that were written before this was kept have none. */
const ActionOf = z.string().optional()

/** What happened, or what was ordered; the latter is told to nobody, for whoever ordered it knows. */
export const Entry = z.union([
  z.object({
    kind: z.literal("happened"),
    happening: Happening,
    ruled: Ruled.optional(),
    action: ActionOf,
  }),
  z.object({ kind: z.literal("asked"), ...Ordered.shape, action: ActionOf }),
])
export type Entry = z.infer<typeof Entry>

/** What a delegation is beside its events; sealed. */
export const Facts = z.object({
  context: z.string(),
  name: z.string(),
  confirms: z.boolean(),
  /** As whom the asking agent came. */
  caller: z.object({
    version: z.string(),
    principal: z.string(),
    credential: z.string().nullable(),
    door: z.string(),
  }),
  partnerTask: z.string().optional(),
  partnerContext: z.string().optional(),
  partnerSeq: z.int().optional(),
  /** The order that waits for a person, or is with the partner, and where it stood before. */
  pending: z
    .object({ ...Ordered.shape, hold: z.string().optional(), before: DelegationState.optional() })
    .optional(),
  /** The code of the failure for which Hufu itself ended it. */
  ended: z.string().optional(),
  notices: z.array(Notice),
  limits: z.object({ timeoutMs: z.number().optional(), productBytes: z.number().optional() }).optional(),
  /** The messages that came, with a digest of each, oldest first. */
  seen: z.array(z.tuple([z.string(), z.string()])),
})
export type Facts = z.infer<typeof Facts>

export interface DelegationRow {
  readonly id: string
  readonly agent: string
  readonly server: string
  /** Hufu's task, on whose behalf it is. */
  readonly task: string
  readonly state: DelegationState
  readonly createdAt: number
  readonly changedAt: number
  readonly seq: number
  /** The action of its latest order; none where no order of it needed a verdict yet. */
  readonly action?: string | undefined
  /** The action of the order because of which it was given. */
  readonly under?: string | undefined
  /** The action at the top of its trace: of its first order, or of what that stands on. */
  readonly root?: string | undefined
  /** The delegation whose order that was, because of which it was given. */
  readonly above?: string | undefined
  readonly facts: Facts
}

export interface StoredEntry {
  readonly seq: number
  readonly at: number
  readonly entry: Entry
}

/** One on its way to the disk, as it is written there. */
export interface WrittenEntry extends StoredEntry {
  readonly text: string
}

interface Columns {
  readonly id: string
  readonly agent: string
  readonly server: string
  readonly task: string
  readonly state: string
  readonly created: number
  readonly changed: number
  readonly seq: number
  readonly action: string | null
  readonly under: string | null
  readonly root: string | null
  readonly above: string | null
  readonly body: Uint8Array
}

interface PageOf {
  readonly id?: string | undefined
  readonly agent?: string | undefined
  readonly server?: string | undefined
  readonly state?: DelegationState | undefined
  readonly isEnded?: boolean | undefined
  readonly root?: string | undefined
  readonly before?: string | undefined
  readonly limit: number
}

/** The tables of delegations. What was erased with its task is not there any more. */
export function delegationRows(store: Store) {
  const { vault } = store
  const secret = store.keyFor("delegation-names")
  const columns = "id, agent, server, task, state, created, changed, seq, action, under, root, above, body"

  const digest = (...parts: string[]): string =>
    createHmac("sha256", secret).update(JSON.stringify(parts)).digest("hex")

  function open({ id, agent, server, task, created, changed, seq, ...row }: Columns): DelegationRow[] {
    const text = vault.openRow({ subject: task, name: `delegation/${id}`, bytes: row.body })
    if (text === undefined) return []
    const facts = Facts.parse(JSON.parse(text))
    const state = DelegationState.parse(row.state)
    return [
      {
        id,
        agent,
        server,
        task,
        state,
        createdAt: created,
        changedAt: changed,
        seq,
        action: row.action ?? undefined,
        under: row.under ?? undefined,
        root: row.root ?? undefined,
        above: row.above ?? undefined,
        facts,
      },
    ]
  }

  const read = (where: string, values: readonly (string | number)[]) =>
    store.query<Columns>(`SELECT ${columns} FROM delegation ${where}`, values).flatMap(open)

  function putEntries(tx: Tx, { id, task }: DelegationRow, entries: readonly WrittenEntry[]): void {
    for (const { seq, at, text } of entries)
      tx.run("INSERT INTO delegation_event (delegation, seq, at, body) VALUES (?, ?, ?, ?)", [
        id,
        seq,
        at,
        vault.sealRow(tx, { subject: task, name: `delegation/${id}/${seq}`, text }),
      ])
  }

  return {
    /** By what its asking agent calls it. */
    named: (agent: string, server: string, name: string): DelegationRow | undefined =>
      read("WHERE key = ?", [digest(agent, server, name)])[0],
    /** The delegation of which an order is the latest, and the top of its trace. */
    ofOrder: (action: string): { readonly id: string; readonly root: string | null } | undefined =>
      store.query<{ id: string; root: string | null }>("SELECT id, root FROM delegation WHERE action = ?", [
        action,
      ])[0],
    hasEnded: (id: string): boolean =>
      store.query("SELECT 1 FROM delegation WHERE id = ? AND is_ended = 1", [id]).length > 0,
    /** Whose a task is that a partner speaks of. */
    ofPartner: (server: string, partnerTask: string): string | undefined =>
      store.query<{ id: string }>("SELECT id FROM delegation WHERE partner_key = ?", [
        digest(server, partnerTask),
      ])[0]?.id,
    live: (): DelegationRow[] => read("WHERE is_ended = 0 ORDER BY created", []),
    find: (id: string): DelegationRow | undefined => read("WHERE id = ?", [id])[0],
    /** Those that belong together by the action at the top of their trace, the oldest first. */
    ofTrace: (root: string, limit: number): DelegationRow[] =>
      read("WHERE root = ? ORDER BY id LIMIT ?", [root, limit]),
    /** The newest before an id, also of all agents, newest first; those that were erased are left out. */
    page({ id, agent, server, state, isEnded, root, before, limit }: PageOf): {
      rows: DelegationRow[]
      last: string | undefined
    } {
      const where = [
        ...(id === undefined ? [] : ["id = ?"]),
        ...(agent === undefined ? [] : ["agent = ?"]),
        ...(server === undefined ? [] : ["server = ?"]),
        ...(state === undefined ? [] : ["state = ?"]),
        ...(isEnded === undefined ? [] : ["is_ended = ?"]),
        ...(root === undefined ? [] : ["root = ?"]),
        ...(before === undefined ? [] : ["id < ?"]),
      ]
      const values = [
        id,
        agent,
        server,
        state,
        isEnded === undefined ? undefined : Number(isEnded),
        root,
        before,
      ].filter((value) => value !== undefined)
      const found = store.query<Columns>(
        `SELECT ${columns} FROM delegation ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`} ORDER BY id DESC LIMIT ?`,
        [...values, limit],
      )
      return { rows: found.flatMap(open), last: found.length < limit ? undefined : found.at(-1)?.id }
    },
    list(agent: string, server: string, changedAfter: number): DelegationRow[] {
      return read(
        "WHERE agent = ? AND server = ? AND changed > ? ORDER BY changed DESC, id DESC LIMIT 10000",
        [agent, server, changedAfter],
      )
    },
    entries(row: Pick<DelegationRow, "id" | "task">, after: number, limit = 100_000): StoredEntry[] {
      return store
        .query<{ seq: number; at: number; body: Uint8Array }>(
          "SELECT seq, at, body FROM delegation_event WHERE delegation = ? AND seq > ? ORDER BY seq LIMIT ?",
          [row.id, after, limit],
        )
        .flatMap(({ seq, at, body }) => {
          const text = vault.openRow({ subject: row.task, name: `delegation/${row.id}/${seq}`, bytes: body })
          return text === undefined ? [] : [{ seq, at, entry: Entry.parse(JSON.parse(text)) }]
        })
    },
    /** @param before the row as it stands on the disk, where it does: what is the same in it is not written again */
    put(tx: Tx, row: DelegationRow, entries: readonly WrittenEntry[], before?: DelegationRow): void {
      const { id, agent, server, task, state, createdAt, changedAt, seq, facts } = row
      const trace = [row.action ?? null, row.under ?? null, row.root ?? null, row.above ?? null]
      const seal = (name: string, text: string) => vault.sealRow(tx, { subject: task, name, text })
      if (before?.facts === facts) {
        tx.run(
          "UPDATE delegation SET state = ?, is_ended = ?, changed = ?, seq = ?, action = ?, under = ?, root = ?, above = ? WHERE id = ?",
          [state, isEnd(state) ? 1 : 0, changedAt, seq, ...trace, id],
        )
        return putEntries(tx, row, entries)
      }
      const partner = facts.partnerTask === undefined ? null : digest(server, facts.partnerTask)
      tx.run(
        `INSERT INTO delegation (id, key, partner_key, agent, server, task, state, is_ended, created, changed, seq, action, under, root, above, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET partner_key = excluded.partner_key, state = excluded.state,
           is_ended = excluded.is_ended, changed = excluded.changed, seq = excluded.seq, action = excluded.action,
           under = excluded.under, root = excluded.root, above = excluded.above, body = excluded.body`,
        [
          id,
          digest(agent, server, facts.name),
          partner,
          agent,
          server,
          task,
          state,
          isEnd(state) ? 1 : 0,
          createdAt,
          changedAt,
          seq,
          ...trace,
          seal(`delegation/${id}`, JSON.stringify(facts)),
        ],
      )
      // Those that waited for its start are its own from now on.
      if (entries[0]?.seq === 1)
        tx.run("DELETE FROM early_notice WHERE key = ?", [digest(agent, server, facts.name)])
      putEntries(tx, row, entries)
    },
    /** Those that wait for a delegation of this name to start. */
    earlyNotices(agent: string, server: string, name: string): Facts["notices"] {
      return store
        .query<{ id: string; task: string; body: Uint8Array }>(
          "SELECT id, task, body FROM early_notice WHERE key = ? ORDER BY id",
          [digest(agent, server, name)],
        )
        .flatMap(({ id, task, body }) => {
          const text = vault.openRow({ subject: task, name: `early-notice/${id}`, bytes: body })
          return text === undefined ? [] : [Notice.parse(JSON.parse(text))]
        })
    },
    countEarly: (agent: string): number =>
      store.query<{ count: number }>("SELECT count(*) AS count FROM early_notice WHERE agent = ?", [agent])[0]
        ?.count ?? 0,
    putEarly(
      tx: Tx,
      of: { agent: string; server: string; name: string; task: string; at: number },
      notices: Facts["notices"],
    ): void {
      const key = digest(of.agent, of.server, of.name)
      tx.run("DELETE FROM early_notice WHERE key = ?", [key])
      for (const [i, notice] of notices.entries()) {
        const id = `${key}/${i}`
        const text = JSON.stringify(notice)
        const body = vault.sealRow(tx, { subject: of.task, name: `early-notice/${id}`, text })
        tx.run("INSERT INTO early_notice (id, key, agent, task, at, body) VALUES (?, ?, ?, ?, ?, ?)", [
          id,
          key,
          of.agent,
          of.task,
          of.at,
          body,
        ])
      }
    },
    /** Forgets those that ended before a time, and of those that are left the oldest beyond so many. */
    prune(tx: Tx, before: number, most: number): void {
      const gone =
        "SELECT id FROM delegation WHERE is_ended = 1 AND (changed < ? OR id NOT IN (SELECT id FROM delegation WHERE is_ended = 1 ORDER BY changed DESC LIMIT ?))"
      tx.run("DELETE FROM early_notice WHERE at < ?", [before])
      tx.run(`DELETE FROM delegation_event WHERE delegation IN (${gone})`, [before, most])
      tx.run(`DELETE FROM delegation WHERE id IN (${gone})`, [before, most])
    },
  }
}

export type DelegationRows = ReturnType<typeof delegationRows>
