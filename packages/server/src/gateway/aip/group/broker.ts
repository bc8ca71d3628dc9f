import { readFile } from "node:fs/promises"
import { getCACertificates } from "node:tls"
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from "amqplib"
import { groupVhost, inboxExchange } from "@hufu/core/aip/group-names"
import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { z } from "zod"
import type { BrokerSettings } from "../../../config/broker-settings.ts"
import { pause } from "../../pause.ts"

/** A message as it came. UNTRUSTED, save `sender`: the broker compares that with whose connection it came on. */
export interface Delivery {
  readonly sender: string | undefined
  readonly content: Buffer
}

/** A queue that is heard, also over connections that break. */
export interface Listening {
  /** Once it is there and heard, the first time; rejects where the broker will not have it. */
  readonly ready: Promise<void>
  isHeard(): boolean
  stop(): Promise<void>
}

/** RabbitMQ, as the node itself is connected to it: it acts there for all of its partners. */
export interface Broker {
  /** Connects, and stays connected. */
  begin(): void
  isUp(): boolean
  /** Resolves once the broker has it on its disk. While it is away, this waits; the same message may then be there twice. */
  publish(to: PublishTo, message: JsonObject, signal: AbortSignal): Promise<void>
  /** Declares and removes, on a channel of its own. */
  arrange<T>(work: (channel: Channel) => Promise<T>, signal: AbortSignal): Promise<T>
  /**
   * Each message is taken off its queue once the handler has resolved; where that throws, it comes again.
   *
   * @param declare sees to it that the queue is there, at each connection
   * @param onGone somebody else has taken the queue away; without it, the queue is made anew
   */
  hear(
    queue: string,
    declare: (channel: Channel) => Promise<unknown>,
    handle: (delivery: Delivery) => Promise<void>,
    onGone?: () => void,
  ): Listening
  /** Closes every connection of a user, as far as the management plugin is known. */
  disconnect(user: string): Promise<void>
  /** Closes what others than the node have opened before a time. */
  disconnectBefore(at: number): Promise<void>
  close(): Promise<void>
}

export interface PublishTo {
  readonly exchange: string
  readonly routingKey: string
  /** In whose name: the broker lets this node say so, and nobody else. */
  readonly sender: string
}

export interface BrokerParts {
  readonly settings: BrokerSettings
  /** As whom the node comes, and by what it shows that it is the node. */
  readonly user: string
  readonly password: string
  /** The roots of this node's own authority. */
  readonly roots: () => readonly string[]
  readonly onUp: () => void
  readonly onAway: () => void
  readonly onError: (error: unknown, doing: string) => void
}

interface Connected {
  readonly model: ChannelModel
  readonly publishing: ConfirmChannel
  readonly hearing: ConfirmChannel
}

interface Heard {
  readonly queue: string
  readonly declare: (channel: Channel) => Promise<unknown>
  readonly handle: (delivery: Delivery) => Promise<void>
  readonly onGone: (() => void) | undefined
  readonly settle: { resolve(): void; reject(error: unknown): void }
  tag: string | undefined
  /** What comes one after another is taken so. */
  turn: Promise<void>
}

const firstPauseMs = 100
const longestPauseMs = 2000
const againMs = 1000
const heartbeatSeconds = 10
/** So many messages wait for a broker that is away; then their senders are told. */
const maxWaiting = 1000
const maxTries = 5
const managementMs = 5000
/** Of each connection at the broker: what it is called, whose it is and since when, in milliseconds. */
const Connections = z.array(
  z.object({ name: z.string(), user: z.string(), connected_at: z.number().optional() }),
)

/** Connects once somebody needs it, and again whenever the connection is lost. Nothing of AMQP is loaded before. */
export function connectBroker(parts: BrokerParts): Broker {
  const { settings, onError } = parts
  const closing = new AbortController()
  const heard = new Map<string, Heard>()
  const waiting = new Set<() => void>()
  const handling = new Set<Promise<void>>()
  let connected: Connected | undefined
  let connecting: Promise<void> | undefined
  let wasUp = false

  function begin(): void {
    connecting ??= connect().finally(() => (connecting = undefined))
  }

  async function connect(): Promise<void> {
    for (
      let pauseMs = firstPauseMs;
      !closing.signal.aborted;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    ) {
      try {
        return await open()
      } catch (error) {
        if (pauseMs === longestPauseMs || wasUp) onError(error, "reach the message broker")
        wasUp = false
        await pause(pauseMs, closing.signal)
      }
    }
  }

  async function open(): Promise<void> {
    const { connect: dial, credentials } = await import("amqplib")
    const url = new URL(settings.url)
    const isSecure = url.protocol === "amqps:"
    const model = await dial(
      {
        protocol: isSecure ? "amqps" : "amqp",
        hostname: url.hostname.replaceAll(/[[\]]/g, ""),
        port: url.port === "" ? (isSecure ? 5671 : 5672) : Number(url.port),
        vhost: groupVhost,
        heartbeat: heartbeatSeconds,
      },
      {
        credentials: credentials.plain(parts.user, parts.password),
        timeout: 10_000,
        noDelay: true,
        ...(isSecure
          ? { servername: url.hostname, minVersion: "TLSv1.2" as const, ca: await authorities() }
          : {}),
      },
    )
    // What is wrong with a connection is seen by its end.
    model.on("error", () => {})
    const publishing = await model.createConfirmChannel()
    const hearing = await model.createConfirmChannel()
    for (const channel of [publishing, hearing])
      channel.on("error", (error) => onError(error, "speak with the message broker"))
    await hearing.prefetch(settings.unacknowledged)
    const now: Connected = { model, publishing, hearing }
    const lose = () => lost(now)
    model.once("close", lose)
    publishing.once("close", lose)
    hearing.once("close", lose)
    if (closing.signal.aborted) {
      await model.close().catch(() => undefined)
      return
    }
    await hearing.assertExchange(inboxExchange, "topic", { durable: true })
    connected = now
    wasUp = true
    for (const each of heard.values()) await listen(each)
    for (const wake of waiting) wake()
    parts.onUp()
  }

  async function authorities(): Promise<string[]> {
    if (settings.ca !== undefined) return [await readFile(settings.ca, "utf8")]
    return [...getCACertificates("default"), ...parts.roots()]
  }

  function lost(gone: Connected): void {
    if (connected !== gone) return
    connected = undefined
    for (const each of heard.values()) each.tag = undefined
    gone.model.close().catch(() => undefined)
    if (closing.signal.aborted) return
    parts.onAway()
    begin()
  }

  /** One queue that the broker does not have, or not like this, is no reason not to hear the others. */
  async function listen(each: Heard): Promise<void> {
    const now = connected
    if (now === undefined) return
    try {
      const channel = await now.model.createChannel()
      channel.on("error", () => {})
      await each.declare(channel)
      await channel.close()
      const { consumerTag } = await now.hearing.consume(each.queue, (message) => took(now, each, message))
      each.tag = consumerTag
      each.settle.resolve()
    } catch (error) {
      each.settle.reject(error)
      if (connected === now) onError(error, `hear the queue ${each.queue}`)
    }
  }

  function took({ hearing }: Connected, each: Heard, message: ConsumeMessage | null): void {
    if (message === null) {
      each.tag = undefined
      vanished(each).catch((error: unknown) => onError(error, `look for the queue ${each.queue}`))
      return
    }
    const sender: unknown = message.properties.userId
    const from = typeof sender === "string" ? sender : undefined
    const mine = each.turn
      .then(() => each.handle({ sender: from, content: message.content }))
      .then(
        () => acknowledge(() => hearing.ack(message)),
        async (error: unknown) => {
          onError(error, `take a message of ${each.queue}`)
          await pause(againMs, closing.signal)
          acknowledge(() => hearing.nack(message))
        },
      )
      .finally(() => handling.delete(mine))
    each.turn = mine
    handling.add(mine)
  }

  /** The broker has said that a queue is heard no more. Only where it is not there any more was it taken away. */
  async function vanished(each: Heard): Promise<void> {
    await pause(firstPauseMs, closing.signal)
    const now = connected
    if (now === undefined || heard.get(each.queue) !== each) return
    const isThere = await now.model.createChannel().then(async (channel) => {
      channel.on("error", () => {})
      return channel.checkQueue(each.queue).then(
        () => channel.close().then(() => true),
        () => false,
      )
    })
    if (connected !== now || each.tag !== undefined) return
    if (isThere || each.onGone === undefined) await listen(each)
    else each.onGone()
  }

  async function up(signal: AbortSignal): Promise<Connected> {
    for (;;) {
      if (connected !== undefined) return connected
      if (signal.aborted || closing.signal.aborted) throw away()
      if (waiting.size >= maxWaiting)
        throw new Failure(
          "overloaded",
          "the message broker is away, and too much waits for it: try again later",
        )
      begin()
      await new Promise<void>((resolve) => {
        const done = () => {
          waiting.delete(done)
          for (const each of [signal, closing.signal]) each.removeEventListener("abort", done)
          resolve()
        }
        waiting.add(done)
        for (const each of [signal, closing.signal]) each.addEventListener("abort", done, { once: true })
      })
    }
  }

  /** Asks the management plugin about connections; undefined where it is not known, or has none of the name. */
  async function manage(method: "GET" | "DELETE", path: string): Promise<Response | undefined> {
    if (settings.management === undefined) return undefined
    const reply = await fetch(`${settings.management.replace(/\/$/, "")}/api/connections${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${parts.user}:${parts.password}`).toString("base64")}`,
      },
      redirect: "error",
      signal: AbortSignal.timeout(managementMs),
    })
    if (reply.status === 404) return undefined
    if (!reply.ok)
      throw new Failure("upstream_unavailable", `the broker's management answered with HTTP ${reply.status}`)
    return reply
  }

  async function publish(to: PublishTo, message: JsonObject, signal: AbortSignal): Promise<void> {
    const content = Buffer.from(JSON.stringify(message))
    for (let tries = 1; ; tries++) {
      const { publishing } = await up(signal)
      try {
        return await confirmed(publishing, to, content, message["id"])
      } catch (error) {
        if (tries >= maxTries || signal.aborted) throw error
        await pause(againMs, signal)
      }
    }
  }

  return {
    begin,
    isUp: () => connected !== undefined,
    publish,
    async arrange(work, signal) {
      const { model } = await up(signal)
      const channel = await model.createChannel()
      channel.on("error", () => {})
      try {
        return await work(channel)
      } finally {
        await channel.close().catch(() => undefined)
      }
    },
    hear(queue, declare, handle, onGone) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      // Whoever waits for it hears of it; nobody has to.
      promise.catch(() => undefined)
      const each: Heard = {
        queue,
        declare,
        handle,
        onGone,
        settle: { resolve, reject },
        tag: undefined,
        turn: Promise.resolve(),
      }
      heard.set(queue, each)
      if (connected === undefined) begin()
      else void listen(each)
      return {
        ready: promise,
        isHeard: () => each.tag !== undefined,
        async stop() {
          if (heard.get(queue) === each) heard.delete(queue)
          if (each.tag !== undefined) await connected?.hearing.cancel(each.tag).catch(() => undefined)
        },
      }
    },
    async disconnect(user) {
      await manage("DELETE", `/username/${encodeURIComponent(user)}`)
    },
    async disconnectBefore(at) {
      const reply = await manage("GET", "")
      for (const { name, user, connected_at: since = 0 } of Connections.parse((await reply?.json()) ?? []))
        if (user !== parts.user && since < at) await manage("DELETE", `/${encodeURIComponent(name)}`)
    },
    async close() {
      closing.abort()
      const now = connected
      connected = undefined
      await Promise.allSettled(handling)
      await connecting
      await now?.model.close().catch(() => undefined)
    },
  }
}

function confirmed(
  channel: ConfirmChannel,
  { exchange, routingKey, sender }: PublishTo,
  content: Buffer,
  id: unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const properties = {
      persistent: true,
      contentType: "application/json",
      userId: sender,
      ...(typeof id === "string" ? { messageId: id } : {}),
    }
    channel.publish(exchange, routingKey, content, properties, (error: unknown) =>
      error === null || error === undefined
        ? resolve()
        : reject(
            new Failure("upstream_unavailable", "the message broker did not take it: a queue may be full", {
              cause: error,
            }),
          ),
    )
  })
}

/** A channel that has ended meanwhile needs no answer: the broker gives the message out again. */
function acknowledge(work: () => void): void {
  try {
    work()
  } catch {
    // It has ended.
  }
}

function away(): Failure {
  return new Failure("upstream_unavailable", "the message broker is away: try again later")
}
