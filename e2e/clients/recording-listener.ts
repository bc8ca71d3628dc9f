import { once } from "node:events"
import { createServer, request as openRequest } from "node:http"
import { buffer } from "node:stream/consumers"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

/** What a client sent over HTTP. */
export type Recorded = {
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export type RecordingListener = {
  readonly url: string
  readonly recorded: readonly Recorded[]
  readonly close: () => Promise<void>
}

/** Stands between a client and an HTTP server and keeps every request. */
export async function startRecordingListener(target: string): Promise<RecordingListener> {
  const recorded: Recorded[] = []
  const to = new URL(target)
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const body = await buffer(request)
      const method = request.method ?? ""
      recorded.push({ method, headers: request.headers, body: body.toString("utf8") })
      const upstream = openRequest(to, { method, headers: { ...request.headers, host: to.host } })
      upstream.once("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        response.flushHeaders()
        answer.pipe(response)
      })
      upstream.once("error", () => response.destroy())
      response.once("close", () => upstream.destroy())
      upstream.end(body)
    }
    void pass()
  }).listen(0, loopback)
  await once(server, "listening")
  const address = server.address()
  return {
    url: `http://${loopbackInUrl}:${typeof address === "object" && address ? address.port : 0}${to.pathname}`,
    recorded,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
