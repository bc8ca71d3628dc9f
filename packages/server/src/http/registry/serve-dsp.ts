import { asFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { type DspType, dspTypes } from "../../registry/sync/change-lines.ts"
import type { Dsp, SnapshotPart } from "../../registry/sync/dsp.ts"
import { WebhookInput, type Webhooks } from "../../registry/sync/webhooks.ts"
import { readBody } from "../read-request.ts"
import { DspError, dspErrorBody } from "../../registry/sync/dsp-error.ts"

/** Where DSP is spoken, as the reference server has it. */
export const dspBase = "/acps-dsp-v2"

/** Whose webhooks somebody sees and makes. */
export interface DspSender {
  readonly owner: string
  /** Throws for another body than the one that the sender vouches for. */
  readonly checkBody?: ((body: Uint8Array) => void) | undefined
}

export interface DspDoor {
  readonly dsp: Dsp
  readonly webhooks: Webhooks
  /** Who sends this request: a person of this node, or a registered agent. Throws for everybody else. */
  readonly senderOf: () => DspSender
  readonly onError: (error: unknown) => void
}

const longestWaitSeconds = 30
const mostLines = 10_000
const usualLines = 1000

/** Answers a request under `/acps-dsp-v2/`; undefined where there is nothing. UNTRUSTED: the request. */
export async function serveDsp(
  request: Request,
  { path, caller }: { path: string; caller: string },
  { onError, ...door }: DspDoor,
): Promise<Response | undefined> {
  try {
    return await answer(request, { path: path.slice(dspBase.length), caller }, door)
  } catch (error) {
    const known = asDspError(error)
    if (known.status >= 500) onError(error)
    return json(known.status, dspErrorBody(known), known.status === 429 ? { "retry-after": "10" } : {})
  }
}

async function answer(
  request: Request,
  { path, caller }: { path: string; caller: string },
  { dsp, webhooks, senderOf }: Omit<DspDoor, "onError">,
): Promise<Response | undefined> {
  const { method } = request
  const query = readQuery(request)
  const snapshot = /^\/snapshots\/([A-Za-z0-9_]{1,80})$/.exec(path)?.[1]
  if (snapshot !== undefined) {
    refuseOther(method, "DELETE")
    dsp.forget(snapshot)
    return new Response(null, { status: 204 })
  }
  if (path === "/info") {
    refuseOther(method, "GET")
    return json(200, dsp.info())
  }
  if (path === "/changes") {
    refuseOther(method, "GET")
    return changes(request, dsp, { query, caller })
  }
  if (path === "/snapshots") {
    refuseOther(method, "GET")
    return snapshotAnswer(dsp, query, caller)
  }
  const [isWebhook, webhook, act] = /^\/webhooks(?:\/(wh_[0-9a-f]{1,64})(\/reactivate)?)?$/.exec(path) ?? []
  if (isWebhook === undefined) return undefined
  // Whoever is told what happens here is chosen by a person; an agent that is registered here, for itself.
  const sender = senderOf()
  if (webhook === undefined) return allWebhooks(request, webhooks, sender)
  if (act === undefined) return oneWebhook(request, webhooks, { id: webhook, sender })
  refuseOther(method, "POST")
  sender.checkBody?.(new Uint8Array(await request.arrayBuffer()))
  return json(200, await webhooks.reactivate(webhook, sender.owner))
}

async function allWebhooks(request: Request, webhooks: Webhooks, sender: DspSender): Promise<Response> {
  if (request.method === "GET") return json(200, webhooks.list(sender.owner))
  refuseOther(request.method, "POST")
  return json(201, await webhooks.create(await webhookIn(request, sender), sender.owner))
}

async function oneWebhook(
  request: Request,
  webhooks: Webhooks,
  { id, sender }: { id: string; sender: DspSender },
): Promise<Response> {
  const { owner } = sender
  if (request.method === "GET") return json(200, webhooks.get(id, owner))
  if (request.method === "PUT")
    return json(200, await webhooks.change(id, await webhookIn(request, sender), owner))
  refuseOther(request.method, "DELETE")
  await webhooks.remove(id, owner)
  return new Response(null, { status: 204 })
}

async function webhookIn(request: Request, { checkBody }: DspSender): Promise<WebhookInput> {
  const text = await readBody(request)
  checkBody?.(Buffer.from(text))
  const read = WebhookInput.safeParse(parseStrict(text, { maxDepth: 8 }))
  if (read.success) return read.data
  const at = read.error.issues[0]?.path.join(".").slice(0, 100) || "the webhook"
  throw new DspError(
    400,
    40001,
    `correct \`${at}\`: a webhook has url, secret, types, events and description`,
  )
}

type Query = ReadonlyMap<string, string>

async function changes(
  request: Request,
  dsp: Dsp,
  { query, caller }: { query: Query; caller: string },
): Promise<Response> {
  // By the specification the place comes before what is asked for; in the reference server it is the first of it.
  const before = numberIn(query, "start_seq", { most: Number.MAX_SAFE_INTEGER })
  const first = numberIn(query, "seq", { most: Number.MAX_SAFE_INTEGER })
  const after = before ?? Math.max(0, (first ?? 0) - 1)
  const page = await dsp.changes(
    {
      types: typesIn(query),
      after,
      limit: numberIn(query, "limit", { least: 1, most: mostLines }) ?? usualLines,
      waitSeconds: Math.min(numberIn(query, "wait", { most: 3600 }) ?? 0, longestWaitSeconds),
      size: numberIn(query, "size", { most: Number.MAX_SAFE_INTEGER }) ?? 0,
      caller,
    },
    request.signal,
  )
  const last = page.last ?? after
  const headers = { "x-changes-last-seq": String(last), "x-next-seq": String(last + 1) }
  if (page.lines.length === 0 && page.last === undefined) return new Response(null, { status: 204, headers })
  return lines(page.lines, headers)
}

async function snapshotAnswer(dsp: Dsp, query: Query, caller: string): Promise<Response> {
  const id = query.get("id")
  const size = numberIn(query, "size", { most: Number.MAX_SAFE_INTEGER }) ?? 0
  const chunk = oneOf(query, ["chunk_index", "chunk"], { most: 10_000_000 }) ?? 0
  const limit = oneOf(query, ["chunk_size", "limit"], { least: 1, most: mostLines }) ?? usualLines
  if (id === undefined && (oneOf(query, ["from_seq"], { most: Number.MAX_SAFE_INTEGER }) ?? 0) > 0)
    throw new DspError(
      400,
      40001,
      "only whole snapshots are made here: leave `from_seq` out, and ask for changes",
    )
  const part = await (id === undefined
    ? dsp.snapshot({ types: typesIn(query), limit, size, caller })
    : dsp.part({ id, chunk, size, caller }))
  return lines(part.lines, snapshotHeaders(part))
}

function snapshotHeaders({ id, seq, chunk, chunks, objects }: SnapshotPart): Record<string, string> {
  return {
    "x-snapshot-id": id,
    "x-snapshot-seq": String(seq),
    "x-snapshot-chunk-index": String(chunk),
    "x-snapshot-chunk-total": String(chunks),
    "x-snapshot-object-count": String(objects),
  }
}

function typesIn(query: Query): ReadonlySet<DspType> {
  const asked = (query.get("types") ?? "acs").split(",").filter((type) => type !== "")
  const known = dspTypes.filter((type) => asked.includes(type))
  if (known.length === 0 || known.length < new Set(asked).size)
    throw new DspError(400, 40002, `only these types are there: ${dspTypes.join(", ")}`)
  return new Set(known)
}

function oneOf(
  query: Query,
  names: readonly string[],
  of: { least?: number; most: number },
): number | undefined {
  for (const name of names) {
    const value = numberIn(query, name, of)
    if (value !== undefined) return value
  }
  return undefined
}

function numberIn(
  query: Query,
  name: string,
  { least = 0, most }: { least?: number; most: number },
): number | undefined {
  const text = query.get(name)
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new DspError(400, 40001, `\`${name}\` is a whole number from ${least} to ${most}`)
}

function readQuery(request: Request): Query {
  const query = new Map<string, string>()
  for (const [name, value] of new URL(request.url).searchParams) {
    if (query.has(name)) throw new DspError(400, 40001, `\`${name.slice(0, 80)}\` is given more than once`)
    query.set(name, value.slice(0, 200))
  }
  return query
}

function refuseOther(method: string, allowed: string): void {
  if (method !== allowed) throw new DspError(405, 40501, `use ${allowed} here`)
}

function asDspError(error: unknown): DspError {
  if (error instanceof DspError) return error
  const failure = asFailure(error)
  if (failure.status < 500) return new DspError(failure.status, failure.status * 100, failure.message)
  return new DspError(500, 50001, "something went wrong here: ask again later")
}

function lines(all: readonly string[], headers: Readonly<Record<string, string>>): Response {
  const body = all.length === 0 ? "" : `${all.join("\n")}\n`
  return new Response(body, {
    status: 200,
    headers: { ...headers, "content-type": "application/x-ndjson", "cache-control": "no-store" },
  })
}

function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { ...headers, "cache-control": "no-store" } })
}
