import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

/** What a browser can do at best on this machine: a page without any library, served from memory. */
export interface PlainPage {
  readonly url: string
  stop(): Promise<void>
}

/** Serves a heading that a click changes, and below it as many rows as a list of actions has. */
export async function servePlainPage(rows: number): Promise<PlainPage> {
  const lines = Array.from({ length: rows }, (_, n) => `<li>${n} the north gate is closed</li>`).join("")
  const page = `<!doctype html><title>plain</title>
<style>li{height:44px;content-visibility:auto;contain-intrinsic-size:auto 44px}</style>
<h1>0</h1><button onclick="document.querySelector('h1').textContent++">next</button><ul>${lines}</ul>`
  const empty = "<!doctype html><title>empty</title><h1>0</h1>"
  const server = createServer((request, response) => {
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8" })
      .end(request.url === "/rows" ? page : empty)
  }).listen(0, loopback)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // listening on TCP
  return {
    url: `http://${loopbackInUrl}:${port}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
