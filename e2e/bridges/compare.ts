import { setTimeout as sleep } from "node:timers/promises"
import { isDeepStrictEqual } from "node:util"
import { seeded } from "../seeded.ts"
import { type Asker, expectedOf, type PartnerKind } from "./model.ts"
import {
  after,
  type Happening,
  type Product,
  type Seen,
  type Standing,
  withoutRepetition,
} from "./outcome.ts"
import { play } from "./play.ts"
import { randomScript, type Script } from "./script.ts"
import { askers, type BridgeWorld, partnerKinds } from "./world.ts"

/** Where a pair did not do what the model says. */
export interface Difference {
  readonly pair: string
  readonly script: string
  readonly where: string
  readonly expected: unknown
  readonly seen: unknown
}

export interface Compared {
  readonly differences: readonly Difference[]
  /** How many scripts each pair has played. */
  readonly played: Readonly<Record<string, number>>
}

/** Plays random scripts over every pair, many at once, and compares each with the model. */
export async function compareBridges(
  world: BridgeWorld,
  {
    scripts,
    seed,
    atOnce,
    onScript,
  }: { scripts: number; seed: number; atOnce: number; onScript?: () => void },
): Promise<Compared> {
  const random = seeded(seed)
  const jobs: { pair: Pair; script: Script }[] = []
  for (let i = 0; i < scripts; i++) {
    // The same script for every pair, under a name of its own.
    const same = random.int(2 ** 31)
    for (const pair of pairs())
      jobs.push({ pair, script: randomScript(seeded(same), `s${seed}-${i}-${pair.asker}-${pair.partner}`) })
  }
  const differences: Difference[] = []
  const played: Record<string, number> = {}
  let next = 0
  async function work(): Promise<void> {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const name = `${job.pair.asker}→${job.pair.partner}`
      differences.push(...(await compareOne(world, job.pair, job.script)))
      played[name] = (played[name] ?? 0) + 1
      onScript?.()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { differences, played }
}

/** No script takes so long: whatever takes longer hangs. */
const longestMs = 60_000

async function inTime(work: Promise<void>): Promise<void> {
  const late = new AbortController()
  const limit = sleep(longestMs, undefined, { signal: late.signal }).then(
    () => Promise.reject(new Error("it does not come to an end")),
    () => undefined,
  )
  try {
    await Promise.race([work, limit])
  } finally {
    late.abort()
  }
}

interface Pair {
  readonly asker: Asker
  readonly partner: PartnerKind
}

function pairs(): Pair[] {
  return askers.flatMap((asker) => partnerKinds.map((partner) => ({ asker, partner })))
}

async function compareOne(
  { partners, side }: BridgeWorld,
  { asker, partner }: Pair,
  script: Script,
): Promise<Difference[]> {
  const about = { pair: `${asker}→${partner}`, script: script.name }
  for (const turn of script.turns) partners.learn(turn)
  const expected = expectedOf(script, asker, partner)
  const seen: Seen[] = []
  try {
    await inTime(play(script, side(asker, partner), partner, partners, seen))
  } catch (error) {
    for (const turn of script.turns) partners.release(turn)
    return [{ ...about, where: "a fault", expected: expected.seen, seen: error }]
  }
  const heard = partners.heard(partner, script.name)
  for (const turn of script.turns) partners.forget(turn)
  const differences: Difference[] = []
  if (seen.length !== expected.seen.length)
    return [{ ...about, where: "what was done", expected: expected.seen, seen }]
  let before: Standing = { state: "accepted", words: [], products: [] }
  const wantedSeen = withoutMadeUpNames(expected.seen)
  for (const [at, one] of withoutMadeUpNames(seen).entries()) {
    const wanted = wantedSeen[at]
    if (wanted === undefined) continue
    const where = `${at}: ${one.did}`
    const { events, ...rest } = one
    const { events: wantedEvents, ...wantedRest } = wanted
    if (!isDeepStrictEqual(plain(rest), plain(wantedRest)))
      differences.push({ ...about, where, expected: wantedRest, seen: rest })
    if (wantedEvents !== undefined && !fits(before, wantedEvents as Happening[], events))
      differences.push({ ...about, where: `${where}, events`, expected: wantedEvents, seen: events })
    before = wanted.standing ?? before
  }
  if (!isDeepStrictEqual(heard.map(canonical), expected.heard.map(canonical)))
    differences.push({ ...about, where: "what the partner heard", expected: expected.heard, seen: heard })
  return differences
}

/**
 * Whether what an asker was told is what happened: either everything, or how the task stood after some of it and everything from there.
 */
function fits(before: Standing, wanted: readonly Happening[], told: Seen["events"]): boolean {
  const all = withoutRepetition(wanted.map(plainHappening))
  const seen = withoutRepetition(
    (told ?? []).map((each) =>
      "stands" in each ? { stands: plainStanding(each.stands) } : plainHappening(each),
    ),
  )
  const [first, ...later] = seen
  if (first === undefined || !("stands" in first)) return isDeepStrictEqual(seen, all)
  // Later on, what says how the task stands says only that its state is another.
  const rest = later.map((each) =>
    "stands" in each ? { state: each.stands.state, words: each.stands.words } : each,
  )
  let standing = plainStanding(before)
  for (const [at, each] of all.entries()) {
    standing = after(standing, each)
    if (isDeepStrictEqual(standing, first.stands) && isDeepStrictEqual(rest, all.slice(at + 1))) return true
  }
  return false
}

function plain(seen: Omit<Seen, "events">): unknown {
  return canonical({
    ...seen,
    ...(seen.standing === undefined ? {} : { standing: plainStanding(seen.standing) }),
  })
}

/** What is said with a cancellation is nobody's matter. */
function plainStanding({ state, words, products }: Standing): Standing {
  return canonical({ state, words: plainWords(state, words), products })
}

function plainHappening(each: Happening): Happening {
  return canonical("state" in each ? { ...each, words: plainWords(each.state, each.words) } : each)
}

function plainWords(state: Standing["state"], words: readonly string[]): readonly string[] {
  if (state === "canceled") return []
  // Which tools there are is said in two languages.
  return words.some((each) => each === "which tool" || each.includes("`act`")) ? ["which tool"] : words
}

/** The names of products that are made up on the way, by the order in which they come. */
function withoutMadeUpNames(seen: readonly Seen[]): Seen[] {
  const names = new Map<string, string>()
  const productOf = ({ id, ...rest }: Product): Product => {
    if (/^product-\d+$/.test(id) || id === "answer") return { id, ...rest }
    names.set(id, names.get(id) ?? `made up ${names.size}`)
    return { id: names.get(id) ?? "", ...rest }
  }
  const standingOf = (of: Standing): Standing => ({ ...of, products: of.products.map(productOf) })
  return seen.map(({ events, standing, ...rest }) => ({
    ...rest,
    ...(events === undefined
      ? {}
      : {
          events: events.map((each) => {
            if ("stands" in each) return { stands: standingOf(each.stands) }
            return "product" in each ? { ...each, product: productOf(each.product) } : each
          }),
        }),
    ...(standing === undefined ? {} : { standing: standingOf(standing) }),
  }))
}

/** Members in one order. */
function canonical<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T // what was JSON is JSON
}
