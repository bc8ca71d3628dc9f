import type { NodeEvent } from "@hufu/core/contract/node-event"
import { Failure } from "@hufu/core/failure"
import type { DelegationChanges } from "../../gateway/delegation/delegation-changes.ts"
import type { Ledger } from "../../ledger/ledger.ts"
import type { LedgerEntry } from "../../ledger/ledger-rows.ts"
import { type EventPlace, placeId, readPlace } from "./event-place.ts"
import { eventsOfEntry } from "./events-of-entry.ts"

/** Streams of what happens, for whoever may look. */
export interface EventFeed {
  /**
   * Opens a stream of server-sent events.
   *
   * @param of `from`: the id of the last event that was seen; `caller`: whose streams are counted together; `isAllowed`: looked at
   * before anything is sent
   */
  open(of: FollowerOf): ReadableStream<Uint8Array<ArrayBuffer>>
  /** How many follow at this moment. */
  followers(): number
  /** Tells every follower that the node goes, and ends their streams. */
  close(): void
}

export interface FollowerOf {
  readonly from: string | undefined
  readonly caller: string
  readonly isAllowed: () => boolean
}

export interface FeedOptions {
  readonly ledger: Pick<Ledger, "entry" | "entries" | "size">
  /** What else is told, of which the ledger says nothing: never twice, and not to who comes back. */
  readonly delegations?: Pick<DelegationChanges, "last" | "after">
  /** How often it is looked whether the ledger grew: the most that an event is late. */
  readonly lookMs?: number
  readonly heartbeatMs?: number
  /** How long a follower may read nothing. */
  readonly stallMs?: number
  /** How many entries a follower may be behind before it is told to read again. */
  readonly maxBehind?: number
  readonly maxStreams?: number
}

const pageSize = 200
const maxPerCaller = 8

type Ending = Extract<NodeEvent, { type: "bye" }>["reason"]

interface Stream {
  readonly caller: string
  /** Sends what there is, as far as it is read. */
  advance(): void
  end(reason: Ending): void
}

/**
 * Every event but those of delegations comes from the ledger, so a follower is a place in it: nothing is queued for anybody, and a slow one costs a page of
 * memory. The ledger is looked at, not hooked into: only while somebody follows, and never on the way of an action.
 */
export function createEventFeed(options: FeedOptions): EventFeed {
  const {
    ledger,
    delegations = noChanges,
    lookMs = 50,
    heartbeatMs = 15_000,
    stallMs = 60_000,
    maxBehind = 10_000,
    maxStreams = 32,
  } = options
  const streams = new Set<Stream>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let lastPage: { from: number; size: number; entries: LedgerEntry[] } | undefined

  /** Followers of the live end ask for the same page. */
  function page(from: number): LedgerEntry[] {
    const size = ledger.size()
    if (lastPage?.from !== from || lastPage.size !== size)
      lastPage = {
        from,
        size,
        entries: from < size ? ledger.entries(from, Math.min(pageSize, size - from)) : [],
      }
    return lastPage.entries
  }

  function look(): void {
    for (const stream of streams) {
      try {
        stream.advance()
      } catch {
        // What cannot be read now may be read after connecting again.
        stream.end("closing")
      }
    }
  }

  function forget(stream: Stream): void {
    streams.delete(stream)
    if (streams.size > 0) return
    clearInterval(timer)
    timer = undefined
    lastPage = undefined
  }

  /** Where the live end is: after the last entry there is now. */
  function endOfLedger(): { place: EventPlace; id: string } {
    const { entry, hash, index } = ledger.entry(ledger.size() - 1)
    const place = { index, told: eventsOfEntry(entry, index).length }
    return { place, id: placeId(place, hash) }
  }

  function begin(from: string | undefined): { place: EventPlace; first: string } {
    const size = ledger.size()
    if (size === 0) throw new Failure("overloaded", "the node is still starting: try again in a second")
    const known = from === undefined ? undefined : readPlace(from, ledger)
    if (known && size - known.index <= maxBehind)
      return { place: known, first: message({ type: "ready", size }, from) }
    const { place, id } = endOfLedger()
    const first: NodeEvent =
      from === undefined
        ? { type: "ready", size }
        : { type: "reset", reason: known ? "behind" : "unknown", size }
    return { place, first: message(first, id) }
  }

  function changesAfter(seen: number): string {
    const changes = delegations.after(seen)
    if (changes === undefined)
      return message({ type: "reset", reason: "behind", size: ledger.size() }, undefined)
    return changes.map((change) => message({ type: "delegation", ...change }, undefined)).join("")
  }

  function open({ from, caller, isAllowed }: FollowerOf): ReadableStream<Uint8Array<ArrayBuffer>> {
    const mine = [...streams].filter((stream) => stream.caller === caller).length
    if (isClosed || streams.size >= maxStreams || mine >= maxPerCaller)
      throw new Failure("too_many", "too many streams of events are open already: close another page first")
    let { place, first } = begin(from)
    let changed = delegations.last()
    let stream: Stream
    return new ReadableStream(
      {
        start(controller) {
          let sentAt = performance.now()
          let isEnded = false
          // Whoever waits for more asks for it within `enqueue`: what is sent is settled before.
          const send = (text: string) => {
            sentAt = performance.now()
            controller.enqueue(Uint8Array.from(Buffer.from(text)))
          }
          const end = (reason: Ending) => {
            if (isEnded) return
            isEnded = true
            forget(stream)
            try {
              send(message({ type: "bye", reason }, undefined))
              controller.close()
            } catch {
              // It broke before: nobody is there to be told.
            }
          }
          const advance = () => {
            if (isEnded) return undefined
            if (!isAllowed()) return end("signed_out")
            if (ledger.size() - place.index > maxBehind) return end("slow")
            const quietMs = performance.now() - sentAt
            if ((controller.desiredSize ?? 0) <= 0) return quietMs > stallMs ? end("slow") : undefined
            const next = following(place, page)
            place = next.place
            const text = next.text + changesAfter(changed)
            changed = delegations.last()
            if (text !== "") send(text)
            else if (quietMs >= heartbeatMs) send(":\n\n")
            return undefined
          }
          stream = { caller, advance, end }
          streams.add(stream)
          timer ??= setInterval(look, lookMs).unref()
          send(first)
        },
        pull: () => stream.advance(),
        cancel: () => forget(stream),
      },
      { highWaterMark: 2 },
    )
  }

  return {
    open,
    followers: () => streams.size,
    close() {
      isClosed = true
      for (const stream of streams) stream.end("closing")
    },
  }
}

const noChanges: Pick<DelegationChanges, "last" | "after"> = { last: () => 0, after: () => [] }

/** A page of what comes after a place, as text. */
function following(
  place: EventPlace,
  page: (from: number) => LedgerEntry[],
): { text: string; place: EventPlace } {
  let text = ""
  let at = place
  for (const { entry, index, hash } of page(place.index)) {
    const events = eventsOfEntry(entry, index)
    const told = index === place.index ? place.told : 0
    for (const [i, event] of events.entries())
      if (i >= told) text += message(event, placeId({ index, told: i + 1 }, hash))
    at = { index, told: events.length }
  }
  return { text, place: at }
}

function message(event: NodeEvent, id: string | undefined): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
