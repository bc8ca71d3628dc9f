import { type IncomingMessage, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import {
  reachableLookup,
  type ReachOptions,
  refuseAddress,
} from "../gateway/mcp/upstream/reachable-address.ts"

export interface PeerReply {
  readonly status: number
  readonly headers: IncomingMessage["headers"]
  readonly text: string
}

/** What is shown to another registry, and by whom it has to be certified itself; all of it PEM. */
export interface PeerTls {
  readonly cert: string
  readonly key: string
  readonly ca?: string
}

export interface FetchPeer {
  readonly method?: "GET" | "POST"
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly reach: ReachOptions
  readonly signal?: AbortSignal
  /** Shown over https alone. */
  readonly tls?: PeerTls | undefined
}

/** One bounded request to another registry, where the operator said that it is; no redirect is followed. UNTRUSTED: the answer. */
export function fetchPeer(url: URL, of: FetchPeer): Promise<PeerReply> {
  const { method = "GET", headers = {}, body, reach, maxBytes, tls } = of
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port)
  const timeout = AbortSignal.timeout(of.timeoutMs)
  const signal = of.signal === undefined ? timeout : AbortSignal.any([timeout, of.signal])
  return new Promise((resolve, reject) => {
    refuseAddress(url.hostname, port, reach)
    const send = url.protocol === "https:" ? requestHttps : requestHttp
    const request = send(
      url,
      {
        method,
        headers: body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
        lookup: reachableLookup(port, reach),
        agent: false,
        signal,
        ...(url.protocol === "https:" ? tls : {}),
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on("data", (chunk: Buffer) => {
          size += chunk.length
          if (size > maxBytes) response.destroy(new Error("the answer is too large"))
          chunks.push(chunk)
        })
        response.once("error", reject)
        // What breaks off in the middle is no answer.
        response.once("close", () => {
          if (!response.complete) reject(new Error("the answer broke off"))
        })
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        )
      },
    )
    request.once("error", reject)
    request.end(body)
  })
}
