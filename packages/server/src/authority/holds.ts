import { TracedValue } from "@hufu/core/provenance/traced-value"
import { z } from "zod"
import { PlaceSaid } from "@hufu/core/contract/place"
import { PassingAsked } from "@hufu/core/contract/passing-asked"
import { HoldState } from "@hufu/core/contract/records"
import type { Decision } from "@hufu/core/evidence/entry"
import { Failure, isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { DecisionMode, Effect } from "@hufu/core/words"
import type { Clock } from "../clock.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Store, Tx } from "../store/store.ts"
import { openRecords, type RecordKind } from "./records.ts"

/** An action that waits for a person. What it would do is in the vault; here are ids, digests and times. */
const Hold = z.object({
  id: z.string(),
  action: z.string(),
  agent: z.string(),
  version: z.string(),
  task: z.string(),
  principal: z.string(),
  server: z.string(),
  tool: z.string(),
  effect: Effect,
  mode: DecisionMode,
  /** The mandate of which more than a part is to be passed on, where that is what is asked. */
  passes: z.string().optional(),
  /** The mandate that came as a token with the call. */
  presented: z.string().optional(),
  /** Digest of the exact action that was asked about. */
  digest: z.string(),
  /** Digest of the action that was approved: another one after an edit. */
  approvedDigest: z.string().nullable(),
  approval: z.string().nullable(),
  decision: z.string().nullable(),
  state: HoldState,
  createdAt: z.int(),
  expiresAt: z.int(),
  decidedAt: z.int().nullable(),
})
export type Hold = z.infer<typeof Hold>

export const holdKind: RecordKind<Hold> = {
  kind: "hold",
  schema: Hold,
  states: ["waiting", "approved"],
  state: (hold) => hold.state,
  at: (hold) => hold.createdAt,
  sealed: {
    members: ["server", "tool"],
    subject: ({ task }) => task,
    blank: { server: "erased", tool: "erased" },
  },
}

/** What a person is shown of a held action, and what is performed if they approve. */
export const HeldContent = z.object({
  arguments: z.record(z.string(), z.json()),
  targets: z.array(z.object({ kind: z.string(), value: z.string() })),
  reasons: z.array(z.object({ rule: z.string(), en: z.string(), zh: z.string() })),
  /** Where its values came from. */
  traced: z.array(TracedValue).optional(),
  /** What is to be passed on to which agent, and how that is more than the mandate. */
  passing: PassingAsked.optional(),
  /** The places that have a say in it. */
  places: z.array(PlaceSaid).optional(),
  /** What the rules saw, and the digest of those rules: absent where an earlier version asked, or where it was too much to keep. */
  facts: z.json().optional(),
  policy: z.string().optional(),
})
export type HeldContent = z.infer<typeof HeldContent>

/** What the person said besides yes or no. */
const Decided = z.object({ edited: z.record(z.string(), z.json()).nullable(), refusal: z.string() })
export type Decided = z.infer<typeof Decided>

export type HoldDraft = Omit<
  Hold,
  "id" | "state" | "createdAt" | "expiresAt" | "decidedAt" | "approvedDigest" | "approval" | "decision"
>

export interface HoldAuthority {
  /** Open or decided; from memory, else from the store. */
  find(id: string): Hold | undefined
  /** The hold of an action that waited, or still waits, for a person. */
  ofAction(action: string): Hold | undefined
  content(hold: Hold): HeldContent | undefined
  decided(hold: Hold): Decided
  /** The hold of this very action that is not used yet, if there is one. */
  matching(agent: string, task: string, digest: string): Hold | undefined
  /** The refusal of this very action, if its agent was not there to hear it: given once, then the same call may ask again. */
  takeRefusal(agent: string, task: string, digest: string): Hold | undefined
  open(draft: HoldDraft, content: HeldContent): Promise<Hold>
  /** Decides a waiting hold in one commit, together with what `also` writes. */
  decide(hold: Hold, decision: HoldDecision, also?: (tx: Tx) => void): Promise<Hold>
  /** Stages the single use of an approved hold; `settle` after the commit. Throws Failure("hold_used") if it is taken. */
  use(hold: Hold): { write(tx: Tx): void; settle(): void; giveBack(): void }
  /** Cancels every undecided or unused hold that matches, at once in memory. */
  cancel(matches: (hold: Hold) => boolean, by: string): Promise<Hold[]>
  /** Cancels a hold for the agent that asked, if it still waits; else returns it as it is. */
  withdraw(hold: Hold, by: string): Promise<Hold>
  /** Denies what nobody decided in time. Only this clock denies; how long a client waits does not matter. */
  expire(): Promise<void>
  wait(hold: Hold, signal: AbortSignal): Promise<Hold>
  list(state: z.infer<typeof HoldState> | "all", limit: number): Hold[]
  /** What the person approved once, newest first; actions of one agent with one tool. */
  approvedOnce(like: Pick<Hold, "agent" | "principal" | "server" | "tool" | "effect">, since: number): Hold[]
  /** Every hold of a task. */
  idsOfTask(task: string): string[]
  waiting(): number
  onChange(listener: (hold: Hold) => void): () => void
}

export interface HoldDecision {
  readonly decision: Decision
  readonly by: string
  readonly until?: number
  readonly edited?: { readonly digest: string; readonly arguments: HeldContent["arguments"] }
  readonly refusal?: string
}

const undecided = { decidedAt: null, approvedDigest: null, approval: null, decision: null }

const maxPerAgent = 200
const mostLookedAt = 256
const maxOpen = 5000

export function openHolds(store: Store, vault: Vault, clock: Clock, expirySeconds: number): HoldAuthority {
  const records = openRecords(store, holdKind)
  const byDigest = new Map<string, string>()
  const key = (agent: string, task: string, digest: string) => `${agent}/${task}/${digest}`
  for (const hold of records.all()) byDigest.set(key(hold.agent, hold.task, hold.digest), hold.id)
  const listeners = new Set<(hold: Hold) => void>()
  const taken = new Set<string>()
  /** What is being decided at this moment. */
  const deciding = new Map<string, Promise<unknown>>()
  /** How many clients wait for each hold, and the refusals that none of them was there to hear. */
  const awaited = new Map<string, number>()
  const unheard = new Map<string, Hold>()

  function apply(hold: Hold) {
    if (hold.state === "waiting" || hold.state === "approved") {
      records.set(hold)
      byDigest.set(key(hold.agent, hold.task, hold.digest), hold.id)
    } else {
      records.forget(hold.id)
      if (byDigest.get(key(hold.agent, hold.task, hold.digest)) === hold.id)
        byDigest.delete(key(hold.agent, hold.task, hold.digest))
      if (hold.state === "refused" && !awaited.has(hold.id) && unheard.size < maxOpen)
        unheard.set(key(hold.agent, hold.task, hold.digest), hold)
    }
    for (const listener of listeners) listener(hold)
  }

  async function open(draft: HoldDraft, content: HeldContent): Promise<Hold> {
    const mine = [...records.all()].filter((hold) => hold.agent === draft.agent).length
    if (mine >= maxPerAgent || records.size >= maxOpen)
      throw new Failure(
        "too_many",
        `${mine} actions of this agent wait for a person already: decide some with \`hufu approvals\` first`,
      )
    const now = clock.now()
    const hold: Hold = {
      ...draft,
      id: newId("hold", now),
      state: "waiting",
      createdAt: now,
      expiresAt: now + expirySeconds * 1000,
      ...undecided,
    }
    // Visible before it is durable, so that the same call twice at once asks once; taken back if the commit fails.
    apply(hold)
    try {
      await store.commit((tx) => {
        records.put(tx, hold)
        vault.put(tx, {
          id: contentId(hold),
          subject: hold.task,
          value: z.json().parse({ ...content, hold: said(hold) }),
        })
        tx.append({
          kind: "hold",
          hold: hold.id,
          digest: hold.digest,
          agent: hold.agent,
          task: hold.task,
          effect: hold.effect,
          expires: hold.expiresAt,
        })
      })
    } catch (error) {
      apply({ ...hold, state: "cancelled" })
      throw error
    }
    return hold
  }

  function content(hold: Hold): HeldContent | undefined {
    const read = held(() => vault.get(contentId(hold)))
    return read === undefined ? undefined : HeldContent.parse(read)
  }

  function decided(hold: Hold): Decided {
    const read = held(() => vault.get(decidedId(hold)))
    return read === undefined ? { edited: null, refusal: "" } : Decided.parse(read)
  }

  function decide(hold: Hold, decision: HoldDecision, also?: (tx: Tx) => void): Promise<Hold> {
    const mine = decideNow(hold, decision, also)
    if (deciding.has(hold.id)) return mine
    deciding.set(hold.id, mine)
    const over = () => void deciding.delete(hold.id)
    mine.then(over, over)
    return mine
  }

  async function decideNow(hold: Hold, decision: HoldDecision, also?: (tx: Tx) => void): Promise<Hold> {
    if (taken.has(hold.id))
      throw new Failure(
        "hold_decided",
        "somebody is deciding this one at this moment: look again with `hufu approvals`",
      )
    const current = records.get(hold.id)
    if (
      !current ||
      (current.state !== "waiting" && decision.decision !== "cancelled" && decision.decision !== "expired")
    )
      throw new Failure(
        "hold_decided",
        `this one is ${find(hold.id)?.state ?? "gone"} already: an approval is used once`,
      )
    taken.add(hold.id)
    try {
      const now = clock.now()
      const positive =
        decision.decision === "once" ||
        decision.decision === "task" ||
        decision.decision === "until" ||
        decision.decision === "edited"
      if (positive && current.expiresAt <= now)
        throw new Failure("hold_expired", "this one has expired: the agent has to ask again")
      const approval = newId("approval", now)
      const draft: Hold = {
        ...current,
        ...undecided,
        decidedAt: now,
        decision: decision.decision,
        state: positive
          ? "approved"
          : decision.decision === "refused"
            ? "refused"
            : decision.decision === "expired"
              ? "expired"
              : "cancelled",
        approval: positive ? approval : null,
        approvedDigest: positive ? (decision.edited?.digest ?? current.digest) : null,
      }
      // A refusal bites at once; who waits is told when it is durable, and can then read why.
      if (!positive) records.set(draft)
      const decided = await store.commit((tx) => {
        tx.append({
          kind: "approval",
          approval,
          hold: hold.id,
          decision: decision.decision,
          by: decision.by,
          digest: draft.approvedDigest ?? draft.digest,
          ...(decision.until ? { until: decision.until } : {}),
        })
        // The time that the ledger says, so that the record follows from it.
        const final: Hold = { ...draft, decidedAt: tx.lastAt() }
        records.put(tx, final)
        if (decision.edited || decision.refusal) keepDecided(tx, final, decision)
        also?.(tx)
        return final
      })
      if (positive) apply(decided)
      else records.set(decided)
      return decided
    } finally {
      const refused = records.get(hold.id)
      if (refused && refused.state !== "waiting" && refused.state !== "approved") apply(refused)
      taken.delete(hold.id)
    }
  }

  function keepDecided(tx: Tx, hold: Hold, { edited, refusal }: HoldDecision) {
    vault.put(tx, {
      id: decidedId(hold),
      subject: hold.task,
      value: { edited: edited?.arguments ?? null, refusal: refusal ?? "" },
    })
  }

  function use(hold: Hold) {
    const current = records.get(hold.id)
    if (current?.state !== "approved" || taken.has(hold.id))
      throw new Failure("hold_used", "this approval was used already: the same call is a new action now")
    taken.add(hold.id)
    const used: Hold = { ...current, state: "used" }
    return {
      write: (tx: Tx) => records.put(tx, used),
      settle: () => {
        taken.delete(hold.id)
        apply(used)
      },
      giveBack: () => void taken.delete(hold.id),
    }
  }

  async function cancel(matches: (hold: Hold) => boolean, by: string): Promise<Hold[]> {
    const found = await Promise.all(
      [...records.all()].filter(matches).map(async (hold) => {
        // INVARIANT 6: an approval that is being written while its agent is stopped must not outlive the stop.
        await deciding.get(hold.id)?.catch(() => undefined)
        const now = records.get(hold.id)
        const isOpen = (now?.state === "waiting" || now?.state === "approved") && !taken.has(hold.id)
        return isOpen ? decide(hold, { decision: "cancelled", by }) : undefined
      }),
    )
    return found.filter((hold) => hold !== undefined)
  }

  async function withdraw(hold: Hold, by: string): Promise<Hold> {
    // A person who is deciding at this moment was first.
    await deciding.get(hold.id)?.catch(() => undefined)
    const now = records.get(hold.id)
    const waits = now?.state === "waiting" && now.expiresAt > clock.now() && !taken.has(hold.id)
    return waits ? decide(now, { decision: "cancelled", by }) : (find(hold.id) ?? hold)
  }

  async function expire(): Promise<void> {
    const now = clock.now()
    for (const [of, hold] of unheard) if (hold.expiresAt <= now) unheard.delete(of)
    const late = [...records.all()].filter((hold) => hold.expiresAt <= now && !taken.has(hold.id))
    await Promise.all(late.map((hold) => decide(hold, { decision: "expired", by: "node" })))
  }

  function find(id: string): Hold | undefined {
    const known = records.get(id)
    if (known) return known
    return records.read("AND id=?", [id])[0]
  }

  function wait(hold: Hold, signal: AbortSignal): Promise<Hold> {
    const now = find(hold.id) ?? hold
    if (now.state !== "waiting" || signal.aborted) return Promise.resolve(now)
    return new Promise((resolve) => {
      const done = (result: Hold) => {
        listeners.delete(hear)
        const others = (awaited.get(hold.id) ?? 1) - 1
        if (others > 0) awaited.set(hold.id, others)
        else awaited.delete(hold.id)
        signal.removeEventListener("abort", leave)
        resolve(result)
      }
      const hear = (changed: Hold) => changed.id === hold.id && changed.state !== "waiting" && done(changed)
      const leave = () => done(find(hold.id) ?? hold)
      listeners.add(hear)
      awaited.set(hold.id, (awaited.get(hold.id) ?? 0) + 1)
      signal.addEventListener("abort", leave, { once: true })
    })
  }

  function list(state: z.infer<typeof HoldState> | "all", limit: number): Hold[] {
    const where = state === "all" ? "" : "AND state=?"
    const values = state === "all" ? [limit] : [state, limit]
    return records.read(`${where} ORDER BY at DESC LIMIT ?`, values)
  }

  function approvedOnce(like: Parameters<HoldAuthority["approvedOnce"]>[0], since: number): Hold[] {
    const where = `AND state IN ('approved', 'used') AND at >= ? AND json_extract(body, '$.agent') = ?
      AND json_extract(body, '$.decision') = 'once' ORDER BY at DESC LIMIT ${mostLookedAt}`
    return records
      .read(where, [since, like.agent])
      .filter(
        ({ principal, server, tool, effect }) =>
          principal === like.principal &&
          server === like.server &&
          tool === like.tool &&
          effect === like.effect,
      )
  }

  return {
    find,
    approvedOnce,
    ofAction(action) {
      const open = [...records.all()].find((hold) => hold.action === action)
      if (open) return open
      return records.read("AND json_extract(body, '$.action') = ?", [action])[0]
    },
    content,
    matching(agent, task, digest) {
      const id = byDigest.get(key(agent, task, digest))
      const hold = id === undefined ? undefined : records.get(id)
      return hold && hold.expiresAt > clock.now() && !taken.has(hold.id) ? hold : undefined
    },
    takeRefusal(agent, task, digest) {
      const of = key(agent, task, digest)
      const hold = unheard.get(of)
      unheard.delete(of)
      return hold && hold.expiresAt > clock.now() ? hold : undefined
    },
    open,
    decided,
    decide,
    use,
    cancel,
    withdraw,
    expire,
    wait,
    list,
    idsOfTask: (task) => records.read("AND json_extract(body, '$.task') = ?", [task]).map(({ id }) => id),
    waiting: () => [...records.all()].filter((hold) => hold.state === "waiting").length,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** What the ledger's entry of a hold does not say openly. */
function said({ action, version, principal, server, tool, mode, passes, presented }: Hold) {
  return {
    action,
    version,
    principal,
    server,
    tool,
    mode,
    ...(passes ? { passes } : {}),
    ...(presented ? { presented } : {}),
  }
}

function decidedId(hold: Pick<Hold, "id">): string {
  return `${hold.id}/decided`
}

/** What was erased is gone, which is not an error. */
function held<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isFailure(error, "not_found")) return undefined
    throw error
  }
}

function contentId(hold: Pick<Hold, "id">): string {
  return `${hold.id}/content`
}
