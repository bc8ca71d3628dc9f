import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import { loopback } from "../../../http/testing/loopback.ts"
import { httpCall } from "./http-call.ts"
import { HttpUpstream } from "./http-upstream.ts"
import { refuseAddress, refuseName, type Resolve } from "./reachable-address.ts"

let server: Server
let port: number
let requests: number
beforeEach(async () => {
  requests = 0
  server = createServer((_, response) => {
    requests += 1
    response
      .writeHead(200, { "content-type": "application/json" })
      .end('{"jsonrpc":"2.0","id":1,"result":{}}')
  })
  server.listen(0, loopback)
  await once(server, "listening")
  port = (server.address() as AddressInfo).port // listening on TCP, so never a path
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, "close")
})

const nowhere = [
  "169.254.169.254",
  "100.100.100.200",
  "168.63.129.16",
  "224.0.0.1",
  "255.255.255.255",
  "[fe80::1]",
  "[fd00:ec2::254]",
  "[::ffff:169.254.169.254]",
  "[64:ff9b::a9fe:a9fe]",
  "[2002:a9fe:a9fe::]",
]
const inside = [
  "127.0.0.1",
  "10.0.0.8",
  "172.31.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "0.0.0.0",
  "::1",
  "::",
  "fd12::1",
  "::ffff:10.0.0.1",
]

const reach = (...answers: readonly string[]) => {
  let asked = 0
  return {
    ownPort: () => 1,
    resolve: (_name: string, done: Parameters<Resolve>[1]) => {
      const address = answers[Math.min(asked++, answers.length - 1)] ?? ""
      done(null, [{ address, family: address.includes(":") ? 6 : 4 }])
    },
  }
}

test.each(nowhere)("%s is no place for a tool server, written or behind any name", async (address) => {
  expect(() => refuseAddress(new URL(`http://${address}/`).hostname, 80, reach())).toThrow("no tool server")
  const plain = address.replace(/^\[|\]$/g, "")
  for (const name of ["tools.example.com", "localhost", "tools"])
    await expect(refuseName(name, 80, reach(plain))).rejects.toMatchObject({ code: "forbidden" })
})

test.each(inside)(
  "a public name that leads to %s is refused, one of this network is not",
  async (address) => {
    await expect(refuseName("tools.example.com", 80, reach(address))).rejects.toThrow("privateNames")
    await refuseName("tools.internal", 80, reach(address))
    await refuseName("tools.example.com", 80, { ...reach(address), privateNames: ["tools.example.com"] })
  },
)

test("a public name that leads outside, or nowhere yet, is taken", async () => {
  await refuseName("tools.example.com", 443, reach("93.184.215.14"))
  await refuseName("tools.example.com", 443, reach("2606:2800:21f:cb07:6820:80da:af6b:8b2c"))
  await refuseName("tools.example.com", 443, {
    ownPort: () => 1,
    resolve: (_name, done) => done(new Error("offline"), []),
  })
})

test.each(["127.0.0.1", "127.8.8.8", "::1", "0.0.0.0"])(
  "Hufu's own port at %s is no tool server, whatever it is called",
  async (address) => {
    const own = { ...reach(address), ownPort: () => 7180 }
    await expect(refuseName("hufu.internal", 7180, own)).rejects.toThrow("Hufu itself")
    await expect(refuseName(address, 7180, own)).rejects.toThrow("Hufu itself")
    await refuseName("hufu.internal", 7181, own)
  },
)

/** One exchange with the server of this test, reached by a name that answers as it is told to. */
async function exchange(upstream: HttpUpstream): Promise<number> {
  const { status } = await httpCall(upstream, {
    method: "POST",
    headers: {},
    body: "{}",
    timeoutMs: 5000,
    signal: AbortSignal.timeout(5000),
    leave: () => true,
    message() {},
  })
  return status
}

function upstreamAt(name: string, ...answers: readonly string[]): HttpUpstream {
  const { resolve } = reach(...answers)
  const at = { name: "notes", transport: "http", url: `http://${name}:${port}/mcp`, headers: {} } as const
  return new HttpUpstream(at, { origin: () => "http://127.0.0.1:1", node: "nod_test", resolve })
}

test("a name whose answer changes after it was looked at is looked at again, and nothing is sent", async () => {
  await refuseName("rebound.example.com", port, reach("93.184.215.14"))
  const upstream = upstreamAt("rebound.example.com", loopback)
  await expect(exchange(upstream)).rejects.toMatchObject({ code: "forbidden" })
  expect(requests).toBe(0)
  await upstream.close()
})

test("the address that was looked at is the one that is connected to", async () => {
  // A second look would lead elsewhere.
  const upstream = upstreamAt("tools.internal", loopback, "169.254.169.254")
  expect(await exchange(upstream)).toBe(200)
  expect(requests).toBe(1)
  await upstream.close()
})
