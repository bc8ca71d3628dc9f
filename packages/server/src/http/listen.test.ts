import { request as httpRequest } from "node:http"
import { connect, createServer, type Socket } from "node:net"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type HttpServer, listenHttp } from "./listen.ts"
import { loopback, loopbackInUrl } from "./testing/loopback.ts"
import { type AppUnderTest, openApp } from "./testing/app-under-test.ts"

let under: AppUnderTest
let http: HttpServer
const mcp: string[] = []

beforeAll(async () => {
  under = await openApp()
  http = await listenHttp(
    {
      app: under.app,
      mcp: (request, response) => {
        mcp.push(request.url ?? "")
        response.end("mcp")
      },
    },
    { host: "127.0.0.1", port: 0 },
  )
})
afterAll(async () => {
  await http.close()
  await under.close()
})

/** A pair of sockets, as the local socket's listener hands one over. */
async function pair(): Promise<{ mine: Socket; theirs: Socket }> {
  const server = createServer().listen(0, loopback)
  await once(server, "listening")
  const address = server.address()
  const mine = connect(typeof address === "object" ? (address?.port ?? 0) : 0, loopback)
  const [theirs] = (await once(server, "connection")) as [Socket]
  server.close()
  return { mine, theirs }
}

describe("the name of this machine", () => {
  it("is this node at both of its addresses, so that nobody else can be there", async () => {
    for (const host of [loopbackInUrl, "[::1]", "localhost"])
      expect(await (await fetch(`http://${host}:${http.port}/healthz`)).json()).toEqual({ ok: true })
    const squatter = createServer()
    squatter.listen(http.port, "::1")
    const [error] = (await once(squatter, "error")) as [NodeJS.ErrnoException]
    expect(error.code).toBe("EADDRINUSE")
  })

  it.skipIf(loopback === "::1")("is refused when somebody else is at one of them", async () => {
    const squatter = createServer().listen(0, "::1")
    await once(squatter, "listening")
    const address = squatter.address()
    const port = typeof address === "object" ? (address?.port ?? 0) : 0
    await expect(
      listenHttp({ app: under.app, mcp: () => {} }, { host: "127.0.0.1", port }),
    ).rejects.toMatchObject({ code: "port_in_use" })
    // It let go of the other one.
    const free = createServer().listen(port, "127.0.0.1")
    await once(free, "listening")
    free.close()
    squatter.close()
  })
})

describe("the one listener", () => {
  it("sends /mcp to the door and everything else to the control plane", async () => {
    mcp.length = 0
    for (const path of ["/mcp", "/mcp/fs", "/mcp?x=1"])
      expect(await (await fetch(http.url + path)).text()).toBe("mcp")
    expect(await (await fetch(`${http.url}/mcpx`)).json()).toMatchObject({ code: "not_found" })
    expect(await (await fetch(`${http.url}/healthz`)).json()).toEqual({ ok: true })
    expect(mcp).toEqual(["/mcp", "/mcp/fs", "/mcp?x=1"])
  })

  it("knows the local socket by the connection, not by anything that is said", async () => {
    const claimed = await fetch(`${http.url}/v1/agents`, {
      headers: { "x-transport": "socket", forwarded: "for=unix:" },
    })
    expect(claimed.status).toBe(401)
    const { mine, theirs } = await pair()
    http.serve(theirs)
    theirs.resume()
    mine.write("GET /v1/agents HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    expect(await text(mine)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it("says which port is taken and what to do", async () => {
    await expect(
      listenHttp({ app: under.app, mcp: () => {} }, { host: "127.0.0.1", port: http.port }),
    ).rejects.toMatchObject({
      code: "port_in_use",
      message: expect.stringContaining("--port 0"),
    })
    await expect(
      listenHttp({ app: under.app, mcp: () => {} }, { host: "192.0.2.1", port: 0 }),
    ).rejects.toMatchObject({ code: "port_in_use" })
  })

  it("bounds the headers", async () => {
    const request = httpRequest(`${http.url}/healthz`, { headers: { "x-long": "x".repeat(64 * 1024) } }).end()
    request.on("error", () => {})
    const [response] = await once(request, "response")
    expect(response.statusCode).toBe(431)
  })

  it("refuses requests that two servers could read differently", async () => {
    for (const head of [
      "POST /v1/agents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
      "GET /healthz HTTP/1.1\r\n\r\n",
    ]) {
      const socket = connect(http.port, loopback)
      // A server may cut the connection while it still says why.
      socket.on("error", () => {})
      socket.write(head)
      const answer = await text(socket).catch(() => "")
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d |^$/)
    }
  })
})
