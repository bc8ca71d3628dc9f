import type { Environment } from "./evaluator.ts"
import { type Feature, type SliceKey, type SliceValue, valuesOf } from "./slice-key.ts"

/** Something to find, and what a request must have for it to matter: heads first, then conditions from the left. */
export interface Indexed<Item> {
  readonly item: Item
  readonly keys: readonly SliceKey[]
}

/** Items by what they are about, so that a request meets only those that could matter to it. */
export interface RuleIndex<Item> {
  /** Every item that could match or fail on a request, each once, in no order; others may be among them. */
  find(environment: Environment): readonly Item[]
}

interface Entry<Item> {
  readonly item: Item
  readonly keys: readonly SliceKey[]
  readonly used: ReadonlySet<SliceKey>
  /** It stands under several values already; it must not multiply again. */
  readonly isRepeated: boolean
}

/** Items that are looked at each time, and those that are looked at only when a feature has a value that they name. */
interface Node<Item> {
  readonly always: readonly Item[]
  /** Some of its items stand elsewhere too. */
  readonly hasRepeated: boolean
  readonly slices: readonly Slice<Item>[]
}

interface Slice<Item> {
  readonly feature: Feature
  readonly byValue: ReadonlyMap<SliceValue, Node<Item>>
  /** For when the feature cannot be read. */
  readonly all: Node<Item>
}

/** To look up a feature costs as much as to look at a few rules. */
const fewest = 4

/** Builds the index: each item goes under that of its keys which it shares with the fewest others, again and again. */
export function ruleIndex<Item>(items: readonly Indexed<Item>[]): RuleIndex<Item> {
  const root = build<Item>(
    items.map(({ item, keys }) => ({ item, keys, used: new Set<SliceKey>(), isRepeated: false })),
  )
  return {
    find(environment) {
      if (root.slices.length === 0) return root.always
      const found: Item[] = []
      // An item is found twice only where two places hold some that stand elsewhere too.
      return collect(root, environment, found) < 2 ? found : [...new Set(found)]
    },
  }
}

/** @returns how many places with repeated items were looked at */
function collect<Item>(node: Node<Item>, environment: Environment, found: Item[]): number {
  let repeated = node.hasRepeated ? 1 : 0
  for (const item of node.always) found.push(item)
  for (const { feature, byValue, all } of node.slices) {
    const values = valuesOf(feature, environment)
    if (values === undefined) repeated += collect(all, environment, found)
    else
      for (const value of values) {
        const inner = byValue.get(value)
        if (inner !== undefined) repeated += collect(inner, environment, found)
      }
  }
  return repeated
}

function build<Item>(entries: readonly Entry<Item>[]): Node<Item> {
  if (entries.length < fewest) return leafOf(entries)
  const shared = countKeys(entries)
  const groups = Map.groupBy(entries, (entry) => bestKey(entry, shared)?.feature.id)
  const always = [...(groups.get(undefined) ?? [])]
  const slices: Slice<Item>[] = []
  for (const [id, group] of groups) {
    if (id === undefined) continue
    if (group.length < fewest) always.push(...group)
    else slices.push(...sliceBy(group, shared))
  }
  return { ...leafOf(always), slices }
}

function sliceBy<Item>(group: readonly Entry<Item>[], shared: Shared): Slice<Item>[] {
  const buckets = new Map<SliceValue, Entry<Item>[]>()
  let feature: Feature | undefined
  for (const entry of group) {
    const key = bestKey(entry, shared)
    if (key === undefined) continue
    feature ??= key.feature
    const inner: Entry<Item> = {
      ...entry,
      used: new Set([...entry.used, key]),
      isRepeated: entry.isRepeated || key.values.length > 1,
    }
    for (const value of new Set(key.values)) {
      const bucket = buckets.get(value)
      if (bucket === undefined) buckets.set(value, [inner])
      else bucket.push(inner)
    }
  }
  if (feature === undefined) return []
  const byValue = new Map([...buckets].map(([value, bucket]) => [value, build(bucket)]))
  return [{ feature, byValue, all: leafOf(group) }]
}

/** How many entries name each value of each feature. */
type Shared = ReadonlyMap<string, ReadonlyMap<SliceValue, number>>

function countKeys(entries: readonly Entry<unknown>[]): Shared {
  const shared = new Map<string, Map<SliceValue, number>>()
  for (const entry of entries)
    for (const { feature, values } of usableKeys(entry)) {
      const counts = shared.get(feature.id) ?? new Map<SliceValue, number>()
      shared.set(feature.id, counts)
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  return shared
}

function bestKey(entry: Entry<unknown>, shared: Shared): SliceKey | undefined {
  let best: SliceKey | undefined
  let least = Infinity
  for (const key of usableKeys(entry)) {
    const counts = shared.get(key.feature.id)
    const most = Math.max(...key.values.map((value) => counts?.get(value) ?? 0))
    if (most >= least) continue
    best = key
    least = most
  }
  return best
}

/**
 * INVARIANT: a key that could not be read counts for nothing, and neither does any after it: what is to the left fails first.
 * The node that a used key led to is reached only where it could be read.
 */
function usableKeys({ keys, used, isRepeated }: Entry<unknown>): SliceKey[] {
  const usable: SliceKey[] = []
  for (const key of keys) {
    if (used.has(key)) continue
    if (!isRepeated || key.values.length <= 1) usable.push(key)
    if (key.feature.of !== "entity") break
  }
  return usable
}

function leafOf<Item>(entries: readonly Entry<Item>[]): Node<Item> {
  return {
    always: entries.map(({ item }) => item),
    hasRepeated: entries.some(({ isRepeated }) => isRepeated),
    slices: [],
  }
}
