import { createServer, request as openRequest, type IncomingMessage, type ServerResponse } from "node:http"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

export type HeaderShim = { readonly url: string; readonly close: () => Promise<void> }

const hopByHop: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"])

/**
 * A listener that adds headers and passes everything else on, for tools that cannot send a credential.
 * Its own address in Host and Origin becomes the target's; any other value stays as it is, so that the
 * target still sees, and has to refuse, a foreign one.
 */
export async function startHeaderShim(
  target: string,
  added: Readonly<Record<string, string>>,
): Promise<HeaderShim> {
  const to = new URL(target)
  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing, { to, added, own: ownPort() })
  })
  const ownPort = (): number => {
    const address = server.address()
    return typeof address === "object" && address ? address.port : 0
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, loopback, resolve)
  })
  return {
    url: `http://${loopbackInUrl}:${ownPort()}${to.pathname}`,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

type Route = {
  readonly to: URL
  readonly added: Readonly<Record<string, string>>
  readonly own: number
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, route: Route): void {
  const upstream = openRequest({
    host: route.to.hostname.replace(/^\[|\]$/g, ""),
    port: route.to.port,
    method: incoming.method,
    path: incoming.url,
    headers: requestHeaders(incoming.rawHeaders, route),
    setDefaultHeaders: false,
    agent: false,
  })
  upstream.once("response", (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders).flat())
    outgoing.flushHeaders()
    answer.pipe(outgoing)
    // a cut on the far side has to be a cut on the near side, not a tidy end
    answer.once("error", () => outgoing.destroy())
  })
  upstream.once("error", () => {
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(502).end("the target of the header shim did not answer\n")
  })
  outgoing.once("close", () => upstream.destroy())
  incoming.pipe(upstream)
}

function endToEnd(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? ""
    if (!hopByHop.has(name.toLowerCase())) pairs.push([name, raw[at + 1] ?? ""])
  }
  return pairs
}

function requestHeaders(raw: readonly string[], { to, added, own }: Route): string[] {
  const pairs = endToEnd(raw).map(([name, value]): [string, string] => {
    const key = name.toLowerCase()
    if (key !== "host" && key !== "origin") return [name, value]
    return [
      name,
      value.replace(
        new RegExp(`^((?:http://)?(?:127\\.0\\.0\\.1|localhost|\\[::1\\])):${own}$`),
        `$1:${to.port}`,
      ),
    ]
  })
  const isBodied = raw.some((name) => name.toLowerCase() === "transfer-encoding")
  if (isBodied) pairs.push(["transfer-encoding", "chunked"])
  return [...pairs, ...Object.entries(added), ["connection", "close"]].flat()
}
