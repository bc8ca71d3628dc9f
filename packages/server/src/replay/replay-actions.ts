import { Failure, isFailure } from "@hufu/core/failure"
import type { ChangedVerdict, ReplayFault, ReplayPage, Undecidable } from "@hufu/core/contract/replay"
import type { Entry, HoldEntry, IntentEntry } from "@hufu/core/evidence/entry"
import { canonicalize } from "@hufu/core/json/canonical"
import type { Verdict } from "@hufu/core/policy/verdict"
import type { HoldAuthority } from "../authority/holds.ts"
import { readKeptRules } from "../fence/rules/kept-rules.ts"
import type { RuleSet } from "../fence/rules/load.ts"
import type { RuleFacts } from "../fence/rules/schema.ts"
import type { ActionContents } from "../gateway/action-content.ts"
import { commitNatively } from "../ledger/native-commitment.ts"
import type { LedgerEntry } from "../ledger/ledger-rows.ts"
import type { Store } from "../store/store.ts"

export interface ReplayParts {
  readonly store: Pick<Store, "ledger" | "vault">
  readonly contents: ActionContents
  readonly holds: HoldAuthority
  /** The rules in force. */
  readonly rules: () => RuleSet
}

export interface ReplayRange {
  /** The rules that decide again; those in force if left out. */
  readonly rules?: RuleSet | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly from: number
  readonly limit: number
}

/** A past decision with everything that it rested on. */
interface Past {
  readonly action: string | null
  readonly agent: string
  readonly effect: IntentEntry["effect"]
  readonly server: string
  readonly tool: string
  readonly facts: RuleFacts
  readonly lifted: boolean
  /** Digest of the rules that decided. */
  readonly policy: string
  readonly was: ChangedVerdict["was"]
}

type Found = Past | Undecidable["why"] | "forged"

const turnEvery = 100
const maxKept = 8

/** Decides past decisions again: what they rested on is in the vault, and the ledger commits to it. */
export function createReplay(parts: ReplayParts) {
  const { ledger, vault } = parts.store
  const kept = new Map<string, RuleSet | undefined>()

  /** The rules that decided then, in force now or kept. */
  function original(digest: string): RuleSet | undefined {
    const now = parts.rules()
    if (now.digest === digest) return now
    if (!kept.has(digest)) {
      if (kept.size >= maxKept) kept.clear()
      kept.set(digest, readKeptRules(parts.store, digest))
    }
    return kept.get(digest)
  }

  function pastOf({ entry }: LedgerEntry): Found | undefined {
    if (entry.kind === "intent") return found(() => ofIntent(entry))
    // To pass a mandate on is no action: no rule spoke of it.
    if (entry.kind !== "hold" || parts.holds.find(entry.hold)?.passes !== undefined) return undefined
    return found(() => ofHold(entry))
  }

  function ofIntent(intent: IntentEntry): Found {
    const { server, tool, facts } = parts.contents.read(intent.action)
    const salt = vault.salt(intent.task, intent.action, "facts")
    if (commitNatively(salt, canonicalize(facts)) !== intent.facts) return "forged"
    return {
      action: intent.action,
      agent: intent.agent,
      effect: intent.effect,
      server,
      tool,
      // The commitment says that these are the facts that the rules saw.
      facts: facts as unknown as RuleFacts,
      lifted: intent.hold !== undefined,
      policy: intent.policy,
      was: { verdict: intent.verdict, rules: [...intent.rules] },
    }
  }

  function ofHold({ hold: id, agent, effect }: HoldEntry): Found {
    const hold = parts.holds.find(id)
    const content = hold && parts.holds.content(hold)
    if (!hold || !content) return "erased"
    if (!content.facts || !content.policy) return "not_kept"
    return {
      action: hold.action,
      agent,
      effect,
      server: hold.server,
      tool: hold.tool,
      // The vault authenticates it; the pipeline wrote it.
      facts: content.facts as unknown as RuleFacts,
      lifted: false,
      policy: content.policy,
      was: { verdict: "ask", rules: content.reasons.map(({ rule }) => rule) },
    }
  }

  async function replay({
    rules = parts.rules(),
    since,
    until,
    from,
    limit,
  }: ReplayRange): Promise<ReplayPage> {
    const start = Math.max(from, since === undefined ? 0 : firstAt(since))
    const page = emptyPage(rules.digest)
    let next: number | null = start
    for (const row of ledger.entries(start, limit)) {
      if (until !== undefined && row.entry.at > until) return { ...page, next: null }
      page.looked += 1
      next = row.index + 1
      look(page, row, rules)
      // Others are served meanwhile.
      if (page.looked % turnEvery === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return { ...page, next: next < ledger.size() ? next : null }
  }

  function look(page: Counted, row: LedgerEntry, rules: RuleSet): void {
    const { entry, index } = row
    if (isStanding(entry)) return void (page.standing += 1)
    const past = pastOf(row)
    if (past === undefined) return
    const action = entry.kind === "intent" ? entry.action : actionOf(entry)
    if (past === "forged") return void page.faults.push({ index, action, ...says.forged })
    if (typeof past === "string")
      return void page.undecidable.push({ index, at: entry.at, action, why: past })
    const verdict = decided(rules, past)
    if (verdict === undefined)
      return void page.undecidable.push({ index, at: entry.at, action, why: "unreadable" })
    page.decided += 1
    check(page, past, { index, rules, verdict })
    const now = { verdict: verdict.verdict, rules: [...verdict.rules] }
    if (now.verdict === past.was.verdict) return void (page.unchanged += 1)
    const { agent, effect, server, tool, was } = past
    page.changed.push({ action, index, at: entry.at, agent, effect, server, tool, was, now })
  }

  /** The rules of then have to say again what they said. */
  function check(
    page: Counted,
    past: Past,
    { index, rules, verdict }: { index: number; rules: RuleSet; verdict: Verdict },
  ): void {
    const then = original(past.policy)
    const again = then === rules ? verdict : then && decided(then, past)
    if (again === undefined) page.unchecked += 1
    else if (again.verdict !== past.was.verdict)
      page.faults.push({ index, action: past.action, ...says.otherwise(past.was.verdict, again.verdict) })
  }

  function actionOf(entry: Entry): string | null {
    return entry.kind === "hold" ? (parts.holds.find(entry.hold)?.action ?? null) : null
  }

  /** The first entry that is not older; times never run backwards in a ledger. */
  function firstAt(since: number): number {
    let [low, high] = [0, ledger.size()]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (ledger.entry(middle).entry.at < since) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Past decisions in a range, one by one; undefined for one that cannot be made again. */
  async function decisions(
    { since, until, from, limit }: Omit<ReplayRange, "rules">,
    each: (past: Past | undefined) => void,
  ): Promise<{ looked: number; next: number | null }> {
    let looked = 0
    let next: number = Math.max(from, since === undefined ? 0 : firstAt(since))
    for (const row of ledger.entries(next, limit)) {
      if (until !== undefined && row.entry.at > until) return { looked, next: null }
      looked += 1
      next = row.index + 1
      const past = isStanding(row.entry) ? undefined : pastOf(row)
      if (past !== undefined) each(typeof past === "string" ? undefined : past)
      if (looked % turnEvery === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return { looked, next: next < ledger.size() ? next : null }
  }

  return { replay, decisions }
}

export type Replay = ReturnType<typeof createReplay>

interface Counted extends Omit<ReplayPage, "next"> {
  readonly changed: ChangedVerdict[]
  readonly undecidable: Undecidable[]
  readonly faults: ReplayFault[]
}

function emptyPage(policy: string): Counted {
  return {
    policy,
    looked: 0,
    decided: 0,
    unchanged: 0,
    standing: 0,
    unchecked: 0,
    changed: [],
    undecidable: [],
    faults: [],
  }
}

function isStanding(entry: Entry): boolean {
  return entry.kind === "intent" && (entry.rules[0]?.startsWith("standing/") ?? false)
}

function found(read: () => Found): Found {
  try {
    return read()
  } catch (error) {
    if (isFailure(error, "not_found")) return "erased"
    throw error
  }
}

function decided(rules: RuleSet, { facts, lifted }: Past): Verdict | undefined {
  try {
    return rules.decide(facts, { lifted })
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

const says = {
  forged: {
    en: "the facts in the vault are not those that the ledger commits to",
    zh: "保险库中的事实与账本所承诺的不一致",
  },
  otherwise: (was: string, again: string) => ({
    en: `the ledger says \`${was}\`, and the same rules say \`${again}\` on the same facts`,
    zh: `账本记为 \`${was}\`，而同一套规则就同一事实裁定为 \`${again}\``,
  }),
}
