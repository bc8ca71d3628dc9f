import { createServer, request as openRequest, type IncomingHttpHeaders, type Server } from "node:http"
import { once } from "node:events"
import { afterEach, expect, test } from "vitest"
import { startHeaderShim, type HeaderShim } from "./header-shim.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function startBehind(server: Server): Promise<{ shim: HeaderShim; port: number }> {
  server.listen(0, loopback)
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address ? address.port : 0
  const shim = await startHeaderShim(`http://${loopbackInUrl}:${port}/mcp`, { authorization: "Bearer t" })
  closing.push(
    shim.close,
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { shim, port }
}

async function seenHeaders(
  sent: Record<string, string>,
): Promise<{ seen: IncomingHttpHeaders; port: number }> {
  const server = createServer((request, response) => response.end(JSON.stringify(request.headers)))
  const { shim, port } = await startBehind(server)
  const request = openRequest(shim.url, { headers: sent }).end()
  const [response] = await once(request, "response")
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { seen: JSON.parse(Buffer.concat(chunks).toString()) as IncomingHttpHeaders, port } // our own echo
}

test("the credential is added and the shim's own address becomes the target's", async () => {
  const { seen, port } = await seenHeaders({ "x-other": "kept" })
  expect(seen.authorization).toBe("Bearer t")
  expect(seen.host).toBe(`${loopbackInUrl}:${port}`)
  expect(seen["x-other"]).toBe("kept")
})

test("a foreign Host and Origin reach the target untouched", async () => {
  const { seen } = await seenHeaders({ host: "evil.example.com", origin: "http://evil.example.com" })
  expect(seen.host).toBe("evil.example.com")
  expect(seen.origin).toBe("http://evil.example.com")
})

test("the first event of a stream arrives before the second is written", async () => {
  let writeSecond = (): void => undefined
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n")
    writeSecond = () => response.end("data: 2\n\n")
  })
  const { shim } = await startBehind(server)
  const reader = (await fetch(shim.url)).body?.getReader()
  const next = async (): Promise<string> => new TextDecoder().decode((await reader?.read())?.value)
  expect(await next()).toBe("data: 1\n\n")
  writeSecond()
  expect(await next()).toBe("data: 2\n\n")
})

test("a client that goes away is seen to go away by the target", async () => {
  const gone = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    response.once("close", gone.resolve)
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n")
  })
  const { shim } = await startBehind(server)
  const abort = new AbortController()
  await fetch(shim.url, { signal: abort.signal })
  abort.abort()
  await gone.promise
})
