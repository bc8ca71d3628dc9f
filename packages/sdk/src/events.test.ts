import { Failure } from "@hufu/core/failure"
import { describe, expect, it } from "vitest"
import { createClient } from "./create-client.ts"
import { events } from "./events.ts"
import type { Followed } from "./events-of.ts"
import { readEventStream } from "./read-event-stream.ts"
import type { Sent } from "./transport.ts"

async function* chunks(...texts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text
    yield new TextEncoder().encode(text)
  }
}

interface NodeEventLike {
  readonly type: string
  readonly [member: string]: unknown
}

const told = (id: string, event: NodeEventLike) =>
  `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
const entry = (index: number) => ({ type: "entry", index, at: 1, kind: "hold" })

/** A node that answers each connection in turn, and after the last one never again. */
function nodeOf(...answers: (readonly (string | Error)[] | Error)[]) {
  const sent: Sent[] = []
  const client = createClient({
    token: () => `hufu_browser_${sent.length}`,
    transport: async () => {
      throw new Error("nothing is called")
    },
    stream: async (request) => {
      const answer = answers[sent.length]
      sent.push(request)
      if (answer instanceof Error) throw answer
      if (!answer) return new Promise((_resolve, reject) => request.signal.addEventListener("abort", reject))
      return { status: 200, text: async () => "", chunks: chunks(...answer) }
    },
  })
  return { client, sent }
}

async function take(count: number, from: AsyncGenerator<Followed>): Promise<Followed[]> {
  const taken: Followed[] = []
  while (taken.length < count) {
    const { done, value } = await from.next()
    if (done) break
    taken.push(value)
  }
  return taken
}

describe("following", () => {
  it("goes on from the last event when a connection ends or breaks, with the token of that moment", async () => {
    const { client, sent } = nodeOf(
      [told("1", entry(1)), told("2", entry(2))],
      [told("2", { type: "ready", size: 3 }), new TypeError("terminated")],
      new Failure("node_unavailable", "gone"),
      [told("3", entry(3))],
    )
    const states: string[] = []
    const following = events(client, { retryMs: 1, onState: (state) => states.push(state) })
    const taken = await take(4, following)
    expect(taken.map(({ id, event }) => [id, event.type])).toEqual([
      ["1", "entry"],
      ["2", "entry"],
      ["2", "ready"],
      ["3", "entry"],
    ])
    expect(sent.map(({ path }) => path)).toEqual([
      "/v1/events",
      "/v1/events?from=2",
      "/v1/events?from=2",
      "/v1/events?from=2",
    ])
    expect(sent.map(({ headers }) => headers["authorization"]?.slice(-1))).toEqual(["0", "1", "2", "3"])
    const changes = states.filter((state, i) => state !== states[i - 1])
    expect(changes).toEqual(["live", "reconnecting", "live", "reconnecting", "live"])
    await following.return(undefined)
  })

  it("begins where it is told to, and ends by its signal without an error", async () => {
    const { client, sent } = nodeOf([told("8", entry(8))])
    const ending = new AbortController()
    const following = events(client, { from: "7 &", signal: ending.signal, retryMs: 1 })
    expect(await take(1, following)).toHaveLength(1)
    const rest = following.next()
    ending.abort()
    expect(await rest).toEqual({ done: true, value: undefined })
    expect(sent[0]?.path).toBe("/v1/events?from=7%20%26")
  })

  it("counts a connection that says nothing as lost", async () => {
    const silent = new Promise<never>(() => {})
    let opened = 0
    const following = events(
      {
        follow: async (_path, signal) => {
          opened++
          return (async function* () {
            if (opened > 1) yield* chunks(told("1", entry(1)))
            else
              await Promise.race([
                silent,
                new Promise((_resolve, reject) =>
                  signal.addEventListener("abort", () => reject(new Error("aborted"))),
                ),
              ])
          })()
        },
      },
      { retryMs: 1, silenceMs: 5 },
    )
    expect((await take(1, following)).map(({ id }) => id)).toEqual(["1"])
    expect(opened).toBe(2)
    await following.return(undefined)
  })

  it("throws a refusal that waiting does not mend", async () => {
    const { client } = nodeOf(new Failure("unauthenticated", "sign in"))
    await expect(events(client).next()).rejects.toMatchObject({ code: "unauthenticated" })
  })

  it("passes over what it does not know", async () => {
    const { client } = nodeOf([
      told("1", { type: "purple" }),
      "event: entry\ndata: not json\n\n",
      ":\n\n",
      told("2", entry(2)),
    ])
    const following = events(client, { retryMs: 1 })
    expect((await take(1, following)).map(({ id }) => id)).toEqual(["2"])
    await following.return(undefined)
  })
})

describe("reading an event stream", () => {
  async function read(...texts: string[]) {
    const messages = []
    for await (const message of readEventStream(chunks(...texts))) messages.push(message)
    return messages
  }

  it("puts messages together, however they were cut", async () => {
    const text = "id: 1\nevent: a\ndata: x\ndata: 虎\n\n: nothing\n\ndata:y\r\n\r\n"
    const whole = [
      { id: "1", event: "a", data: "x\n虎" },
      { id: undefined, event: "message", data: "y" },
    ]
    expect(await read(text)).toEqual(whole)
    expect(await read(...Array.from(text))).toEqual(whole)
  })

  it("gives nothing for a message that was cut off", async () => {
    expect(await read("data: x\n")).toEqual([])
  })

  it("refuses one without an end", async () => {
    await expect(read("data: ", "x".repeat(300_000))).rejects.toMatchObject({ code: "too_large" })
  })
})
