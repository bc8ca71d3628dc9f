import type { ApprovalEntry, Entry, HoldEntry, IntentEntry, StatementEntry } from "@hufu/core/evidence/entry"
import { timeOfId } from "@hufu/core/id"
import { canonicalize } from "@hufu/core/json/canonical"
import { z } from "zod"
import { type Draw, type DrawOn, movedBy } from "../authority/budgets.ts"
import { foldStatement } from "./fold-statement.ts"
import { type ContentRef, type Members, stated, unstated, within, withinIfAny } from "./member.ts"
import type { Content, ContentReader } from "./read-content.ts"

/** One record as the ledger says it is. */
export interface FoldedRecord {
  readonly members: Members
  /** The entry that last said something of it. */
  readonly index: number
}

/** What was spent of one mandate. `unstated`, `gone`: something of it is not known, and this is what is. */
export interface Spending {
  readonly grants: Map<number, { readonly count: number; readonly amount: number }>
  known: "all" | "unstated" | "gone"
}

/** Content of the vault that is not what a statement says, found while folding. */
export interface ContentFault {
  readonly of: ContentRef
  readonly is: "forged" | "damaged"
}

/** Everything that follows from a ledger up to an entry. It grows with the number of records, not of entries. */
export interface Fold {
  readonly records: ReadonlyMap<string, ReadonlyMap<string, FoldedRecord>>
  readonly spent: ReadonlyMap<string, Spending>
  readonly openIntents: ReadonlyMap<string, number>
  /** Actions that were attempted because of an order of another agent, with that order's action. */
  readonly under: ReadonlyMap<string, string>
  /** The rules in force: their digest, and the entry that says so. */
  readonly rules: { readonly digest: string; readonly index: number } | null
  /** Subjects of which a statement says that everything was erased, or something. */
  readonly erased: ReadonlySet<string>
  readonly thinned: ReadonlySet<string>
  readonly faults: readonly ContentFault[]
  /** Subjects whose content was looked for while folding, and is gone. */
  readonly gone: ReadonlyMap<string, ContentRef>
  /** How many entries are in it, and the time of the last. */
  readonly size: number
  readonly at: number
  add(entry: Entry, index: number): void
}

/** What the statements of each kind write into. */
export interface Folding {
  /** The running version says all that records follow from: since its first start. */
  isComplete: boolean
  rules: Fold["rules"]
  put(kind: string, id: string, members: Members): void
  change(kind: string, id: string, members: Members): void
  find(kind: string, id: string): FoldedRecord | undefined
  all(kind: string): readonly (readonly [string, FoldedRecord])[]
  drop(kind: string, matches: (id: string) => boolean): void
  /** Reads a content at once, for what has to be known to fold on. */
  read(of: ContentRef): Content
  /** After a narrowing: what was spent of an outer grant counts in the grants within it. */
  moveSpent(mandate: string, moved: readonly number[] | "gone" | "unstated"): void
  erase(subject: string, all: boolean): void
}

export interface FoldOptions {
  readonly reader: ContentReader
  /** Told of a held action that is over, which then leaves the fold: there are as many as actions that asked. */
  readonly onHoldOver?: (id: string, record: FoldedRecord) => void
}

/** Made once: a schema costs more than most of what it checks. */
const Json = z.json()
const DrawnOn = z.object({ grants: z.array(z.int()), amount: z.int() })
const Drawn = DrawnOn.extend({ above: z.array(DrawnOn.extend({ mandate: z.string() })).optional() })
const positive = new Set<ApprovalEntry["decision"]>(["once", "task", "until", "edited"])

export function createFold({ reader, onHoldOver }: FoldOptions): Fold {
  const records = new Map<string, Map<string, FoldedRecord>>()
  const spent = new Map<string, Spending>()
  const openIntents = new Map<string, number>()
  const under = new Map<string, string>()
  /** What open intents drew, to be given back if they never left. */
  const draws = new Map<string, { mandate: string; draw: DrawOn; moves: number }[]>()
  const moves = new Map<string, number>()
  const erased = new Set<string>()
  const thinned = new Set<string>()
  const faults: ContentFault[] = []
  const gone = new Map<string, ContentRef>()
  let [size, at] = [0, 0]

  const ofKind = (kind: string) => {
    const known = records.get(kind) ?? new Map<string, FoldedRecord>()
    records.set(kind, known)
    return known
  }

  const folding: Folding = {
    isComplete: false,
    rules: null,
    put: (kind, id, members) => void ofKind(kind).set(id, { members, index: size }),
    change(kind, id, members) {
      const known = ofKind(kind).get(id)
      ofKind(kind).set(id, {
        members: { ...(known?.members ?? { id: stated(id) }), ...members },
        index: size,
      })
    },
    find: (kind, id) => records.get(kind)?.get(id),
    all: (kind) => [...ofKind(kind)],
    drop(kind, matches) {
      for (const id of ofKind(kind).keys()) if (matches(id)) ofKind(kind).delete(id)
    },
    read(of) {
      const content = reader.read(of)
      if (content.is === "gone") gone.set(of.subject, of)
      else if (content.is !== "value") faults.push({ of, is: content.is })
      return content
    },
    moveSpent(mandate, moved) {
      moves.set(mandate, (moves.get(mandate) ?? 0) + 1)
      const spending = spent.get(mandate)
      if (spending === undefined) return
      if (typeof moved === "string") {
        spending.known = moved
        return
      }
      const before = new Map(spending.grants)
      for (const grant of before.keys()) if (grant >= 0) spending.grants.delete(grant)
      for (const [grant, outer] of moved.entries()) {
        const used = before.get(outer)
        if (used !== undefined) spending.grants.set(grant, used)
      }
    },
    erase(subject, all) {
      if (all) erased.add(subject)
      thinned.add(subject)
      reader.forget()
    },
  }

  function spendingOf(mandate: string): Spending {
    const known = spent.get(mandate) ?? { grants: new Map(), known: "all" as const }
    spent.set(mandate, known)
    return known
  }

  function spend(mandate: string, { grants, amount }: DrawOn, sign: 1 | -1): void {
    const { grants: counters } = spendingOf(mandate)
    for (const grant of grants) {
      const used = counters.get(grant) ?? { count: 0, amount: 0 }
      counters.set(grant, { count: used.count + sign, amount: used.amount + sign * amount })
    }
  }

  function onStatement(entry: StatementEntry, index: number): void {
    foldStatement(folding, entry, index)
    // What a person approved to be passed on is an approval that was used.
    const widened = entry.fact === "mandate.passed" ? entry.refs?.["widened"] : undefined
    if (widened !== undefined) settle(widened, { state: stated("used") })
  }

  function onIntent(intent: IntentEntry, index: number): void {
    if (intent.under !== undefined) under.set(intent.action, intent.under)
    if (intent.verdict !== "allow") return
    openIntents.set(intent.action, index)
    if (intent.hold !== undefined) settle(intent.hold, { state: stated("used") })
    if (intent.mandate === null) return
    if (intent.spent === undefined) {
      // An earlier version did not say whether it draws on a budget.
      if (!folding.isComplete) spendingOf(intent.mandate).known = "unstated"
      return
    }
    const drawn = drawOf(intent, intent.spent, index)
    if (drawn === undefined) {
      for (const mandate of [intent.mandate, ...(intent.chain ?? [])]) spendingOf(mandate).known = "gone"
      return
    }
    const { above = [], ...own } = drawn
    const all = [{ mandate: intent.mandate, ...own }, ...above]
    for (const { mandate, ...draw } of all) spend(mandate, draw, 1)
    draws.set(
      intent.action,
      all.map(({ mandate, ...draw }) => ({ mandate, draw, moves: moves.get(mandate) ?? 0 })),
    )
  }

  function drawOf({ action, task }: IntentEntry, digest: string, index: number): Draw | undefined {
    const of = { id: action, subject: task, digest, index }
    const content = reader.readDraw(of)
    if (content.is === "gone") gone.set(task, of)
    else if (content.is !== "value") faults.push({ of, is: content.is })
    return content.is === "value" ? Drawn.parse(content.value) : undefined
  }

  function onOutcome(action: string, isReturned: boolean): void {
    openIntents.delete(action)
    const drawn = draws.get(action)
    draws.delete(action)
    if (!isReturned || drawn === undefined) return
    for (const { mandate, draw, moves: before } of drawn) {
      // After a narrowing a grant's place is another grant's: what was taken from the old one stays spent.
      const isMoved = (moves.get(mandate) ?? 0) > before
      spend(mandate, isMoved ? { ...draw, grants: movedBy(draw.grants, []) } : draw, -1)
    }
  }

  function onHold(entry: HoldEntry, index: number): void {
    const { hold: id, agent, task, effect, digest, expires } = entry
    const content = { id: `${id}/content`, subject: task, digest: null, index }
    const said = (name: string) => within(content, "hold", name)
    folding.put("hold", id, {
      id: stated(id),
      agent: stated(agent),
      task: stated(task),
      effect: stated(effect),
      digest: stated(digest),
      state: stated("waiting"),
      createdAt: created(id),
      expiresAt: stated(expires),
      action: said("action"),
      version: said("version"),
      principal: said("principal"),
      server: said("server"),
      tool: said("tool"),
      mode: said("mode"),
      passes: withinIfAny(content, "hold", "passes"),
      presented: withinIfAny(content, "hold", "presented"),
      decidedAt: stated(null),
      approvedDigest: stated(null),
      approval: stated(null),
      decision: stated(null),
    })
  }

  function onApproval({ hold, decision, approval, digest, at: decidedAt }: ApprovalEntry): void {
    const isApproved = positive.has(decision)
    const common = {
      decision: stated(decision),
      // An earlier version had another time in the record than in the entry.
      decidedAt: folding.isComplete ? stated(decidedAt) : unstated,
    }
    if (isApproved)
      return folding.change("hold", hold, {
        ...common,
        state: stated("approved"),
        approval: stated(approval),
        approvedDigest: stated(digest),
      })
    const state = decision === "refused" || decision === "expired" ? decision : "cancelled"
    settle(hold, { ...common, state: stated(state), approval: stated(null), approvedDigest: stated(null) })
  }

  function settle(hold: string, members: Members): void {
    folding.change("hold", hold, members)
    const record = folding.find("hold", hold)
    if (record === undefined || onHoldOver === undefined) return
    ofKind("hold").delete(hold)
    over.push({ id: hold, record })
  }

  /** Told when the entry is in: what looks at the tables then knows up to where. */
  const over: { id: string; record: FoldedRecord }[] = []

  return {
    records,
    spent,
    openIntents,
    under,
    erased,
    thinned,
    faults,
    gone,
    get rules() {
      return folding.rules
    },
    get size() {
      return size
    },
    get at() {
      return at
    },
    add(entry, index) {
      size = index
      at = entry.at
      if (entry.kind === "statement") onStatement(entry, index)
      else if (entry.kind === "intent") onIntent(entry, index)
      else if (entry.kind === "outcome") onOutcome(entry.action, entry.spent === "returned")
      else if (entry.kind === "hold") onHold(entry, index)
      else onApproval(entry)
      size = index + 1
      for (const { id, record } of over.splice(0)) onHoldOver?.(id, record)
    },
  }
}

/** An id says when what it names was made. */
export function created(id: string) {
  const at = timeOfId(id)
  return at === undefined ? unstated : stated(at)
}

/** Whether two values of members are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return textOf(a) === textOf(b)
}

function textOf(value: unknown): string | undefined {
  // Absent members are those that JSON cannot carry.
  return value === undefined ? undefined : canonicalize(Json.parse(JSON.parse(JSON.stringify(value))))
}
