import { createInterface } from "node:readline"
import { Pool } from "undici"
import { quantile } from "../statistics.ts"
import { eventText, type Protocol, talkOf } from "./talk.ts"

// The asking agents, in a process of their own: one order per line in, one result per line out.

/** Many pieces of work, or many streams. */
export interface InterconnectOrder {
  url: string
  /** Where streams are asked for, if that is elsewhere. */
  streamUrl: string
  protocol: Protocol
  senderId: string
  credential?: string
  /** How many at once. */
  clients: number
  seconds: number
  warmCalls: number
  textBytes: number
  streams?: { readonly events: number; readonly everyMs: number }
}

export interface InterconnectResult {
  calls: number
  wrong: number
  elapsedMs: number
  p50Ms: number
  p99Ms: number
  /** Of streams: the events that came, and how many streams were at once between their first event and their last. */
  events: number
  atOnce: number
}

process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as InterconnectOrder // written by the bench itself
  const result = await (order.streams === undefined ? works(order) : streams(order, order.streams))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

function opened(order: InterconnectOrder, at: URL) {
  const talk = talkOf(order.protocol, order.senderId)
  const pool = new Pool(at.origin, { connections: order.clients, headersTimeout: 0, bodyTimeout: 0 })
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...talk.headers,
    ...(order.credential === undefined ? {} : { authorization: `Bearer ${order.credential}` }),
  }
  const send = (body: string) =>
    pool.request({ path: at.pathname + at.search, method: "POST", headers, body })
  return { talk, pool, send }
}

async function works(order: InterconnectOrder): Promise<InterconnectResult> {
  const { talk, pool, send } = opened(order, new URL(order.url))
  const text = "x".repeat(order.textBytes)
  const took: number[] = []
  let wrong = 0
  const once = async () => {
    for (const { body, holds } of talk.work(text)) {
      const reply = await send(body)
      const said = await reply.body.text()
      if (reply.statusCode !== 200 || !said.includes(holds) || said.includes('"error"')) return false
    }
    return true
  }
  const clients = Array.from({ length: order.clients }, (_, n) => n)
  await Promise.all(
    clients.map(async () => {
      for (let n = 0; n < order.warmCalls; n++) await once()
    }),
  )
  const startedAt = performance.now()
  const until = startedAt + order.seconds * 1000
  await Promise.all(
    clients.map(async () => {
      for (let before = performance.now(); before < until;) {
        if (!(await once())) wrong++
        const after = performance.now()
        took.push(after - before)
        before = after
      }
    }),
  )
  const elapsedMs = performance.now() - startedAt
  await pool.destroy()
  return { calls: took.length, wrong, elapsedMs, events: 0, atOnce: 0, ...quantiles(took) }
}

/** Every stream has to tell every event once and in order, and to end. */
async function streams(
  order: InterconnectOrder,
  { events, everyMs }: { readonly events: number; readonly everyMs: number },
): Promise<InterconnectResult> {
  const { talk, pool, send } = opened(order, new URL(order.streamUrl))
  const calls = opened({ ...order, clients: 16 }, new URL(order.url))
  const late: number[] = []
  let wrong = 0
  let came = 0
  let open = 0
  let atOnce = 0
  const startedAt = performance.now()
  const one = async () => {
    const { body, take } = talk.stream(events, everyMs)
    const reply = await send(body)
    let next = 0
    let isOver = false
    for await (const event of eventsIn(reply.body)) {
      const [, nth, at] = eventText.exec(event) ?? []
      if (nth !== undefined) {
        if (Number(nth) !== next) return false
        if (next === 0) atOnce = Math.max(atOnce, (open += 1))
        next += 1
        came += 1
        late.push(performance.timeOrigin + performance.now() - Number(at))
      }
      if (!talk.isLast(event)) continue
      isOver = true
      open -= 1
      break
    }
    // A task of AIP has a stream until what it delivered is taken.
    if (take !== undefined) await (await calls.send(take)).body.dump()
    return isOver && next === events
  }
  await Promise.all(
    Array.from({ length: order.clients }, async () => {
      if (!(await one().catch(() => false))) wrong++
    }),
  )
  const elapsedMs = performance.now() - startedAt
  await Promise.all([pool.destroy(), calls.pool.destroy()])
  return { calls: order.clients, wrong, elapsedMs, events: came, atOnce, ...quantiles(late) }
}

async function* eventsIn(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let held = ""
  for await (const chunk of body) {
    held += chunk.toString("utf8")
    for (let end = held.indexOf("\n\n"); end >= 0; end = held.indexOf("\n\n")) {
      const event = held.slice(0, end)
      held = held.slice(end + 2)
      yield event
    }
  }
}

function quantiles(took: number[]) {
  took.sort((a, b) => a - b)
  return { p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
}
