import { setTimeout as delay } from "node:timers/promises"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  heldCalls,
  nodeStatus,
  type NodeUnderTest,
  startNode,
  stopAll,
  suspendAgent,
} from "../node-under-test.ts"
import type { Recorder } from "../upstream/start-recorder.ts"
import { callOnce, callUntilRefused, keepStream, type Refused } from "./refusal-clock.ts"

export interface StopOptions {
  how: "suspend" | "stop-all"
  live: number
  holds: number
  queued: number
}

export interface StopResult {
  how: StopOptions["how"]
  /** From just before the stop was asked for to the last refusal at any client. */
  lastRefusalMs: number
  slowest: string
  /** What the node itself measured, from its commit to the last acknowledgement. */
  reportedMs: number
  clients: number
  cancelledHolds: number
  inFlight: number
  problems: string[]
}

const limitMs = 1000
const streams = 10
const inFlightAtOnce = 8
const slowCallMs = 60_000
const waitForRefusalMs = 20_000
const agent = "stop"
/** What left before the stop may need so long to be written down by the upstream. */
const arrivingMs = 50

/** Stop an agent, or everything, while it is busy in every way, and measure when the last client knew. */
export async function measureStop(recorder: Recorder, options: StopOptions): Promise<StopResult> {
  const node = await startNode({
    config: { ask: { waitSeconds: 120, expirySeconds: 600 }, upstream: { concurrency: inFlightAtOnce } },
  })
  try {
    await enrolPerson(node)
    await addHttpServer(node, "notes", recorder.url)
    await addHttpServer(node, "slow", recorder.url)
    const credential = await createAgent(node, agent)
    await grantAll(node)
    const { ended, ready } = startClients(node, credential, options)
    await ready
    await untilBusy(node, recorder, options)
    const askedAt = performance.now()
    const report = await (options.how === "suspend" ? suspendAgent(node, agent) : stopAll(node))
    const answeredAt = performance.now()
    await delay(arrivingMs)
    recorder.received() // forwarded before the stop: the node lists these as in flight
    const refused = await inTime(ended)
    const last = refused.reduce((a, b) => (a.at > b.at ? a : b))
    await delay(200) // long enough for anything that still leaves to reach the upstream
    const lastRefusalMs = last.at - askedAt
    return {
      how: options.how,
      lastRefusalMs,
      slowest: last.client,
      reportedMs: report.tookMs,
      clients: refused.length,
      cancelledHolds: report.cancelledHolds.length,
      inFlight: report.inFlight.length,
      problems: [
        ...(lastRefusalMs <= limitMs
          ? []
          : [`the last refusal (${last.client}) came after ${lastRefusalMs.toFixed(0)} ms`]),
        ...servedAfter(refused, answeredAt),
        ...performedLate(recorder, options),
        ...(report.cancelledHolds.length === options.holds
          ? []
          : [`${report.cancelledHolds.length} holds were cancelled`]),
      ],
    }
  } finally {
    await node.dispose()
  }
}

async function grantAll(node: NodeUnderTest): Promise<void> {
  await grantMandate(node, agent, {
    task: null,
    words: "write by yourself, ask me before you send",
    grants: [
      { effects: ["write", "execute"], tools: ["*"], limits: [], mode: "auto" },
      { effects: ["send"], tools: ["*"], limits: [], mode: "ask" },
    ],
    until: Date.now() + 3_600_000,
  })
}

function startClients(node: NodeUnderTest, credential: string, { live, holds, queued }: StopOptions) {
  const of = (server: string, n: number) => ({ door: doorOf(node, server), credential, n })
  const list = (count: number) => Array.from({ length: count }, (_, n) => n)
  const begun: Promise<void>[] = []
  const begin = (start: (started: () => void) => Promise<Refused>): Promise<Refused> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    begun.push(promise)
    const ended = start(resolve)
    ended.catch(reject)
    return ended
  }
  const all = [
    ...list(live - streams).map((n) => begin((started) => callUntilRefused(of("notes", n), started))),
    ...list(streams).map((n) => begin((started) => keepStream(of("notes", n), started))),
    ...list(holds).map((n) => callOnce(of("notes", n), "send_note", { to: `person-${n}` })),
    ...list(queued + inFlightAtOnce).map((n) => callOnce(of("slow", n), "write_slowly", { ms: slowCallMs })),
  ]
  return { ended: Promise.all(all), ready: Promise.all(begun) }
}

// The stop is asked for only when every hold is there and the upstream is full.
async function untilBusy(node: NodeUnderTest, recorder: Recorder, { holds }: StopOptions): Promise<void> {
  let slow = 0
  for (let turn = 0; turn < 200; turn++) {
    slow += recorder.received().filter((message) => message.params?.["name"] === "write_slowly").length
    const status = await nodeStatus(node)
    if (
      (await heldCalls(node)).length >= holds &&
      slow >= inFlightAtOnce &&
      status.inFlight >= inFlightAtOnce
    )
      return
    await delay(50)
  }
  throw new Error("the node did not become busy: not every call is held or under way")
}

async function inTime(ended: Promise<Refused[]>): Promise<Refused[]> {
  const late = new AbortController()
  const silence = delay(waitForRefusalMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`some clients heard nothing within ${waitForRefusalMs} ms of the stop`)
  })
  silence.catch(() => {})
  try {
    return await Promise.race([ended, silence])
  } finally {
    late.abort()
  }
}

function servedAfter(refused: readonly Refused[], answeredAt: number): string[] {
  const late = refused.filter(({ servedAt }) => servedAt.some((at) => at > answeredAt))
  return late.map(({ client }) => `${client} was served after the stop had been reported`)
}

// INVARIANT: what was still waiting for a person or for its turn never leaves after a stop.
function performedLate(recorder: Recorder, { queued }: StopOptions): string[] {
  const names = recorder.received().map((message) => message.params?.["name"])
  const sent = names.filter((name) => name === "send_note").length
  const slow = names.filter((name) => name === "write_slowly").length
  return [
    ...(sent === 0 ? [] : [`${sent} held calls were performed`]),
    ...(slow === 0 ? [] : [`${slow} of ${queued} queued calls were performed after the stop`]),
  ]
}
