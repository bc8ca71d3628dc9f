import type { Limit } from "@hufu/core/mandate/limit"
import type { Budget, Grant, MandateDraft } from "@hufu/core/mandate/mandate"
import type { Effect } from "@hufu/core/words"
import type { Seeded } from "../seeded.ts"

const effects: readonly Effect[] = ["write", "send", "delete"]
const toolSets = [
  ["*"],
  ["notes/*"],
  ["notes/write_item"],
  ["notes/send_item", "notes/write_item"],
  ["notes/delete_item"],
]

/** A mandate as a person might write it, from few words, so that they meet often. */
export function randomDraft(random: Seeded, now: number): MandateDraft {
  return {
    task: null,
    // What the user names may be written to; agents that receive a part of it rest on these words too.
    words: "/a/x /a/y /b/x",
    grants: Array.from({ length: 1 + random.int(3) }, () => randomGrant(random, now)),
    never: random.int(14) === 0 ? [{ effects: [random.pick(effects)] }] : [],
    userOnly: random.int(20) === 0 ? [{ tools: [...random.pick(toolSets)] }] : [],
    otherwise: "deny",
    until: now + 30 + random.int(120),
    ...(random.int(3) === 0 ? { budget: randomBudget(random) } : {}),
    ...(random.int(12) === 0 ? { from: now + random.int(20) } : {}),
  }
}

function randomGrant(random: Seeded, now: number): Grant {
  return {
    effects: random.int(3) === 0 ? [random.pick(effects)] : [...effects],
    tools: [...random.pick(toolSets)],
    limits: Array.from({ length: random.int(2) }, () => randomLimit(random)),
    mode: random.int(8) === 0 ? "ask" : "auto",
    ...(random.int(2) === 0 ? { budget: randomBudget(random) } : {}),
    ...(random.int(8) === 0 ? { until: now + random.int(60) } : {}),
  }
}

function randomBudget(random: Seeded): Budget {
  const amount = { amount: { argument: "/n", max: 4 + random.int(12) } }
  const count = { count: 1 + random.int(6) }
  return random.pick([count, amount, { ...count, ...amount }])
}

function randomLimit(random: Seeded): Limit {
  return random.pick<Limit>([
    { argument: "/n", kind: "range", max: 2 },
    { argument: "/n", kind: "range", min: 2, max: 5 },
    { argument: "/n", kind: "oneOf", values: [1, 5] },
    { argument: "/n", kind: "equal", value: 2 },
    { argument: "/p", kind: "prefix", prefix: "/a" },
    { argument: "/p", kind: "path", under: "/a" },
    { argument: "/p", kind: "path", under: "/b" },
    { argument: "/p", kind: "pattern", pattern: "/[ab]/x" },
    { argument: "/p", kind: "oneOf", values: ["/a/x", "/b/x"] },
    { argument: "/p", kind: "equal", value: "/a/y" },
  ])
}

/** The same with changes, most of which take something away. */
export function changed(random: Seeded, outer: MandateDraft, now: number): MandateDraft {
  const kept = outer.grants.filter(() => random.int(6) > 0).map((grant) => lessOf(random, grant))
  const grants = random.int(16) === 0 ? [...kept, randomGrant(random, now)] : kept
  const budget =
    outer.budget === undefined
      ? random.int(4) === 0
        ? randomBudget(random)
        : undefined
      : random.int(20) === 0
        ? undefined
        : lessBudget(random, outer.budget)
  const { budget: _budget, ...rest } = outer
  return {
    ...rest,
    grants: random.shuffled(grants),
    never: random.int(14) === 0 ? [...outer.never, { effects: [random.pick(effects)] }] : outer.never,
    until: outer.until - random.int(10) + (random.int(20) === 0 ? 20 : 0),
    ...(budget === undefined ? {} : { budget }),
  }
}

function lessOf(random: Seeded, grant: Grant): Grant {
  const { budget: before, ...rest } = grant
  const budget =
    before === undefined
      ? random.int(3) === 0
        ? randomBudget(random)
        : undefined
      : lessBudget(random, before)
  return {
    ...rest,
    tools: random.int(8) === 0 ? [...random.pick(toolSets)] : grant.tools,
    limits: random.int(5) === 0 ? [...grant.limits, randomLimit(random)] : grant.limits,
    mode: random.int(10) === 0 ? "ask" : random.int(20) === 0 ? "auto" : grant.mode,
    ...(budget === undefined ? {} : { budget }),
  }
}

function lessBudget(random: Seeded, { count, amount }: Budget): Budget {
  const less = (max: number) =>
    random.int(20) === 0 ? max + 3 : Math.max(0, max - random.int(1 + Math.ceil(max / 2)))
  return {
    ...(count === undefined ? {} : { count: less(count) }),
    ...(amount === undefined ? {} : { amount: { ...amount, max: less(amount.max) } }),
  }
}
