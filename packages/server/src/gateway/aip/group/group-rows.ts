import { createHmac } from "node:crypto"
import { z } from "zod"
import type { Store, Tx } from "../../../store/store.ts"

/**
 * Where a member of a group stands: asked to join; in it; in it to listen only; not in it any more. Who has left can be invited again.
 */
export const MemberState = z.enum(["invited", "joined", "muted", "left"])
export type MemberState = z.infer<typeof MemberState>

export const GroupMember = z.object({
  /** The name of the partner here, and the code under which it is in the group. */
  server: z.string(),
  aic: z.string(),
  state: MemberState,
  since: z.int(),
  /** The invitation waits for a person. */
  hold: z.string().optional(),
  /** Of the tasks that were spoken of in the group: up to which of its events the group was told. */
  tasks: z.array(z.object({ name: z.string(), session: z.string().optional(), told: z.int() })),
})
export type GroupMember = z.infer<typeof GroupMember>

export const GroupFacts = z.object({
  leader: z.string(),
  groupId: z.string(),
  /** As whom its leader came. */
  caller: z.object({
    version: z.string(),
    principal: z.string(),
    credential: z.string().nullable(),
    door: z.string(),
  }),
  session: z.string().optional(),
  /** Hufu leads it in the agent's name, and its members are at the broker themselves. */
  isLedHere: z.boolean().optional(),
  members: z.array(GroupMember),
})
export type GroupFacts = z.infer<typeof GroupFacts>

export interface GroupRow {
  readonly id: string
  /** The agent that leads it. */
  readonly agent: string
  /** Hufu's task, on whose behalf it is. */
  readonly task: string
  readonly isDissolved: boolean
  readonly createdAt: number
  readonly changedAt: number
  readonly facts: GroupFacts
}

interface Columns {
  readonly id: string
  readonly leader: string
  readonly task: string
  readonly is_dissolved: number
  readonly created: number
  readonly changed: number
  readonly body: Uint8Array
}

/** The table of groups. What was erased with its task is not there any more. */
export function groupRows(store: Store) {
  const { vault } = store
  const secret = store.keyFor("group-names")
  const keyOf = ({ leader, groupId }: Pick<GroupFacts, "leader" | "groupId">) =>
    createHmac("sha256", secret)
      .update(JSON.stringify([leader, groupId]))
      .digest("hex")

  return {
    live(): GroupRow[] {
      return store
        .query<Columns>(
          "SELECT id, leader, task, is_dissolved, created, changed, body FROM agent_group WHERE is_dissolved = 0 ORDER BY created",
          [],
        )
        .flatMap(({ id, leader, task, is_dissolved, created, changed, body }) => {
          const text = vault.openRow({ subject: task, name: `group/${id}`, bytes: body })
          if (text === undefined) return []
          const facts = GroupFacts.parse(JSON.parse(text))
          const isDissolved = is_dissolved === 1
          return [{ id, agent: leader, task, isDissolved, createdAt: created, changedAt: changed, facts }]
        })
    },
    /** A group of the same name that was dissolved gives its place up. */
    put(tx: Tx, { id, agent, task, isDissolved, createdAt, changedAt, facts }: GroupRow): void {
      const key = keyOf(facts)
      tx.run("DELETE FROM agent_group WHERE key = ? AND id <> ? AND is_dissolved = 1", [key, id])
      tx.run(
        `INSERT INTO agent_group (id, key, leader, task, is_dissolved, created, changed, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET is_dissolved = excluded.is_dissolved, changed = excluded.changed, body = excluded.body`,
        [
          id,
          key,
          agent,
          task,
          isDissolved ? 1 : 0,
          createdAt,
          changedAt,
          vault.sealRow(tx, { subject: task, name: `group/${id}`, text: JSON.stringify(facts) }),
        ],
      )
    },
    /** Forgets those that were dissolved before a time. */
    prune(tx: Tx, before: number): void {
      tx.run("DELETE FROM agent_group WHERE is_dissolved = 1 AND changed < ?", [before])
    },
  }
}

export type GroupRows = ReturnType<typeof groupRows>
