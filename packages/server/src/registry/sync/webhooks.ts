import { createHmac, randomBytes } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { Failure, isFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { isJsonObject } from "@hufu/core/json/json-value"
import { z } from "zod"
import type { Clock } from "../../clock.ts"
import { readAddress } from "../../fence/ground/read-address.ts"
import { type ReachOptions, refuseName } from "../../gateway/mcp/upstream/reachable-address.ts"
import type { Store } from "../../store/store.ts"
import { DspError } from "./dsp-error.ts"
import { fetchPeer } from "../fetch-peer.ts"
import { newSecret } from "./new-secret.ts"

export const webhookEvents = [
  "data_change",
  "retention_cleanup",
  "service_maintenance",
  "service_healthy",
] as const

/** Whose webhooks are those that a person of this node made; that person sees everybody's. */
export const nodeOwner = "node"

const time = z.int().nonnegative().nullable()

/** Who is told of changes, as DSP shows it. */
const Webhook = z.object({
  id: z.string(),
  /** `node`: a person of this node made it; else the registration whose agent did, by its own certificate or key. */
  owner: z.string().default(nodeOwner),
  types: z.array(z.string()),
  events: z.array(z.enum(webhookEvents)),
  status: z.enum(["active", "failed"]),
  failure_count: z.int().nonnegative(),
  last_triggered_at: time,
  last_success_at: time,
  last_failure_at: time,
  next_retry_at: time,
  created_at: z.int().nonnegative(),
  updated_at: z.int().nonnegative(),
  /** Up to which place it was told. */
  told: z.int().nonnegative(),
})
/** What is nobody else's business. */
const Sealed = z.object({ url: z.string(), secret: z.string(), description: z.string() })
export type Webhook = z.infer<typeof Webhook> & z.infer<typeof Sealed>

/** UNTRUSTED. */
export const WebhookInput = z.strictObject({
  url: z.string().max(2000).optional(),
  secret: z.string().min(16).max(500).optional(),
  types: z.array(z.literal("acs")).min(1).max(4).optional(),
  events: z.array(z.enum(webhookEvents)).min(1).max(4).optional(),
  description: z.string().max(500).optional(),
})
export type WebhookInput = z.infer<typeof WebhookInput>

/** Tells others of changes, as DSP has it. */
export interface Webhooks {
  /** Without its secret. */
  list(owner: string): object[]
  get(id: string, owner: string): object
  /** Resolves when the address has answered a challenge. Throws DspError. */
  create(input: WebhookInput, owner: string): Promise<object>
  change(id: string, input: WebhookInput, owner: string): Promise<object>
  remove(id: string, owner: string): Promise<void>
  reactivate(id: string, owner: string): Promise<object>
  close(): Promise<void>
}

export interface WebhooksParts {
  readonly store: Store
  readonly clock: Clock
  readonly reach: ReachOptions
  readonly newest: () => number
  /** Whether an agent's registration is in service; what one made that is not, nobody is told by. */
  readonly isInService: (registration: string) => boolean
  readonly onError: (error: unknown) => void
}

const mostWebhooks = 100
const mostOfAgent = 4
const mostOfAgents = 1000
/** What happens within so long is told at once. */
const batchMs = 5000
const lookMs = 100
const mostFailures = 10
const longestRetryMs = 3_600_000
const answerMs = 10_000
const maxAnswerBytes = 64 * 1024
const subject = "node"

export function openWebhooks(parts: WebhooksParts): Webhooks {
  const { store, clock, reach, newest, isInService, onError } = parts
  const all = new Map<string, Webhook>()
  const ended = new AbortController()
  for (const { id, body, sealed } of store.query<{ id: string; body: string; sealed: Uint8Array }>(
    "SELECT id, body, sealed FROM webhook ORDER BY id",
  )) {
    const text = store.vault.openRow({ subject, name: `webhook/${id}`, bytes: sealed })
    if (text === undefined) continue
    all.set(id, { ...Webhook.parse(JSON.parse(body)), ...Sealed.parse(JSON.parse(text)) })
  }
  let telling: Promise<void> | undefined

  async function save(webhook: Webhook): Promise<Webhook> {
    await store.commit((tx) => {
      const text = JSON.stringify(Sealed.parse(webhook))
      const sealed = store.vault.sealRow(tx, { subject, name: `webhook/${webhook.id}`, text })
      tx.run(
        "INSERT INTO webhook (id, body, sealed) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body, sealed = excluded.sealed",
        [webhook.id, JSON.stringify(Webhook.parse(webhook)), sealed],
      )
    })
    all.set(webhook.id, webhook)
    look()
    return webhook
  }

  function need(id: string, owner: string = nodeOwner): Webhook {
    const found = all.get(id)
    if (found !== undefined && isSeenBy(found, owner)) return found
    throw new DspError(404, 40401, "there is no such webhook")
  }

  const isSeenBy = (of: Pick<Webhook, "owner">, owner: string) => owner === nodeOwner || of.owner === owner

  function refuseTooMany(owner: string): void {
    const ofNode = [...all.values()].filter((each) => each.owner === nodeOwner).length
    const own = [...all.values()].filter((each) => each.owner === owner).length
    const most = owner === nodeOwner ? mostWebhooks : mostOfAgent
    if (own >= most) throw new DspError(409, 40901, `at most ${most} webhooks are kept: delete one first`)
    if (owner !== nodeOwner && all.size - ofNode >= mostOfAgents)
      throw new DspError(409, 40901, "no more webhooks of agents are kept here: ask for changes instead")
  }

  /** Whoever answers with what was sent has meant to be told. */
  async function prove(webhook: Webhook): Promise<void> {
    const challenge = randomBytes(16).toString("hex")
    const answer = await send(webhook, { event: "verification", challenge }).catch(() => undefined)
    const value = answer === undefined ? undefined : tryParse(answer.text)
    const echoed = value !== undefined && isJsonObject(value) ? value["challenge"] : undefined
    if (answer?.status !== 200 || echoed !== challenge)
      throw new DspError(
        400,
        40003,
        "the address did not answer the challenge: it has to send back `challenge` of a `verification` event in JSON",
      )
  }

  async function refuseUrl(text: string | undefined): Promise<void> {
    const address = text === undefined ? undefined : readAddress(text)
    const url = text === undefined ? null : URL.parse(text)
    if (address === undefined || url === null || !/^https?:$/.test(url.protocol) || url.username !== "")
      throw new DspError(400, 40001, "give `url`, an https:// address without a user")
    try {
      await refuseName(address.host, address.port ?? 443, reach)
    } catch (error) {
      if (isFailure(error)) throw new DspError(400, 40004, error.message)
      throw error
    }
  }

  function send({ id, url, secret }: Webhook, event: { event: string } & Record<string, unknown>) {
    const timestamp = String(Math.floor(clock.now() / 1000))
    const body = JSON.stringify({ webhook_id: id, timestamp: new Date(clock.now()).toISOString(), ...event })
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")
    return fetchPeer(new URL(url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-webhook-id": id,
        "x-webhook-timestamp": timestamp,
        "x-webhook-signature": `sha256=${signature}`,
      },
      body,
      timeoutMs: answerMs,
      maxBytes: maxAnswerBytes,
      reach,
      signal: ended.signal,
    })
  }

  async function tell(webhook: Webhook): Promise<void> {
    const current = newest()
    const at = clock.now()
    const data = { type: "acs", current_seq: String(current) }
    const answer = await send(webhook, { event: "data_change", data }).catch(() => undefined)
    if (ended.signal.aborted || !all.has(webhook.id)) return
    if (answer !== undefined && answer.status >= 200 && answer.status < 300) {
      await save({
        ...need(webhook.id),
        failure_count: 0,
        last_triggered_at: at,
        last_success_at: at,
        next_retry_at: null,
        told: current,
      })
      return
    }
    const failures = webhook.failure_count + 1
    await save({
      ...need(webhook.id),
      failure_count: failures,
      status: failures >= mostFailures ? "failed" : "active",
      last_triggered_at: at,
      last_failure_at: at,
      next_retry_at: failures >= mostFailures ? null : at + retryMs(failures),
    })
  }

  function due(): Webhook[] {
    const now = clock.now()
    const place = newest()
    return [...all.values()].filter(
      ({ owner, status, told, events, next_retry_at, last_success_at }) =>
        status === "active" &&
        (owner === nodeOwner || isInService(owner)) &&
        told < place &&
        events.includes("data_change") &&
        (next_retry_at === null || next_retry_at <= now) &&
        (last_success_at === null || last_success_at + batchMs <= now),
    )
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted && all.size > 0) {
      await Promise.all(due().map((webhook) => tell(webhook).catch(onError)))
      await delay(lookMs, undefined, { signal: ended.signal, ref: false }).catch(() => undefined)
    }
  }

  function look(): void {
    if (ended.signal.aborted || all.size === 0) return
    telling ??= run().finally(() => (telling = undefined))
  }
  look()

  return {
    list: (owner) => [...all.values()].filter((each) => isSeenBy(each, owner)).map(shown),
    get: (id, owner) => shown(need(id, owner)),
    async create(input, owner) {
      refuseTooMany(owner)
      const { url, secret, types = ["acs"], events = ["data_change"], description = "" } = input
      await refuseUrl(url)
      if (secret === undefined) throw new DspError(400, 40001, "give `secret`, at least 16 characters")
      const now = clock.now()
      const webhook: Webhook = {
        id: `wh_${newSecret()}`,
        owner,
        url: url ?? "",
        secret,
        types,
        events,
        description,
        status: "active",
        failure_count: 0,
        last_triggered_at: null,
        last_success_at: null,
        last_failure_at: null,
        next_retry_at: null,
        created_at: now,
        updated_at: now,
        told: newest(),
      }
      await prove(webhook)
      // Others may have come while the address answered.
      refuseTooMany(owner)
      return shown(await save(webhook))
    },
    async change(id, input, owner) {
      const before = need(id, owner)
      const after: Webhook = { ...before, ...defined(input), updated_at: clock.now() }
      if (input.url !== undefined || input.secret !== undefined) {
        await refuseUrl(after.url)
        await prove(after)
      }
      return shown(await save(after))
    },
    async remove(id, owner) {
      const known = all.get(id)
      if (known !== undefined && !isSeenBy(known, owner)) return
      all.delete(id)
      await store.vault.forget([], (tx) => void tx.run("DELETE FROM webhook WHERE id = ?", [id]))
    },
    async reactivate(id, owner) {
      const before = need(id, owner)
      await prove(before)
      const now = clock.now()
      return shown(
        await save({ ...before, status: "active", failure_count: 0, next_retry_at: null, updated_at: now }),
      )
    },
    async close() {
      ended.abort()
      await telling
    },
  }
}

/** 5 s, then twice as long each time, an hour at most. */
export function retryMs(failures: number): number {
  return Math.min(5000 * 2 ** failures, longestRetryMs)
}

function shown(webhook: Webhook): object {
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const { id, owner, url, types, events, description, status, failure_count } = webhook
  return {
    id,
    ...(owner === nodeOwner ? {} : { owner }),
    url,
    types,
    events,
    description,
    status,
    failure_count,
    last_triggered_at: at(webhook.last_triggered_at),
    last_success_at: at(webhook.last_success_at),
    last_failure_at: at(webhook.last_failure_at),
    next_retry_at: at(webhook.next_retry_at),
    created_at: at(webhook.created_at),
    updated_at: at(webhook.updated_at),
  }
}

/** What was given; what was left out stays as it is. */
function defined({ url, secret, types, events, description }: WebhookInput): Partial<Webhook> {
  return {
    ...(url === undefined ? {} : { url }),
    ...(secret === undefined ? {} : { secret }),
    ...(types === undefined ? {} : { types }),
    ...(events === undefined ? {} : { events }),
    ...(description === undefined ? {} : { description }),
  }
}

function tryParse(text: string) {
  try {
    return parseStrict(text, { maxDepth: 8 })
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
