import { setTimeout as delay } from "node:timers/promises"
import { Failure, isFailure } from "@hufu/core/failure"
import { toHex } from "@hufu/core/evidence/hex"
import type { Declare } from "../../authority/declare.ts"
import type { Clock } from "../../clock.ts"
import type { Store, Tx } from "../../store/store.ts"
import { checkProvenLine, PeerRefused } from "./check-proven-line.ts"
import { checkToldLine } from "./check-told-line.ts"
import type { DspClient, DspPage } from "./dsp-client.ts"
import type { Envelope } from "./envelope.ts"
import type { Mirrors } from "./mirrors.ts"
import type { PeerPosition, PeerRecord } from "./peer-record.ts"
import type { CheckedLine } from "./remote-change.ts"
import { verifyPeerCheckpoint } from "./verify-peer-checkpoint.ts"

/** Follows one registry as long as the node runs. */
export interface PeerFollower {
  readonly position: PeerPosition
  /** Whether it answers at this moment. */
  readonly isAnswering: boolean
  readonly error: string
  /** Resolves when everything that there is at the other side has been taken in. Throws what stands against it. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

export interface FollowParts {
  readonly store: Pick<Store, "commit" | "vault">
  readonly clock: Clock
  readonly declare: Declare
  readonly mirrors: Mirrors
  readonly client: DspClient
  readonly keep: (tx: Tx, position: PeerPosition) => void
  readonly onRefused: (error: PeerRefused) => void
}

const pageLines = 500
const partLines = 200
const waitSeconds = 25
const firstPauseMs = 200
const longestPauseMs = 30_000
const seenEveryMs = 60_000

export function followPeer(peer: PeerRecord, start: PeerPosition, parts: FollowParts): PeerFollower {
  const { store, clock, declare, mirrors, client } = parts
  const ended = new AbortController()
  const types = peer.trust === "ledger" ? "registration,checkpoint" : "acs"
  let position = start
  let isAnswering = false
  let error = ""
  let hurry = new AbortController()
  let waiters: PromiseWithResolvers<void>[] = []
  let later: PromiseWithResolvers<void>[] = []

  /** Writes what was taken in with how far that is: both or neither. */
  async function advance(
    next: PeerPosition,
    of: { lines: readonly CheckedLine[]; sweep?: boolean },
  ): Promise<void> {
    const taken = of.lines.flatMap((line) => (line.is === "nothing" ? [] : [line.change]))
    const left = of.lines.flatMap((line) => (line.is === "left" ? [line.why] : []))
    let changed: string[] = []
    const after: PeerPosition = {
      ...next,
      left: next.left + left.length,
      why: left.at(-1) ?? next.why,
      seenAt: clock.now(),
    }
    const work = (tx: Tx) => {
      const { isAnew } = position
      changed = mirrors.apply(tx, { peer, changes: taken, round: after.round, isAnew })
      if (of.sweep === true) changed.push(...mirrors.sweep(tx, peer.id, after.round))
      parts.keep(tx, after)
      if (changed.length === 0 && after.size === position.size) return
      declare(tx, {
        fact: "peer.followed",
        subject: peer.id,
        refs: {
          seq: `count-${after.seq}`,
          changed: `count-${changed.length}`,
          ...(after.size === 0 ? {} : { size: `count-${after.size}`, root: after.root }),
        },
      })
    }
    const takesAway = of.sweep === true || taken.some(({ gone }) => gone)
    // What the other side has erased is not left in any file here.
    await (takesAway ? store.vault.forget([], work) : store.commit(work))
    position = after
    mirrors.changed(changed)
  }

  async function check(
    lines: readonly Envelope[],
  ): Promise<{ lines: CheckedLine[]; state: Partial<PeerPosition> }> {
    if (peer.trust === "word")
      return {
        lines: lines.map((line) => (line.type === "acs" ? checkToldLine(line, peer.url) : { is: "nothing" })),
        state: {},
      }
    const [first] = lines
    if (lines.length === 0) return { lines: [], state: {} }
    if (first?.type !== "checkpoint" || peer.vkey === null)
      throw new PeerRefused("bad_checkpoint", "it does not show the state of its ledger")
    const { checkpoint, note } = await verifyPeerCheckpoint(first, peer.vkey, position)
    const checked = lines.map((line): CheckedLine =>
      line.type === "registration" ? checkProvenLine(line, checkpoint) : { is: "nothing" },
    )
    return { lines: checked, state: { size: checkpoint.size, root: toHex(checkpoint.root), note } }
  }

  /** One question and what follows from it; true when there is nothing more to ask for at the moment. */
  async function step(wait: number): Promise<boolean> {
    if (position.snapshot !== null) return readPart(position.snapshot)
    if (position.isAnew) return beginSnapshot()
    const { seq, size } = position
    hurry = new AbortController()
    const signal = AbortSignal.any([ended.signal, hurry.signal])
    const page = await client.changes({
      types,
      after: seq,
      limit: pageLines,
      waitSeconds: wait,
      size,
      signal,
    })
    if (page === "gone") return beginSnapshot()
    return takePage(page)
  }

  async function takePage(page: DspPage): Promise<boolean> {
    const { lines, state } = await check(page.lines)
    const isNew = page.last > position.seq
    const isGrown = state.size !== undefined && state.size > position.size
    const isLate = clock.now() - (position.seenAt ?? 0) > seenEveryMs
    if (isNew || isGrown || isLate) await advance({ ...position, ...state, seq: page.last }, { lines })
    return !isNew
  }

  async function beginSnapshot(): Promise<boolean> {
    const part = await client.snapshot({ types, limit: partLines, size: position.size })
    if (part === "gone") throw unsteady()
    return takePart(part, position.round + 1)
  }

  async function readPart({ id, chunk, chunks }: NonNullable<PeerPosition["snapshot"]>): Promise<boolean> {
    const part = await client.snapshot({
      types,
      limit: partLines,
      size: position.size,
      part: { id, chunk: chunk + 1 },
    })
    if (part === "gone") return beginSnapshot()
    return takePart({ ...part, chunks }, position.round)
  }

  async function takePart(
    part: Exclude<Awaited<ReturnType<DspClient["snapshot"]>>, "gone">,
    round: number,
  ): Promise<boolean> {
    const { lines, state } = await check(part.lines)
    const { id, seq, chunk, chunks } = part
    const isLast = chunk >= chunks - 1
    const next = { ...position, ...state, round }
    if (isLast) await advance({ ...next, seq, snapshot: null, isAnew: false }, { lines, sweep: true })
    else await advance({ ...next, snapshot: { id, seq, chunk, chunks } }, { lines })
    return false
  }

  async function run(): Promise<void> {
    let pauseMs = firstPauseMs
    let wait = 0
    while (!ended.signal.aborted) {
      try {
        // Whoever asks while an answer is on its way is told by the next one.
        const asked = waiters
        waiters = []
        later = asked
        const isDone = await step(asked.length > 0 ? 0 : wait)
        later = []
        isAnswering = true
        error = ""
        pauseMs = firstPauseMs
        // At first without waiting, so that the state of its ledger is compared however little has changed.
        wait = isDone ? waitSeconds : 0
        if (isDone) for (const each of asked) each.resolve()
        else waiters.push(...asked)
      } catch (cause) {
        if (ended.signal.aborted) break
        wait = 0
        waiters.push(...later)
        later = []
        if (hurry.signal.aborted) continue
        isAnswering = false
        if (cause instanceof PeerRefused) return refuse(cause)
        error = isFailure(cause)
          ? cause.message
          : cause instanceof Error
            ? cause.message.slice(0, 300)
            : "it does not answer"
        settle(
          new Failure("peer_unavailable", `the registry \`${peer.url}\` cannot be followed now: ${error}`),
        )
        await delay(pauseMs, undefined, { signal: ended.signal, ref: false }).catch(() => undefined)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
    }
    settle(new Failure("peer_unavailable", "the node is closing: ask again once it runs"))
    return undefined
  }

  /** Nothing more is taken, and what was taken stays as it was said last. */
  async function refuse(cause: PeerRefused): Promise<void> {
    const { fault, message } = cause
    const after = { ...position, fault, why: message }
    await store.commit((tx) => {
      parts.keep(tx, after)
      declare(tx, {
        fact: "peer.refused",
        subject: peer.id,
        refs: {
          fault,
          ...(position.size === 0 ? {} : { size: `count-${position.size}`, root: position.root }),
        },
      })
    })
    position = after
    parts.onRefused(cause)
    settle(refusedNow(peer, after))
  }

  function settle(cause: Failure): void {
    const waiting = waiters
    waiters = []
    for (const each of waiting) each.reject(cause)
  }

  const running = position.fault === null ? run() : Promise.resolve()
  return {
    get position() {
      return position
    },
    get isAnswering() {
      return isAnswering
    },
    get error() {
      return error
    },
    caughtUp() {
      if (position.fault !== null) return Promise.reject(refusedNow(peer, position))
      const waiter = Promise.withResolvers<void>()
      waiters.push(waiter)
      hurry.abort()
      return waiter.promise
    },
    async close() {
      ended.abort()
      await running
    },
  }
}

function refusedNow({ url }: PeerRecord, { why }: PeerPosition): Failure {
  return new Failure(
    "peer_refused",
    `the registry \`${url}\` is not believed any more: ${why}; ask its operator, and where that is right, believe it again with \`hufu registry sync trust\``,
  )
}

function unsteady(): Failure {
  return new Failure("peer_unavailable", "the registry keeps neither its changes nor a snapshot")
}
