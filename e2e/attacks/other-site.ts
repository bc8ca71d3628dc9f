import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** Another server on this computer: for a browser the same site as the console, and not the same origin. */
export interface OtherSite {
  readonly origin: string
  close(): Promise<void>
}

/** Serves one page, with the cookies that it sets for the name that both have. */
export async function startOtherSite(cookies: readonly string[] = []): Promise<OtherSite> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "set-cookie": [...cookies] })
    response.end("<!doctype html><title>elsewhere</title><p>elsewhere</p>")
  })
  server.listen(0, "localhost")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // listening on TCP, so never a path
  return {
    origin: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
