import type { ReachOptions } from "../../gateway/mcp/upstream/reachable-address.ts"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { Envelope } from "./envelope.ts"
import { fetchPeer, type PeerReply } from "../fetch-peer.ts"

/** Answers of a registry that speaks DSP. UNTRUSTED: all of them. */
export interface DspClient {
  info(): Promise<JsonObject>
  /** `gone`: it does not keep that any more; null lines: nothing is new. */
  changes(of: {
    types: string
    after: number
    limit: number
    waitSeconds: number
    size: number
    signal?: AbortSignal
  }): Promise<DspPage | "gone">
  /** A part of a snapshot, a new one where none is named; `gone`: that snapshot is over. */
  snapshot(of: {
    types: string
    limit: number
    size: number
    part?: { id: string; chunk: number }
  }): Promise<DspPart | "gone">
}

export interface DspPage {
  readonly lines: readonly Envelope[]
  readonly last: number
}

export interface DspPart {
  readonly lines: readonly Envelope[]
  readonly id: string
  readonly seq: number
  readonly chunk: number
  readonly chunks: number
}

const maxAnswerBytes = 64 * 1024 * 1024
const maxLines = 20_001
const answerMs = 60_000
const base = "/acps-dsp-v2"

export function dspClient(url: string, reach: ReachOptions): DspClient {
  const at = url.replace(/\/+$/, "")
  const root = at.endsWith(base) ? at : `${at}${base}`

  async function get(
    path: string,
    query: Readonly<Record<string, string | number>>,
    { waitMs = 0, signal }: { waitMs?: number; signal?: AbortSignal | undefined } = {},
  ): Promise<PeerReply> {
    const to = new URL(`${root}${path}`)
    for (const [name, value] of Object.entries(query)) to.searchParams.set(name, String(value))
    return fetchPeer(to, {
      timeoutMs: answerMs + waitMs,
      maxBytes: maxAnswerBytes,
      reach,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  return {
    async info() {
      const reply = await get("/info", {})
      const value = reply.status === 200 ? parseStrict(reply.text, { maxDepth: 16 }) : undefined
      if (value === undefined || !isJsonObject(value)) throw strange(reply.status)
      // The specification's own envelope, or none.
      const { result } = value
      return result !== undefined && isJsonObject(result) ? result : value
    },
    async changes({ types, after, limit, waitSeconds, size, signal }) {
      const reply = await get(
        "/changes",
        // Both spellings: by the specification a place comes before what is asked for, in the reference server it is the first of it.
        { types, start_seq: after, seq: after + 1, limit, wait: waitSeconds, size },
        { waitMs: waitSeconds * 1000, signal },
      )
      if (reply.status === 204) return { lines: [], last: after }
      if (reply.status === 410) return "gone"
      if (reply.status !== 200) throw strange(reply.status)
      const lines = linesOf(reply.text)
      const last = Math.max(after, ...lines.map(({ seq }) => seq))
      const said = numberOf(reply, "x-changes-last-seq")
      return { lines, last: Math.max(last, said ?? 0) }
    },
    async snapshot({ types, limit, size, part }) {
      const reply = await get(
        "/snapshots",
        part === undefined
          ? { types, limit, chunk_size: limit, size }
          : { id: part.id, chunk: part.chunk, chunk_index: part.chunk, size },
      )
      if (reply.status === 410 || reply.status === 404) return "gone"
      if (reply.status !== 200) throw strange(reply.status)
      const id = reply.headers["x-snapshot-id"]
      const seq = numberOf(reply, "x-snapshot-seq")
      const chunks = numberOf(reply, "x-snapshot-chunk-total")
      const chunk = numberOf(reply, "x-snapshot-chunk-index") ?? part?.chunk ?? 0
      if (typeof id !== "string" || id.length > 200 || seq === undefined || chunks === undefined)
        throw new Failure("peer_unavailable", "the registry answers a snapshot without its headers")
      return { lines: linesOf(reply.text), id, seq, chunk, chunks }
    },
  }
}

function linesOf(text: string): Envelope[] {
  const lines = text.split("\n").filter((line) => line !== "")
  if (lines.length > maxLines)
    throw new Failure("too_large", "the registry answers more lines than were asked for")
  return lines.map((line) => {
    const read = Envelope.safeParse(parseStrict(line, { maxDepth: 40 }))
    if (read.success) return read.data
    throw new Failure("peer_unavailable", "the registry answers lines that are not those of DSP")
  })
}

function numberOf({ headers }: PeerReply, name: string): number | undefined {
  const value = headers[name]
  return typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : undefined
}

function strange(status: number): Failure {
  return new Failure(
    "peer_unavailable",
    `the registry answers with the status ${status}: ask its operator whether it serves DSP there`,
  )
}
