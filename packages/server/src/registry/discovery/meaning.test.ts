import { loopback, loopbackInUrl } from "../../http/testing/loopback.ts"
import { createServer, type IncomingHttpHeaders, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { openMeaning } from "./meaning.ts"
import { searchByMeaning } from "./search-by-meaning.ts"
import { type IndexUnderTest, indexUnderTest } from "./testing/index-under-test.ts"
import { made, madeSource } from "./testing/registrations.ts"

const first = made({ title: "Trips by train", description: "Plans trips." })
const second = made({ title: "Trips", description: "Plans trips by ship and ferry." })
const third = made({ title: "Trips for groups", description: "Plans trips." })

/** Says of each text how much it speaks of the sea, of rails and of anything. */
function vectorOf(text: string): number[] {
  const count = (words: RegExp) => text.match(words)?.length ?? 0
  return [count(/sea|ship|ferry/g), count(/train|rail/g), 0.1]
}

describe("a service of embeddings", () => {
  let service: Server
  let url: string
  const asked: { body: { model: string; input: string[] }; headers: IncomingHttpHeaders }[] = []
  let answer: (input: string[]) => string | Promise<string>
  let status = 200
  const good = (input: string[]) =>
    JSON.stringify({ data: input.map((text, index) => ({ index, embedding: vectorOf(text) })).toReversed() })

  let under: IndexUnderTest
  const source = madeSource(first, second, third)
  const ask = (text: string, { limit = 10, offset = 0, timeoutMs = 2000 } = {}) =>
    searchByMeaning(
      { index: under.index, source },
      { text, limit, offset },
      openMeaning({ url, model: "small", key: "k1", timeoutMs }),
    )
  const titles = async (...args: Parameters<typeof ask>) =>
    (await ask(...args)).hits.map(({ registration }) => registration.content.title)

  beforeAll(async () => {
    under = indexUnderTest()
    under.index.apply([first, second, third].map((registration) => ({ id: registration.id, registration })))
    service = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        // What the client under test has just written.
        const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { model: string; input: string[] }
        asked.push({ body, headers: request.headers })
        response.writeHead(status, { "content-type": "application/json", location: url })
        void Promise.resolve(answer(body.input)).then((text) => response.end(text))
      })
    })
    await new Promise<void>((resolve) => service.listen(0, loopback, resolve))
    url = `http://${loopbackInUrl}:${(service.address() as AddressInfo).port}/v1/embeddings`
  })
  beforeEach(() => {
    asked.length = 0
    status = 200
    answer = good
  })
  afterAll(() => {
    service.closeAllConnections()
    service.close()
    under.remove()
  })

  it("puts what words found in order by meaning, and is sent no more than is public", async () => {
    expect(await titles("trips over the sea")).toEqual(["Trips", "Trips for groups", "Trips by train"])
    expect(asked).toHaveLength(1)
    expect(asked[0]?.headers.authorization).toBe("Bearer k1")
    expect(asked[0]?.body.model).toBe("small")
    expect(asked[0]?.body.input.slice(0, 2)).toContain("trips over the sea")
    expect(JSON.stringify(asked[0]?.body)).not.toContain(first.owner)
    const { hits } = await ask("trips over the sea")
    expect(hits.map(({ meaning }) => (meaning ?? 0) > 90)).toEqual([true, false, false])
  })

  it("is asked once for what it has said, and again for a question", async () => {
    const meaning = openMeaning({ url, model: "small", key: undefined, timeoutMs: 2000 })
    const all = [first, second, third]
    await meaning("sea", all)
    expect(await meaning("train", all)).toEqual([
      expect.closeTo(100, 0),
      expect.any(Number),
      expect.any(Number),
    ])
    expect(asked.map(({ body }) => body.input.length)).toEqual([4, 1])
    expect(asked[0]?.headers.authorization).toBeUndefined()
    await meaning("sea", [{ ...first, revision: 2 }])
    expect(asked.at(-1)?.body.input).toHaveLength(2)
  })

  it("pages through the order that it gave", async () => {
    const whole = await titles("trips over the sea")
    expect([
      ...(await titles("trips over the sea", { limit: 1 })),
      ...(await titles("trips over the sea", { limit: 2, offset: 1 })),
    ]).toEqual(whole)
  })

  it("changes nothing where it fails, is late, too much or makes no sense", async () => {
    const byWords = (
      await searchByMeaning({ index: under.index, source }, { text: "trips", limit: 10 }, undefined)
    ).hits
    const vectors = (embedding: unknown) => (input: string[]) =>
      JSON.stringify({ data: input.map((_, index) => ({ index, embedding })) })
    const bad: [string, typeof answer][] = [
      ["no JSON", () => "<html>"],
      ["nothing", () => "{}"],
      [
        "one left out",
        (input) => JSON.stringify({ data: [{ index: 0, embedding: vectorOf(input[0] ?? "") }] }),
      ],
      ["no direction", vectors([0, 0, 0])],
      ["texts", vectors(["a"])],
      ["too many numbers", vectors(Array.from({ length: 9000 }, () => 1))],
      [
        "different lengths",
        (input) =>
          JSON.stringify({ data: input.map((_, index) => ({ index, embedding: Array(index + 1).fill(1) })) }),
      ],
      ["too much", () => `{"data":[],"more":"${"x".repeat(17 * 1024 * 1024)}"}`],
    ]
    for (const [why, say] of bad) {
      answer = say
      const { hits } = await ask("trips")
      expect(hits, why).toEqual(byWords)
    }
    answer = good
    for (const code of [500, 302, 401]) {
      status = code
      expect((await ask("trips")).hits, String(code)).toEqual(byWords)
    }
    status = 200
    const late = Promise.withResolvers<string>()
    answer = () => late.promise
    expect((await ask("trips", { timeoutMs: 50 })).hits).toEqual(byWords)
    late.resolve("{}")
  })

  it("shows nothing that was stopped while it was asked", async () => {
    answer = (input) => {
      source.stop(second.id)
      return good(input)
    }
    expect(await titles("trips over the sea")).toEqual(["Trips for groups", "Trips by train"])
  })

  it("is not asked where nothing was asked for, or far behind", async () => {
    await ask("")
    await ask("trips", { offset: 40 })
    expect(asked).toEqual([])
  })
})
