import { setTimeout as delay } from "node:timers/promises"
import { AdpError } from "../discovery/adp/adp-error.ts"
import { openCallLimit } from "../discovery/adp/call-limit.ts"
import { newSecret } from "./new-secret.ts"
import { changeLines, type DspType, dspTypes, type LineParts, type Page } from "./change-lines.ts"
import { DspError } from "./dsp-error.ts"
import { keptEndedMs, type RegistrationChanges } from "./registration-changes.ts"
import type { Clock } from "../../clock.ts"

/** What a registry shows others so that they mirror it: DSP, the serving side. */
export interface Dsp {
  info(): object
  /** Resolves with a page that may be empty: when something changes, or after the time that was asked for. Throws DspError. */
  changes(asked: AskedChanges, signal: AbortSignal): Promise<Page & { readonly from: number }>
  /** Makes one and answers its first part. Throws DspError. */
  snapshot(asked: {
    types: ReadonlySet<DspType>
    limit: number
    size: number
    caller: string
  }): Promise<SnapshotPart>
  /** Throws DspError where it is over. */
  part(asked: { id: string; chunk: number; size: number; caller: string }): Promise<SnapshotPart>
  forget(id: string): void
  /** The last place that there is. */
  newest(): number
}

export interface AskedChanges {
  readonly types: ReadonlySet<DspType>
  readonly after: number
  readonly limit: number
  readonly waitSeconds: number
  /** How many entries of the ledger the reader has verified. */
  readonly size: number
  readonly caller: string
}

export interface SnapshotPart {
  readonly id: string
  readonly seq: number
  readonly chunk: number
  readonly chunks: number
  readonly objects: number
  readonly lines: readonly string[]
}

export interface DspParts extends LineParts {
  readonly changes: RegistrationChanges
  readonly clock: Clock
  readonly version: string
}

interface Snapshot {
  readonly id: string
  readonly caller: string
  readonly types: ReadonlySet<DspType>
  readonly seq: number
  readonly limit: number
  /** After which id each part begins. */
  readonly starts: readonly string[]
  readonly objects: number
  readonly madeAt: number
  usedAt: number
}

const lookMs = 20
const maxWaiting = 128
const maxWaitingOfCaller = 16
const maxSnapshots = 32
const maxSnapshotsOfCaller = 8
const accessMs = 2 * 3_600_000
const lifetimeMs = 24 * 3_600_000
const tidyMs = 3_600_000
/** To one address. A follower asks again after every change. */
const perMinute = 6000
/** No part of a snapshot is longer, whatever was asked for: it is in memory when it is sent. */
const maxPart = 1000

export function openDsp(parts: DspParts): Dsp {
  const { changes, clock } = parts
  const snapshots = new Map<string, Snapshot>()
  const waiting = new Map<string, number>()
  let tidiedAt = clock.monotonic()

  const limit = openCallLimit(perMinute, () => clock.monotonic())

  function admit(caller: string): void {
    try {
      limit.admit(caller)
    } catch (error) {
      if (!(error instanceof AdpError)) throw error
      throw new DspError(429, 42901, `at most ${perMinute} questions a minute are answered`)
    }
  }

  async function tidy(): Promise<void> {
    const now = clock.monotonic()
    for (const [id, { madeAt, usedAt }] of snapshots)
      if (now - usedAt > accessMs || now - madeAt > lifetimeMs) snapshots.delete(id)
    if (now - tidiedAt < tidyMs) return
    tidiedAt = now
    await changes.tidy()
  }

  /** Until something is after a place, or the time is over. */
  async function wait({ after, waitSeconds, caller }: AskedChanges, signal: AbortSignal): Promise<void> {
    const mine = waiting.get(caller) ?? 0
    const all = [...waiting.values()].reduce((sum, each) => sum + each, 0)
    if (mine >= maxWaitingOfCaller || all >= maxWaiting)
      throw new DspError(429, 42901, "too many wait for changes already: ask without `wait`")
    waiting.set(caller, mine + 1)
    try {
      const until = clock.monotonic() + waitSeconds * 1000
      while (changes.newest() <= after && clock.monotonic() < until && !signal.aborted)
        await delay(lookMs, undefined, { ref: false })
    } finally {
      const left = (waiting.get(caller) ?? 1) - 1
      if (left > 0) waiting.set(caller, left)
      else waiting.delete(caller)
    }
  }

  const partOf = async (snapshot: Snapshot, chunk: number, size: number): Promise<SnapshotPart> => {
    const { id, seq, starts, objects, types, limit } = snapshot
    const after = starts[chunk]
    if (after === undefined)
      throw new DspError(400, 40001, `this snapshot has the parts 0 to ${starts.length - 1}`)
    snapshot.usedAt = clock.monotonic()
    const shown = changes.page({ after, upTo: starts[chunk + 1], seq, most: limit })
    const { lines, objects: taken } = await changeLines(parts, shown, { types, from: size })
    // A part is one answer: what does not fit into it belongs to no other.
    if (taken < shown.length)
      throw new DspError(400, 40001, "a part of this size is too large: ask for a smaller one")
    return { id, seq, chunk, chunks: starts.length, objects, lines }
  }

  return {
    info: () => ({
      service: "hufu",
      version: parts.version,
      status: "healthy",
      supported_types: dspTypes,
      retention: {
        window_hours: keptEndedMs / 3_600_000,
        oldest_seq: changes.oldest(),
        newest_seq: changes.newest(),
      },
      snapshot: {
        access_timeout_hours: accessMs / 3_600_000,
        max_lifetime_hours: lifetimeMs / 3_600_000,
        supports_incremental: false,
        supports_chunking: true,
      },
      changes: { supports_long_polling: true, payload_type: "FULL_JSON" },
    }),
    newest: () => changes.newest(),
    async changes(asked, signal) {
      admit(asked.caller)
      await tidy()
      const { after, limit, waitSeconds, types, size } = asked
      const oldest = changes.oldest()
      const isOfChanges = types.has("acs") || types.has("registration")
      if (isOfChanges && after < oldest)
        throw new DspError(
          410,
          41001,
          `what ended before place ${oldest} is not kept any more: take a snapshot`,
          {
            oldest_seq: oldest,
          },
        )
      if (waitSeconds > 0 && changes.newest() <= after) await wait(asked, signal)
      const found = changes.after(after, limit)
      if (found.length === 0 && (waitSeconds > 0 || !types.has("checkpoint")))
        return { lines: [], last: undefined, objects: 0, from: after }
      return { ...(await changeLines(parts, found, { types, from: size })), from: after }
    },
    async snapshot({ types, limit, size, caller }) {
      admit(caller)
      await tidy()
      const mine = [...snapshots.values()].filter((each) => each.caller === caller)
      // Whoever begins again and again leaves what they began before.
      const [oldestMine] = mine
      if (mine.length >= maxSnapshotsOfCaller && oldestMine !== undefined) snapshots.delete(oldestMine.id)
      if (snapshots.size >= maxSnapshots)
        throw new DspError(429, 42901, "too many snapshots are open already: delete yours, or ask in an hour")
      const most = Math.min(limit, maxPart)
      const seq = changes.newest()
      const { starts, count } = changes.parts(most)
      const now = clock.monotonic()
      const snapshot: Snapshot = {
        id: `snp_${newSecret()}`,
        caller,
        types,
        seq,
        limit: most,
        starts,
        objects: count,
        madeAt: now,
        usedAt: now,
      }
      snapshots.set(snapshot.id, snapshot)
      return partOf(snapshot, 0, size)
    },
    async part({ id, chunk, size, caller }) {
      admit(caller)
      await tidy()
      const snapshot = snapshots.get(id)
      if (snapshot === undefined) throw new DspError(410, 41002, "this snapshot is over: make another one")
      return partOf(snapshot, chunk, size)
    },
    forget: (id) => void snapshots.delete(id),
  }
}
