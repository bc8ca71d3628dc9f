import { createServer } from "node:http"
import type { IncomingMessage, Server } from "node:http"
import type { AddressInfo } from "node:net"
import { loopback, loopbackInUrl } from "../../../http/testing/loopback.ts"

export interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body: string
}

/** A tool server that keeps what reached it and answers as told. */
export interface Recorder {
  readonly url: string
  readonly requests: { headers: IncomingMessage["headers"]; body: string }[]
  answer: (body: string) => Answer | "hang" | "drop"
  readonly gone: number
  close(): Promise<void>
}

export async function startRecorder(): Promise<Recorder> {
  const requests: Recorder["requests"] = []
  let gone = 0
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on("data", (chunk: Buffer) => chunks.push(chunk))
    req.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8")
      const isProbe = body.includes('"server/discover"') || body.includes('"hufu-list-0"')
      if (!isProbe && body !== "") requests.push({ headers: req.headers, body })
      const answer: Answer | "hang" | "drop" = isProbe ? discovered(body) : recorder.answer(body)
      if (answer === "drop") return req.socket.destroy()
      res.once("close", () => (gone += res.writableFinished ? 0 : 1))
      if (answer === "hang") return undefined
      res.writeHead(answer.status, {
        "content-type": "application/json",
        ...answer.headers,
      })
      return res.end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  const recorder: Recorder = {
    url: `http://${loopbackInUrl}:${(server.address() as AddressInfo).port}/mcp`,
    requests,
    answer: (body) => answerOk(body),
    get gone() {
      return gone
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return recorder
}

/** A JSON-RPC success. */
export function answerOk(body: string, result: object = { resultType: "complete", content: [] }) {
  return { status: 200, body: JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(body).id, result }) }
}

/** What Hufu itself asks before the first call: the era, and the tools. */
function discovered(body: string) {
  if (body.includes('"hufu-list-0"'))
    return answerOk(body, { resultType: "complete", tools: [{ name: "read" }] })
  const result = {
    resultType: "complete",
    supportedVersions: ["2026-07-28"],
    capabilities: { tools: {} },
    ttlMs: 0,
    cacheScope: "public",
  }
  return answerOk(body, result)
}
