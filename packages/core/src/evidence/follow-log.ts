import { isFailure } from "../failure.ts"
import { type Checkpoint, type SecondKey, verifyTwiceSigned } from "./checkpoint.ts"
import { decodeEntry } from "./encode-entry.ts"
import type { Entry } from "./entry.ts"
import { appendLeaves, emptyFrontier, type Frontier, frontierRoot } from "./frontier.ts"
import { equalBytes, leafHash } from "./merkle.ts"
import { type Hash, sha256 } from "./sha256.ts"
import type { NoteChecks } from "./signed-note.ts"
import type { VerifierKey } from "./vkey.ts"
import { saysWitnessed, witnessedBy } from "./witness-policy.ts"

/** Where a log that is followed comes from. All of it UNTRUSTED. */
export interface FollowedSource {
  /** The latest signed checkpoint; null when there is none. */
  checkpoint(): Promise<string | null>
  /** The entries of a range in order, with the leaf hashes that the source itself shows for them, where it shows any. */
  entries(from: number, to: number): AsyncIterable<{ bytes: Uint8Array; leaf: Uint8Array | null }>
}

/** All that a monitor remembers of a log. */
export interface Followed {
  readonly frontier: Frontier
  /** When a new one was last seen, in milliseconds. */
  readonly changedAt: number
}

/** What is alerted on. The first ones mean that the log is not sound: they come again until it is. */
export const followAlerts = [
  "no_checkpoint",
  "bad_checkpoint",
  "rolled_back",
  "forked",
  "wrong_root",
  "bad_entries",
  "unwitnessed",
  "stale",
  "agent",
] as const
export interface FollowAlert {
  readonly alert: (typeof followAlerts)[number]
  /** The entry, where it is about one. */
  readonly index?: number
  readonly en: string
  readonly zh: string
}

export interface FollowOptions {
  readonly key: VerifierKey
  /** The log's ML-DSA-44 key beside it: whoever names it asks for the second signature. */
  readonly second?: SecondKey | undefined
  readonly witnesses: readonly VerifierKey[]
  /** How many of the witnesses must have cosigned; 0 asks for none. */
  readonly required: number
  /** Ids whose entries are alerted on. */
  readonly about: ReadonlySet<string>
  readonly now: number
  /** After how long without a new checkpoint a log is stale. */
  readonly staleMs: number
  readonly checks?: NoteChecks
  readonly hash?: Hash
}

/** How one look ended: what there is to say, and what to remember; a log that is not sound changes no memory. */
export interface FollowedLook {
  readonly isSound: boolean
  readonly alerts: readonly FollowAlert[]
  readonly followed: Followed | null
  /** The checkpoint that was shown, verbatim: of two that contradict each other, both are the evidence. */
  readonly note: string | null
}

/**
 * Looks once at a log: its checkpoint is signed, extends the one before, and the new entries give exactly its root. Reads only what is
 * new, in fixed memory but for the alerts, of which there are at most a thousand.
 */
export async function followLog(
  source: FollowedSource,
  before: Followed | null,
  options: FollowOptions,
): Promise<FollowedLook> {
  const note = await source.checkpoint()
  if (note === null) return unsound({ before, note }, say.noCheckpoint())
  const { key, second, checks } = options
  const verdict = await verifyTwiceSigned(
    note,
    { key, seconds: second === undefined ? [] : [second.key] },
    options.witnesses,
    second === undefined ? checks : { ...checks, mlDsa44: second.mlDsa44 },
  )
  if (!verdict.ok) return unsound({ before, note }, say.badCheckpoint(verdict.reason))
  const { checkpoint } = verdict
  const frontier = before?.frontier ?? emptyFrontier
  if (checkpoint.size < frontier.size)
    return unsound({ before, note }, say.rolledBack(frontier.size, checkpoint.size))
  const reading = await read(source, frontier, { checkpoint, options })
  if ("alert" in reading) return unsound({ before, note }, reading)
  const isNew = before === null || checkpoint.size > frontier.size
  const witnessed = witnessedBy(verdict.witnesses, {
    witnesses: options.witnesses,
    required: options.required,
    nowSeconds: Math.floor(options.now / 1000),
  })
  const changedAt = isNew ? options.now : before.changedAt
  const alerts = [
    ...reading.alerts,
    ...(options.required > 0 && !witnessed.isWitnessed ? [say.unwitnessed(saysWitnessed(witnessed))] : []),
    ...(options.now - changedAt > options.staleMs ? [say.stale(options.now - changedAt)] : []),
  ]
  return { isSound: true, alerts, followed: { frontier: reading.frontier, changedAt }, note }
}

const maxAlerts = 1_000

async function read(
  source: FollowedSource,
  from: Frontier,
  { checkpoint, options }: { checkpoint: Checkpoint; options: FollowOptions },
): Promise<{ frontier: Frontier; alerts: FollowAlert[] } | FollowAlert> {
  const { hash = sha256, about } = options
  const { size, root } = checkpoint
  const alerts: FollowAlert[] = []
  let frontier = from
  if (size > from.size)
    for await (const { bytes, leaf } of source.entries(from.size, size)) {
      const index = frontier.size
      const own = leafHash(bytes, hash)
      // The source contradicts itself: these are not the entries of its own tree.
      if (leaf !== null && !equalBytes(leaf, own)) return say.badEntries(index)
      const entry = tryDecode(bytes)
      if (entry === null) return say.badEntries(index)
      if (about.size > 0 && alerts.length < maxAlerts && isAbout(entry, about))
        alerts.push(say.agent(index, entry))
      frontier = appendLeaves(frontier, [own], () => {}, hash)
      if (frontier.size === size) break
    }
  if (frontier.size < size) return say.badEntries(frontier.size)
  if (equalBytes(frontierRoot(frontier, hash), root)) return { frontier, alerts }
  return from.size === 0 ? say.wrongRoot(size) : say.forked(size)
}

function isAbout(value: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof value === "string") return ids.has(value)
  if (typeof value !== "object" || value === null) return false
  return Object.values(value).some((each) => isAbout(each, ids))
}

function tryDecode(bytes: Uint8Array): Entry | null {
  try {
    return decodeEntry(bytes)
  } catch (error) {
    if (isFailure(error)) return null
    throw error
  }
}

function unsound(
  { before, note }: { before: Followed | null; note: string | null },
  alert: FollowAlert,
): FollowedLook {
  return { isSound: false, alerts: [alert], followed: before, note }
}

const say = {
  noCheckpoint: (): FollowAlert => ({
    alert: "no_checkpoint",
    en: "The log shows no checkpoint.",
    zh: "日志没有检查点。",
  }),
  badCheckpoint: (reason: string): FollowAlert => ({
    alert: "bad_checkpoint",
    en: `The checkpoint is not one of this log (${reason}).`,
    zh: `检查点不属于该日志（${reason}）。`,
  }),
  rolledBack: (known: number, size: number): FollowAlert => ({
    alert: "rolled_back",
    en: `The log has ${size} entries, and had ${known} before: it was rolled back.`,
    zh: `日志现有 ${size} 个条目，此前有 ${known} 个：已被回滚。`,
  }),
  forked: (size: number): FollowAlert => ({
    alert: "forked",
    en: `The checkpoint of size ${size} does not extend the one before: the log shows another history.`,
    zh: `规模为 ${size} 的检查点并非由此前的延续：日志出示了另一段历史。`,
  }),
  wrongRoot: (size: number): FollowAlert => ({
    alert: "wrong_root",
    en: `The ${size} entries do not give the root that the log has signed.`,
    zh: `${size} 个条目与日志所签署的根不符。`,
  }),
  badEntries: (index: number): FollowAlert => ({
    alert: "bad_entries",
    index,
    en: `Entry ${index} is missing, altered or malformed.`,
    zh: `条目 ${index} 缺失、被改动或格式有误。`,
  }),
  unwitnessed: ({ en, zh }: { en: string; zh: string }): FollowAlert => ({
    alert: "unwitnessed",
    en: `The checkpoint is ${en}.`,
    zh: `检查点${zh}。`,
  }),
  stale: (ms: number): FollowAlert => ({
    alert: "stale",
    en: `The log has shown nothing new for ${Math.floor(ms / 60_000)} minutes.`,
    zh: `日志已有 ${Math.floor(ms / 60_000)} 分钟没有新内容。`,
  }),
  agent: (index: number, entry: Entry): FollowAlert => {
    const what = entry.kind === "statement" ? entry.fact : entry.kind
    return {
      alert: "agent",
      index,
      en: `Entry ${index} is about an agent that is watched (${what}).`,
      zh: `条目 ${index} 与所关注的智能体有关（${what}）。`,
    }
  },
}
