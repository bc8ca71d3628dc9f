import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { ReachOptions } from "../../../gateway/mcp/upstream/reachable-address.ts"
import { fetchPeer, type PeerTls } from "../../fetch-peer.ts"

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
  /** This server's own certificate, where it has one. */
  readonly tls?: (() => PeerTls) | undefined
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
    const tls = call.tls?.()
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const answer = await fetchPeer(new URL(at), {
        method: "POST",
        headers: { ...call.headers, "content-type": "application/json" },
        body: call.body,
        timeoutMs: call.timeoutMs,
        maxBytes: maxAnswerBytes,
        reach: call.reach,
        signal,
        tls,
      })
      if (answer.status !== 307) return read(answer)
      const next = URL.parse(answer.headers.location ?? "", at)
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
