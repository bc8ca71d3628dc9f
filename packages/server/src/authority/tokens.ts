import { createHash, sign as signWith } from "node:crypto"
import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { canonicalize } from "@hufu/core/json/canonical"
import { isLiveAt } from "@hufu/core/mandate/grant-covers"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { isPartOf } from "@hufu/core/mandate/narrow"
import { boundBy } from "@hufu/core/mandate/passed-on"
import { type Ed25519Jwk, thumbprintUri } from "@hufu/core/token/ed25519-jwk"
import { makeRootToken } from "@hufu/core/token/make-token"
import { makeStatusList, packStatuses, type StatusKnown, statuses } from "@hufu/core/token/status-list"
import type { Clock } from "../clock.ts"
import type { Store } from "../store/store.ts"
import type { AgentAuthority } from "./agents.ts"
import { type Declare, saidTime } from "./declare.ts"
import type { MandateAuthority } from "./mandates.ts"
import { signingKey } from "../keys/signing-key.ts"
import { openRecords, type RecordKind } from "./records.ts"
import type { StopAuthority } from "./stop.ts"

/** What is kept of a token that can be verified without the node: never the token itself. */
const Stored = z.object({
  id: z.string(),
  mandate: z.string(),
  agent: z.string(),
  /** Its place in the status list. */
  place: z.int(),
  /** Digest of what it rests on, as that was when it was issued. */
  rests: z.string(),
  /** Digest of the holder's key. */
  holder: z.string(),
  expiresAt: z.int(),
  createdAt: z.int(),
})
type Stored = z.infer<typeof Stored>

export const tokenKind: RecordKind<Stored> = {
  kind: "token",
  schema: Stored,
  at: (token) => token.createdAt,
}

export interface TokenSettings {
  /** What verifiers trust: under it the status list and the key are served. Without it no token is issued. */
  readonly issuer?: string | undefined
  readonly lifetimeSeconds: number
  readonly ttlSeconds: number
}

export interface IssuedToken {
  readonly token: string
  readonly expiresAt: number
  readonly issuer: string
  readonly status: string
  /** By which a verifier that trusts this issuer checks the token and the list. */
  readonly key: Ed25519Jwk
}

/** Tokens of mandates that are verified without asking the node, and the list that says which of them hold no more. */
export interface TokenAuthority {
  /** Signs a mandate for whoever has a key. What an agent's other mandates forbid is in it. */
  issue(draft: { mandate: string; key: Ed25519Jwk; by: string }): Promise<IssuedToken>
  /** The status list of this moment, signed; undefined where none is served. */
  list(): Promise<string | undefined>
  /** The key of the issuer; undefined where no token is issued. */
  readonly key: Ed25519Jwk | undefined
  readonly issuer: string | undefined
  /** What the list says of a place at this very moment; `unknown` for every other list. */
  statusAt(uri: string, place: number): StatusKnown
}

const maxTokens = 100_000
/** How long a list that was made is given out: far less than any verifier keeps it. */
const listMs = 250

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly mandates: MandateAuthority
  readonly agents: AgentAuthority
  readonly stop: StopAuthority
  readonly settings: TokenSettings
}

export function openTokens({
  store,
  clock,
  declare,
  mandates,
  agents,
  stop,
  settings,
}: Parts): TokenAuthority {
  const records = openRecords(store, tokenKind)
  /** One of each place: it is another's when it has expired. */
  const byPlace = new Map<number, Stored>()
  for (const token of records.all()) byPlace.set(token.place, token)
  const { privateKey, jwk } = signingKey(store.keyFor("mandate-tokens"))
  const sign = (bytes: Uint8Array) => new Uint8Array(signWith(null, bytes, privateKey))
  const { issuer, lifetimeSeconds, ttlSeconds } = settings
  const uri = issuer === undefined ? undefined : `${issuer}/status/mandates`
  let made: { readonly at: number; readonly list: Promise<string> } | undefined

  async function issue({
    mandate: id,
    key,
    by,
  }: Parameters<TokenAuthority["issue"]>[0]): Promise<IssuedToken> {
    if (issuer === undefined || uri === undefined)
      throw new Failure(
        "forbidden",
        "this node issues no tokens: its operator names it in `tokens.issuer` of the configuration first",
      )
    if (stop.stopped)
      throw new Failure("stopped", "everything is stopped on this node: a person has to lift the stop first")
    const mandate = mandates.need(id)
    const rests = restsOf(mandate)
    if (rests === undefined || statusOf({ mandate: id, rests: digestOf(rests) }) !== statuses.valid)
      throw new Failure("forbidden", "this mandate does not hold now: ask for a token of one that does")
    const whole = wholeOf(mandate, boundOf(mandate) ?? [], rests)
    const now = clock.now()
    const expiresAt = Math.floor(Math.min(now + lifetimeSeconds * 1000, whole.until) / 1000)
    if (expiresAt * 1000 <= now)
      throw new Failure(
        "forbidden",
        "this mandate ends within a second: ask for a token of one that lasts longer",
      )
    const place = freePlace(now)
    const before = byPlace.get(place)
    const stored: Stored = {
      id: newId("token", now),
      mandate: id,
      agent: mandate.agent,
      place,
      rests: digestOf(rests),
      holder: createHash("sha256").update(thumbprintUri(key)).digest("hex"),
      expiresAt: expiresAt * 1000,
      createdAt: now,
    }
    // Taken before it is durable, so that two at once have two places; what nobody has is no token.
    byPlace.set(stored.place, stored)
    await store
      .commit((tx) => {
        if (before !== undefined) store.records.remove(tx, { kind: tokenKind.kind, id: before.id })
        records.put(tx, stored)
        declare(tx, {
          fact: "token.issued",
          subject: stored.id,
          by,
          refs: {
            mandate: id,
            agent: stored.agent,
            place: `at-${stored.place}`,
            rests: stored.rests,
            holder: stored.holder,
            expiresAt: saidTime(stored.expiresAt),
          },
        })
      })
      .catch((error: unknown) => {
        if (before === undefined) byPlace.delete(place)
        else byPlace.set(place, before)
        throw error
      })
    if (before !== undefined) records.forget(before.id)
    records.set(stored)
    const token = makeRootToken(
      {
        id: stored.id,
        mandate: whole,
        holder: key,
        issuer,
        issuedAt: Math.floor(now / 1000),
        expiresAt,
        status: { uri, idx: stored.place },
      },
      sign,
    )
    return { token, expiresAt: stored.expiresAt, issuer, status: uri, key: jwk }
  }

  /** The mandate, what is above it, and what forbids its agents something; undefined when the chain does not hold. */
  function restsOf(mandate: Mandate): Mandate[] | undefined {
    const above = mandates.above(mandate)
    const own = mandates
      .ofAgent(mandate.agent)
      .filter(
        (each) =>
          each.id !== mandate.id && each.parent === null && each.never.length + each.userOnly.length > 0,
      )
    return above && [mandate, ...above.links, ...above.beside, ...own]
  }

  function statusOf({ mandate: id, rests }: Pick<Stored, "mandate" | "rests">): number {
    const mandate = mandates.find(id)
    if (mandate === undefined) return statuses.invalid
    if (stop.stopped || isSuspended(mandate)) return statuses.suspended
    const now = restsOf(mandate)
    if (now === undefined || digestOf(now) !== rests) return statuses.invalid
    const links = [mandate, ...(boundOf(mandate) ?? [])]
    return links.every((link) => isLiveAt(link, clock.now())) ? statuses.valid : statuses.invalid
  }

  function boundOf(mandate: Mandate): readonly Mandate[] | undefined {
    const above = mandates.above(mandate)
    return above && boundBy({ mandate, above })
  }

  function isSuspended(mandate: Mandate): boolean {
    let at: Mandate | undefined = mandate
    for (let steps = 0; at !== undefined && steps < 16; steps++) {
      if (agents.records.get(at.agent)?.state === "suspended") return true
      at = at.parent === null ? undefined : mandates.find(at.parent)
    }
    return false
  }

  function freePlace(now: number): number {
    for (let place = 0; place < maxTokens; place++) {
      const taken = byPlace.get(place)
      if (taken === undefined || taken.expiresAt <= now) return place
    }
    throw new Failure("too_many", `this node has ${maxTokens} tokens in use: wait until some have expired`)
  }

  function statusOfPlace(place: number, now: number): number {
    const token = byPlace.get(place)
    return token === undefined || token.expiresAt <= now ? statuses.invalid : statusOf(token)
  }

  async function makeList(of: string): Promise<string> {
    const now = clock.now()
    const size = Math.max(0, ...byPlace.keys()) + 1
    // INVARIANT: a place that no token has says that none holds.
    const values = Array.from({ length: size }, (_, place) => statusOfPlace(place, now))
    return makeStatusList(packStatuses(2, values), { uri: of, at: Math.floor(now / 1000), ttlSeconds }, sign)
  }

  return {
    issue,
    issuer,
    statusAt(of, place) {
      if (uri === undefined || of !== uri) return "unknown"
      const status = statusOfPlace(place, clock.now())
      return status === statuses.valid ? "valid" : status === statuses.suspended ? "suspended" : "invalid"
    },
    async list() {
      if (uri === undefined) return undefined
      const now = clock.monotonic()
      if (made === undefined || now - made.at >= listMs) made = { at: now, list: makeList(uri) }
      return made.list
    },
    get key() {
      return issuer === undefined ? undefined : jwk
    },
  }
}

/**
 * The mandate as it holds at this moment: with what everything that it rests on forbids or leaves to the person, because whoever verifies it
 * sees nothing else. Throws where something above was narrowed so that it is no part of it any more.
 */
function wholeOf(mandate: Mandate, links: readonly Mandate[], rests: readonly Mandate[]): Mandate {
  let inner = mandate
  for (const outer of links) {
    const compared = isPartOf(inner, outer)
    if (!compared.ok)
      throw new Failure(
        "not_narrower",
        "what is above this mandate was narrowed since: narrow it too, then ask for its token",
        { extra: { differences: compared.differences } },
      )
    inner = outer
  }
  const unique = <T>(parts: readonly T[]) => [
    ...new Map(parts.map((part) => [JSON.stringify(part), part])).values(),
  ]
  const never = unique(rests.flatMap((each) => each.never))
  const userOnly = unique(rests.flatMap((each) => each.userOnly))
  if (never.length > 64 || userOnly.length > 64)
    throw new Failure(
      "too_many",
      "a token holds at most 64 prohibitions: narrow the mandates above it to fewer",
    )
  return { ...mandate, never, userOnly }
}

function digestOf(rests: readonly Mandate[]): string {
  const text = canonicalize(z.json().parse(JSON.parse(JSON.stringify(rests))))
  return createHash("sha256").update(text).digest("hex")
}
