import { readAddress } from "../../fence/ground/read-address.ts"
import { Failure } from "@hufu/core/failure"
import { fetchPeer } from "../../registry/fetch-peer.ts"
import { type ReachOptions, refuseName } from "../mcp/upstream/reachable-address.ts"
import type { Delegation, Event, Notice, WriteNotice } from "./delegations.ts"

/** Tells others by HTTP what happens to a delegation. */
export interface SendNotice {
  /** Throws Failure for an address that may not be told. */
  refuse(url: string): Promise<void>
  /** Not awaited: whoever cannot be reached loses notices, and nothing else waits for it. */
  send(notice: Notice, delegation: Delegation, event: Event): void
  close(): Promise<void>
}

export interface SendNoticeParts {
  readonly reach: ReachOptions
  /** Addresses that are Hufu's own. */
  readonly isOwn: (url: string) => boolean
  /** How each protocol writes them; loaded when there is one to write. */
  readonly write: Readonly<Partial<Record<Notice["protocol"], () => Promise<WriteNotice>>>>
  readonly onError: (error: unknown) => void
}

const mostQueued = 1000
const mostWaiting = 100
const tries = 3
const firstPauseMs = 500
const timeoutMs = 10_000

export function sendNotices(parts: SendNoticeParts): SendNotice {
  const ended = new AbortController()
  /** One after another for each address, so that they come in order. */
  const queues = new Map<string, { waiting: (() => Promise<void>)[]; running: Promise<void> }>()

  async function tell(notice: Notice, delegation: Delegation, event: Event): Promise<void> {
    const write = await parts.write[notice.protocol]?.()
    const written = write?.(notice, delegation, event)
    if (written === undefined) return
    for (let attempt = 1; attempt <= tries && !ended.signal.aborted; attempt++) {
      try {
        const { status } = await fetchPeer(new URL(notice.url), {
          method: "POST",
          headers: written.headers,
          body: written.body,
          timeoutMs,
          maxBytes: 64 * 1024,
          reach: parts.reach,
          signal: ended.signal,
        })
        if (status < 500 && status !== 429) return
      } catch (error) {
        if (attempt === tries && !ended.signal.aborted) parts.onError(error)
      }
      if (attempt < tries)
        await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 4 ** attempt).unref())
    }
  }

  async function run(queue: { waiting: (() => Promise<void>)[] }): Promise<void> {
    for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) await next()
  }

  return {
    async refuse(text) {
      const address = readAddress(text)
      const url = URL.parse(text)
      if (address === undefined || url === null || !/^https?:$/.test(url.protocol) || url.username !== "")
        throw new Failure("invalid_input", "give an https:// address without a user to be told at")
      if (parts.isOwn(text)) throw new Failure("forbidden", "that address is Hufu's own: give the agent's")
      await refuseName(address.host, address.port ?? 443, parts.reach)
    },
    send(notice, delegation, event) {
      const key = `${delegation.id}\n${notice.id}`
      const known = queues.get(key)
      const queue = known ?? { waiting: [], running: Promise.resolve() }
      if (queue.waiting.length >= mostWaiting || (known === undefined && queues.size >= mostQueued))
        return parts.onError(new Error("an address that is told of a delegation does not keep up"))
      queue.waiting.push(() => tell(notice, delegation, event))
      if (known !== undefined) return undefined
      queues.set(key, queue)
      queue.running = run(queue).finally(() => queues.delete(key))
      return undefined
    },
    async close() {
      ended.abort(new Error("Hufu is closing"))
      await Promise.allSettled([...queues.values()].map(({ running }) => running))
    },
  }
}
