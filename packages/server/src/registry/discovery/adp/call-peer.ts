import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import {
  reachableLookup,
  type ReachOptions,
  refuseAddress,
} from "../../../gateway/mcp/upstream/reachable-address.ts"

/** A discovery server that the operator has named. */
export interface PeerAddress {
  readonly url: string
}

export interface PeerCall {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Where a redirect may lead: the origins of the servers that the operator has named. */
  readonly origins: ReadonlySet<string>
  readonly reach: ReachOptions
}

/** How a call to another discovery server ended. UNTRUSTED: the result. */
export type PeerAnswer =
  | { readonly status: "ok"; readonly result: JsonObject }
  | { readonly status: "timeout" | "error"; readonly reason: string }

/** The specification's own bound. */
const maxRedirects = 5
const maxAnswerBytes = 2 * 1024 * 1024

/** Asks another discovery server, within a time, wherever it redirects to among those that are named. Never rejects. */
export async function callPeer({ url }: PeerAddress, call: PeerCall): Promise<PeerAnswer> {
  const signal = AbortSignal.timeout(call.timeoutMs)
  let at = url
  try {
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const answer = await post(new URL(at), call, signal)
      if (answer.status !== 307) return read(answer)
      const next = URL.parse(answer.location ?? "", at)
      if (next === null || !call.origins.has(next.origin))
        return { status: "error", reason: "redirected elsewhere" }
      at = next.href
    }
    return { status: "error", reason: "MaxRedirectsExceeded" }
  } catch {
    return signal.aborted
      ? { status: "timeout", reason: "downstream-timeout" }
      : { status: "error", reason: "downstream-unreachable" }
  }
}

function read({ status, text }: { status: number; text: string }): PeerAnswer {
  try {
    const value = parseStrict(text, { maxDepth: 32 })
    const result = isJsonObject(value) ? value["result"] : undefined
    if (status === 200 && isJsonObject(result)) return { status: "ok", result }
  } catch {
    // It is no answer.
  }
  return { status: "error", reason: `downstream-answered-${status}` }
}

interface Reply {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
}

function post(url: URL, { body, headers, reach }: PeerCall, signal: AbortSignal): Promise<Reply> {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port)
  return new Promise((resolve, reject) => {
    refuseAddress(url.hostname, port, reach)
    const send = url.protocol === "https:" ? requestHttps : requestHttp
    const request = send(
      url,
      {
        method: "POST",
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
        lookup: reachableLookup(port, reach),
        agent: false,
        signal,
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on("data", (chunk: Buffer) => {
          size += chunk.length
          if (size > maxAnswerBytes) response.destroy(new Error("the answer is too large"))
          chunks.push(chunk)
        })
        response.once("error", reject)
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        )
      },
    )
    request.once("error", reject)
    request.end(body)
  })
}
