import { z } from "zod"
import { dayAfter, localTime } from "./local-time.ts"

const Amounts = z.record(z.string().max(16), z.int().nonnegative())
const Ms = z.int().nonnegative()

const Conversation = z.object({
  id: z.string().max(64),
  turns: z.int().nonnegative(),
  startedAt: Ms,
  /** The person has ended it and not begun again. */
  ended: z.boolean(),
})
export type Conversation = z.infer<typeof Conversation>

/** What one person has used of agents: what rules on time and money rest on. */
export const Use = z.object({
  /** The day of all that follows, where the person is. INVARIANT: it never goes back, so that no clock gives back time or money. */
  day: z.string().max(10),
  /** How long today, and how long without a break; in milliseconds. */
  today: Ms,
  run: Ms,
  /** How long the run was when a rest was last suggested. */
  restedAt: Ms,
  lastAt: Ms,
  /** Days in a row, with this one. */
  days: z.int().nonnegative(),
  /** What the person was told today, besides a rest. */
  told: z.array(z.string().max(40)).max(16),
  /** In minor units. */
  spentToday: Amounts,
  spentMonth: Amounts,
  spentTasks: z.array(z.object({ task: z.string().max(80), spent: Amounts })).max(64),
  /** Least recently used first. */
  conversations: z.array(Conversation).max(64),
  /** Agents that the person has taken leave of and not spoken to again. */
  left: z.array(z.string().max(80)).max(64),
})
export type Use = z.infer<typeof Use>

export const unused: Use = {
  day: "",
  today: 0,
  run: 0,
  restedAt: 0,
  lastAt: 0,
  days: 0,
  told: [],
  spentToday: {},
  spentMonth: {},
  spentTasks: [],
  conversations: [],
  left: [],
}

/** Where and how use is counted. */
export interface UseTerms {
  readonly zone: string
  /** A longer silence ends a run, and counts as so much use at most. */
  readonly breakMs: number
}

/**
 * The use as it is at a moment, if it goes on then. A silence counts up to a break, so that whoever speaks seldom is not
 * without use.
 */
export function useAt(use: Use, now: number, { zone, breakMs }: UseTerms): Use {
  const at = Math.max(now, use.lastAt)
  const gap = use.lastAt === 0 ? 0 : at - use.lastAt
  const counted = Math.min(gap, breakMs)
  const local = localTime(at, zone)
  const run = gap > breakMs ? { run: 0, restedAt: 0 } : { run: use.run + gap }
  const moved = { ...use, ...run, lastAt: at }
  if (local.day <= use.day) return { ...moved, today: use.today + counted }
  // What counts of a silence is its beginning, which may be of the day before.
  const midnight = at - local.sinceMidnight
  return {
    ...moved,
    day: local.day,
    today: Math.min(counted, Math.max(0, use.lastAt + counted - midnight)),
    days: use.day !== "" && dayAfter(use.day) === local.day ? use.days + 1 : 1,
    told: [],
    spentToday: {},
    spentMonth: local.day.slice(0, 7) === use.day.slice(0, 7) ? use.spentMonth : {},
  }
}

const mostCurrencies = 8
const mostTasks = 32

/** The use after a payment. What can no longer be counted stays uncounted for good: `spentOf` says that it is not known. */
export function spend(use: Use, paid: { task: string; currency: string; amount: number }): Use {
  const { task, currency, amount } = paid
  const others = use.spentTasks.filter((each) => each.task !== task)
  const before = use.spentTasks.find((each) => each.task === task)?.spent ?? {}
  return {
    ...use,
    spentToday: add(use.spentToday, currency, amount),
    spentMonth: add(use.spentMonth, currency, amount),
    spentTasks: [...others, { task, spent: add(before, currency, amount) }].slice(-mostTasks),
  }
}

/** The use after a payment that never left. What was counted on another day stays counted. */
export function giveBack(
  use: Use,
  paid: { task: string; currency: string; amount: number; day: string },
): Use {
  const { task, currency, amount, day } = paid
  const less = (amounts: Use["spentToday"]) => add(amounts, currency, -amount)
  return {
    ...use,
    ...(day === use.day ? { spentToday: less(use.spentToday) } : {}),
    ...(day.slice(0, 7) === use.day.slice(0, 7) ? { spentMonth: less(use.spentMonth) } : {}),
    spentTasks: use.spentTasks.map((each) =>
      each.task === task ? { ...each, spent: less(each.spent) } : each,
    ),
  }
}

/** What was spent in a currency; undefined where it is not known, because there were too many. */
export function spentOf(amounts: Use["spentToday"], currency: string): number | undefined {
  const known = Object.hasOwn(amounts, currency) ? amounts[currency] : undefined
  return known ?? (Object.keys(amounts).length >= mostCurrencies ? undefined : 0)
}

/** The same of one task. */
export function spentOnTask({ spentTasks }: Use, task: string, currency: string): number | undefined {
  const known = spentTasks.find((each) => each.task === task)
  if (known !== undefined) return spentOf(known.spent, currency)
  return spentTasks.length >= mostTasks ? undefined : 0
}

function add(amounts: Use["spentToday"], currency: string, amount: number): Use["spentToday"] {
  const before = spentOf(amounts, currency)
  if (before === undefined) return amounts
  return { ...amounts, [currency]: Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, before + amount)) }
}
