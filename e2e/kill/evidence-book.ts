import type { SeenEntry, SeenHold } from "./kill-target.ts"

const restartWithinMs = 2000

interface ActionState {
  call: string | undefined
  left: boolean
  approved: boolean
  outcome?: SeenEntry["outcome"]
}

/** What one round brought to light after the node was killed and started again. */
export interface RoundFindings {
  restartMs: number
  /** Ids of the calls that the upstream performed since the last round, one per performance. */
  performed: string[]
  /** Ids of the calls whose result reached a client. */
  acknowledged: string[]
  /** Entries from the last index that was already known, inclusive. */
  entries: SeenEntry[]
  holdsBefore: SeenHold[]
  holdsAfter: SeenHold[]
  approved: ReadonlySet<string>
  /** Ids of the registrations that were acknowledged since the last round. */
  registered: readonly string[]
  /** Ids of all that there are after the restart. */
  registeredAfter: readonly string[]
  spent: number
  fault: string | undefined
}

/** Keeps what is known of every call over all rounds and says what contradicts the promises. */
export interface EvidenceBook {
  /** The index from which the next round has to bring entries: the last one known, to see that it did not change. */
  knownIndex(): number
  check(round: RoundFindings): string[]
  totals(): {
    performed: number
    acknowledged: number
    intents: number
    unknown: number
    entries: number
    registered: number
  }
}

/** Open an empty book. */
export function openEvidenceBook(): EvidenceBook {
  const actions = new Map<string, ActionState>()
  const callsThatLeft = new Set<string>()
  const performed = new Map<string, number>()
  const acknowledged = new Set<string>()
  const registered = new Set<string>()
  const told = new Set<string>()
  let last: SeenEntry | undefined

  function addEntries(entries: readonly SeenEntry[]): string[] {
    const problems = continuity(last, entries)
    for (const entry of entries) addEntry(entry)
    last = entries.at(-1) ?? last
    return problems
  }

  function addEntry({ kind, action, verdict, outcome, call, approved }: SeenEntry) {
    if (action === undefined || kind === "other") return
    const state = actions.get(action) ?? { call: undefined, left: false, approved: false }
    actions.set(action, state)
    if (call !== undefined) state.call = call
    if (verdict === "allow") state.left = true
    if (approved === true) state.approved = true
    if (outcome !== undefined) state.outcome = outcome
    if (state.left && state.call !== undefined) callsThatLeft.add(state.call)
  }

  const left = () => [...actions.values()].filter((state) => state.left)

  return {
    knownIndex: () => last?.index ?? 0,
    check: (round) => {
      const problems = addEntries(round.entries)
      for (const call of round.performed) performed.set(call, (performed.get(call) ?? 0) + 1)
      for (const call of round.acknowledged) acknowledged.add(call)
      for (const id of round.registered) registered.add(id)
      const all = [
        ...problems,
        ...checkPerformed(round.performed, performed, callsThatLeft),
        ...checkAcknowledged(round.acknowledged, performed, callsThatLeft),
        ...checkOutcomes(left(), performed, acknowledged),
        ...checkHolds(round),
        ...checkRegistered(registered, round.registeredAfter),
        ...checkSpent(round.spent, left()),
        ...(round.fault === undefined ? [] : [`the ledger does not verify: ${round.fault}`]),
        ...(round.restartMs <= restartWithinMs ? [] : [`the restart took ${round.restartMs.toFixed(0)} ms`]),
      ].filter((problem) => !told.has(problem)) // one fault is one problem, however many rounds still show it
      for (const problem of all) told.add(problem)
      return all
    },
    totals: () => ({
      performed: performed.size,
      acknowledged: acknowledged.size,
      intents: left().length,
      unknown: left().filter((state) => state.outcome === "unknown").length,
      entries: last === undefined ? 0 : last.index + 1,
      registered: registered.size,
    }),
  }
}

function continuity(last: SeenEntry | undefined, entries: readonly SeenEntry[]): string[] {
  const [first] = entries
  const problems: string[] = []
  if (last !== undefined && first?.hash !== last.hash)
    problems.push(`entry ${last.index} is lost or was rewritten`)
  const gap = entries.find((entry, n) => entry.index !== (first?.index ?? 0) + n)
  if (gap !== undefined) problems.push(`there is a gap before entry ${gap.index}`)
  return problems
}

function checkPerformed(
  now: readonly string[],
  all: ReadonlyMap<string, number>,
  left: ReadonlySet<string>,
): string[] {
  const calls = [...new Set(now)]
  const times = (call: string) => all.get(call) ?? 0
  return [
    ...calls
      .filter((call) => times(call) > 1)
      .map((call) => `call ${call} was performed ${times(call)} times`),
    ...calls
      .filter((call) => !left.has(call))
      .map((call) => `call ${call} was performed without a durable intent`),
  ]
}

function checkAcknowledged(
  now: readonly string[],
  performed: ReadonlyMap<string, number>,
  left: ReadonlySet<string>,
): string[] {
  const lost = now.filter((call) => !left.has(call))
  const invented = now.filter((call) => !performed.has(call))
  return [
    ...lost.map((call) => `call ${call} was acknowledged and is not in the ledger`),
    ...invented.map((call) => `call ${call} was acknowledged and never performed`),
  ]
}

function checkOutcomes(
  left: readonly ActionState[],
  performed: ReadonlyMap<string, number>,
  acknowledged: ReadonlySet<string>,
): string[] {
  return left.flatMap(({ call = "(unnamed)", outcome }) => {
    if (outcome === undefined) return [`call ${call} has an intent and no outcome after the restart`]
    if (outcome === "done" && !performed.has(call))
      return [`call ${call} is called done and was never performed`]
    if (outcome === "failed" && acknowledged.has(call))
      return [`call ${call} was acknowledged and is called failed`]
    return []
  })
}

function checkHolds({ holdsBefore, holdsAfter, approved }: RoundFindings): string[] {
  const after = new Set(holdsAfter.map((hold) => hold.id))
  const missing = holdsBefore.filter((hold) => !after.has(hold.id) && !approved.has(hold.id))
  return missing.map((hold) => `hold ${hold.id} of call ${hold.call} is gone after the restart`)
}

function checkRegistered(acknowledged: ReadonlySet<string>, after: readonly string[]): string[] {
  const there = new Set(after)
  const lost = [...acknowledged].filter((id) => !there.has(id))
  return lost.map((id) => `registration ${id} was acknowledged and is gone after the restart`)
}

// A call that never left gives its share back, so only failed and approved ones may be missing from what is spent.
function checkSpent(spent: number, left: readonly ActionState[]): string[] {
  const atLeast = left.filter((state) => state.outcome !== "failed" && !state.approved).length
  if (spent >= atLeast && spent <= left.length) return []
  return [`the budget says ${spent} are spent, and the ledger has ${atLeast} to ${left.length} intents`]
}
