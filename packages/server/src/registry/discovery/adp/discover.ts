import { randomUUID } from "node:crypto"
import { formatAic, parseAic } from "@hufu/core/identity/aic"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { acs } from "@hufu/core/registration/faces/acs"
import type { Registration } from "@hufu/core/registration/registration"
import type { Ed25519Jwk } from "@hufu/core/token/ed25519-jwk"
import type { ReachOptions } from "../../../gateway/mcp/upstream/reachable-address.ts"
import type { PeerTls } from "../../fetch-peer.ts"
import { bestSkill, type Ranked, type WeighedWords } from "../rank.ts"
import { search, type SearchParts } from "../search.ts"
import type { Meaning } from "../meaning.ts"
import { searchByMeaning } from "../search-by-meaning.ts"
import type { Trends } from "../trends.ts"
import { callPeer, type PeerAnswer } from "./call-peer.ts"
import { type DiscoveryRequest, readDiscoveryRequest } from "./discovery-request.ts"
import { checkChain, type ForwardKey, signedBytes } from "./forward-chain.ts"

/** A discovery server that the operator has named: requests are passed on to it and taken from it. */
export interface Peer {
  readonly aic: string
  readonly url: string
  readonly key: Ed25519Jwk
}

export interface DiscoverParts extends SearchParts {
  readonly meaning?: Meaning | undefined
  readonly trends: Trends
  /** This server's own code; without one nothing is passed on. */
  readonly own: string | undefined
  readonly peers: readonly Peer[]
  readonly key: ForwardKey
  readonly reach: ReachOptions
  /** The certificate that is shown to them; read whenever one is asked, as certificates do not last. */
  readonly tls?: (() => PeerTls) | undefined
  /** Where the faces of registrations are. */
  readonly origin: () => string
  readonly monotonic: () => number
}

interface AgentSkill {
  readonly aic: string
  readonly skillId: string
  readonly ranking: number
  readonly memo?: string
}
interface Group {
  readonly group: string
  readonly agentSkills: readonly AgentSkill[]
}
interface Route {
  readonly forwardChain: readonly string[]
  readonly agentGroups: readonly Group[]
  readonly status: "ok" | "timeout" | "error"
  readonly durationMs: number
  readonly metadata?: Readonly<Record<string, string | number>>
}
interface AliveState {
  readonly alive: boolean
  readonly aliveLastSeenAt: string
}

/** DiscoveryResult of ADP, revision 02.02. */
export interface DiscoveryResult {
  readonly acsMap: Readonly<Record<string, JsonObject>>
  readonly agents: readonly Group[]
  readonly routes: readonly Route[]
  readonly aliveMap?: Readonly<Record<string, AliveState>>
}

export interface Discovered {
  readonly requestId: string
  readonly result: DiscoveryResult
}

/** What one server found. */
interface Share {
  readonly skills: readonly AgentSkill[]
  readonly cards: ReadonlyMap<string, JsonObject>
  readonly alive: ReadonlyMap<string, AliveState>
}

/**
 * Answers a discovery of ADP (ACPs spec 06) from what is registered here and, where that is not enough or several were asked for, from
 * the discovery servers that the operator has named. UNTRUSTED: the request, and what other servers answer.
 */
export async function discover(
  parts: DiscoverParts,
  body: JsonValue,
  caller: { readonly aic: string | undefined; readonly trace: Readonly<Record<string, string>> },
): Promise<Discovered> {
  const { own, peers, monotonic } = parts
  const begun = monotonic()
  const request = readDiscoveryRequest(body)
  const keys = new Map(peers.map(({ aic, key }) => [aic, key]))
  await checkChain(request, { own, keyOf: (aic) => keys.get(aic), caller: caller.aic })
  const requestId = request.requestId ?? randomUUID()
  const { share, complete } = await findHere(parts, request)
  const chain = own === undefined ? request.chain : [...request.chain, own]
  const isShort = share.skills.length < request.limit
  const here: Route = {
    forwardChain: chain,
    agentGroups: groupsOf(request, share.skills),
    // What could not be looked at within the bounds of one request may hold more.
    status: complete || !isShort ? "ok" : "timeout",
    durationMs: Math.round(monotonic() - begun),
    ...(complete || !isShort
      ? {}
      : { metadata: { reason: "narrow the filter: not everything was compared" } }),
  }
  const others =
    isShort || request.fanoutLimit > 1
      ? await askPeers(parts, request, { requestId, chain, begun, caller })
      : []
  const merged = merge(parts, request, [share, ...others.map((each) => each.share)])
  const aliveMap = Object.fromEntries(merged.alive)
  return {
    requestId,
    result: {
      acsMap: Object.fromEntries(merged.cards),
      agents: groupsOf(request, merged.skills),
      routes: [here, ...others.flatMap(({ routes }) => routes)],
      ...(merged.alive.size > 0 ? { aliveMap } : {}),
    },
  }
}

async function findHere(
  parts: DiscoverParts,
  request: DiscoveryRequest,
): Promise<{ share: Share; complete: boolean }> {
  const { type, query, filter, limit } = request
  const { hits, complete, question } = await searchByMeaning(
    parts,
    { text: query, filter, limit },
    parts.meaning,
  )
  const found = type === "trending" ? [...trending(parts, request, hits), ...hits] : hits
  const cards = new Map<string, JsonObject>()
  const alive = new Map<string, AliveState>()
  const skills: AgentSkill[] = []
  for (const { registration, reasons } of found) {
    const { aic, id } = registration
    if (aic === null || cards.has(aic) || skills.length >= limit) continue
    cards.set(aic, acs.show(registration, { origin: parts.origin() }))
    const heard = parts.source.liveness?.(id)
    if (heard !== undefined)
      alive.set(aic, { alive: heard.alive, aliveLastSeenAt: new Date(heard.lastSeenAt).toISOString() })
    const { mirror } = registration
    const memo = [
      ...(mirror === null ? [] : [`registry: ${mirror.registry.slice(0, 200)}`]),
      ...reasons.map(({ field, words }) => `${field}: ${words.join(" ")}`),
    ]
      .join("; ")
      .slice(0, 300)
    skills.push({
      aic,
      skillId: skillOf(registration, question),
      ranking: skills.length + 1,
      ...(memo === "" ? {} : { memo }),
    })
  }
  return { share: { skills, cards, alive }, complete }
}

/** Those that are looked at most, of those that answer the question and the filter at all. */
function trending(
  parts: DiscoverParts,
  { query, filter, limit }: DiscoveryRequest,
  hits: readonly Ranked[],
): Ranked[] {
  const top = new Set(parts.trends.top(200))
  const wide = hits.length < limit ? hits : search(parts, { text: query, filter, limit: 200 }).hits
  const byId = new Map(wide.map((hit) => [hit.registration.id, hit]))
  return [...top].flatMap((id) => byId.get(id) ?? [])
}

function skillOf(registration: Registration, question: WeighedWords): string {
  return bestSkill(registration, question)?.id ?? ""
}

/** One group, named after what was asked; none where nothing was found. */
function groupsOf({ query }: DiscoveryRequest, agentSkills: readonly AgentSkill[]): Group[] {
  return agentSkills.length === 0 ? [] : [{ group: query, agentSkills }]
}

interface Passing {
  readonly requestId: string
  readonly chain: readonly string[]
  readonly begun: number
  readonly caller: { readonly trace: Readonly<Record<string, string>> }
}

async function askPeers(
  { own, peers, key, reach, tls, monotonic }: DiscoverParts,
  request: DiscoveryRequest,
  { requestId, chain, begun, caller }: Passing,
): Promise<{ share: Share; routes: Route[] }[]> {
  const { depthLimit, fanoutLimit, fanoutRemaining, eachTimeoutMs } = request
  const left = Math.floor(request.totalTimeoutMs - (monotonic() - begun))
  if (own === undefined || chain.length > depthLimit || left < eachTimeoutMs) return []
  // The first server says whom the others may ask; no caller does.
  const trusted = request.chain.length === 0 ? peers.map(({ aic }) => aic) : (request.trusted ?? [])
  const chosen = peers
    .filter(({ aic }) => !chain.includes(aic) && trusted.includes(aic))
    .slice(0, Math.min(fanoutLimit, fanoutRemaining))
  const part = {
    chain,
    trusted,
    requestId,
    type: request.type,
    query: request.query,
    filter: request.rawFilter,
  }
  const body = JSON.stringify({
    type: request.type,
    query: request.query,
    requestId,
    limit: request.limit,
    ...(request.rawFilter === undefined ? {} : { filter: request.rawFilter }),
    forwardDepthLimit: depthLimit,
    forwardFanoutLimit: fanoutLimit,
    forwardFanoutRemaining: Math.floor(fanoutRemaining / Math.max(1, chosen.length)),
    forwardChain: chain,
    forwardTrustedServers: trusted,
    forwardSignatures: [...request.signatures, key.sign(signedBytes(part))],
    forwardEachTimeoutMs: eachTimeoutMs,
    forwardTotalTimeoutMs: left,
  })
  const origins = new Set(peers.map(({ url }) => new URL(url).origin))
  return Promise.all(
    chosen.map(async (peer) => {
      const asked = monotonic()
      const answer = await callPeer(peer, {
        body,
        headers: caller.trace,
        timeoutMs: eachTimeoutMs,
        origins,
        reach,
        tls,
      })
      return readAnswer(answer, {
        chain: [...chain, peer.aic],
        durationMs: Math.round(monotonic() - asked),
        request,
      })
    }),
  )
}

const bounds = { skills: 50, routes: 20, memo: 300, skillId: 128, cardBytes: 256 * 1024 }

/** What another server answered, as far as it is of the form that it has to have. UNTRUSTED. */
function readAnswer(
  answer: PeerAnswer,
  { chain, durationMs, request }: { chain: readonly string[]; durationMs: number; request: DiscoveryRequest },
): { share: Share; routes: Route[] } {
  const nothing: Share = { skills: [], cards: new Map(), alive: new Map() }
  if (answer.status !== "ok") {
    const { status, reason } = answer
    return {
      share: nothing,
      routes: [{ forwardChain: chain, agentGroups: [], status, durationMs, metadata: { reason } }],
    }
  }
  const { acsMap, agents, aliveMap, routes } = answer.result
  const cards = new Map<string, JsonObject>()
  const alive = new Map<string, AliveState>()
  const skills = itemsOf(agents)
    .flatMap((group) => (isJsonObject(group) ? itemsOf(group["agentSkills"]) : []))
    .slice(0, bounds.skills)
    .flatMap((each) => {
      const skill = readSkill(each)
      const card = isJsonObject(acsMap) && skill !== undefined ? acsMap[skill.aic] : undefined
      if (skill === undefined || !isUsableCard(card, skill.aic)) return []
      cards.set(skill.aic, card)
      const state = isJsonObject(aliveMap) ? readAlive(aliveMap[skill.aic]) : undefined
      if (state !== undefined) alive.set(skill.aic, state)
      return [skill]
    })
  const own: Route = { forwardChain: chain, agentGroups: groupsOf(request, skills), status: "ok", durationMs }
  return { share: { skills, cards, alive }, routes: [own, ...deeper(routes, chain)] }
}

/** The ways beyond a server that it speaks of, by their chain and how they ended. */
function deeper(routes: JsonValue | undefined, chain: readonly string[]): Route[] {
  return itemsOf(routes)
    .slice(0, bounds.routes)
    .flatMap((each) => {
      if (!isJsonObject(each)) return []
      const codes = itemsOf(each["forwardChain"])
        .slice(0, 16)
        .flatMap((code) => codeOf(code) ?? [])
      const status = (["ok", "timeout", "error"] as const).find((known) => known === each["status"])
      if (
        status === undefined ||
        codes.length <= chain.length ||
        chain.some((code, at) => codes[at] !== code)
      )
        return []
      const { durationMs } = each
      return [
        {
          forwardChain: codes,
          agentGroups: [],
          status,
          durationMs: typeof durationMs === "number" ? durationMs : 0,
        },
      ]
    })
}

function readSkill(value: JsonValue): AgentSkill | undefined {
  if (!isJsonObject(value)) return undefined
  const { skillId, ranking, memo } = value
  const aic = codeOf(value["aic"])
  if (aic === undefined || typeof skillId !== "string" || skillId.length > bounds.skillId) return undefined
  if (typeof ranking !== "number" || !Number.isFinite(ranking)) return undefined
  return { aic, skillId, ranking, ...(typeof memo === "string" ? { memo: memo.slice(0, bounds.memo) } : {}) }
}

function isUsableCard(card: JsonValue | undefined, aic: string): card is JsonObject {
  if (!isJsonObject(card) || card["active"] === false) return false
  if (card["aic"] !== undefined && codeOf(card["aic"]) !== aic) return false
  return JSON.stringify(card).length <= bounds.cardBytes
}

function readAlive(value: JsonValue | undefined): AliveState | undefined {
  if (!isJsonObject(value)) return undefined
  const { alive, aliveLastSeenAt } = value
  return typeof alive === "boolean" && typeof aliveLastSeenAt === "string" && aliveLastSeenAt.length <= 40
    ? { alive, aliveLastSeenAt }
    : undefined
}

/**
 * All shares as one, each agent's skill once, the best of each server first. What this registry knows of an agent counts before what
 * others say of it, and an agent that it would not have used is left out whoever names it.
 */
function merge({ source }: DiscoverParts, { limit }: DiscoveryRequest, shares: readonly Share[]): Share {
  const [here] = shares
  const taken = new Map<string, AgentSkill>()
  const all = shares.flatMap(({ skills }, server) => skills.map((skill) => ({ skill, server })))
  for (const { skill } of all.toSorted(
    (one, other) => one.skill.ranking - other.skill.ranking || one.server - other.server,
  )) {
    const isHere = here?.cards.has(skill.aic) === true
    if (!isHere && source.isRefused(skill.aic)) continue
    const known = `${skill.aic} ${skill.skillId}`
    if (!taken.has(known) && taken.size < limit) taken.set(known, skill)
  }
  const skills = [...taken.values()].map((skill, at) => ({ ...skill, ranking: at + 1 }))
  const cards = new Map<string, JsonObject>()
  const alive = new Map<string, AliveState>()
  for (const { aic } of skills) {
    const card = shares.map((share) => share.cards.get(aic)).find((each) => each !== undefined)
    if (card !== undefined) cards.set(aic, card)
    const state = shares.map((share) => share.alive.get(aic)).find((each) => each !== undefined)
    if (state !== undefined) alive.set(aic, state)
  }
  return { skills, cards, alive }
}

function codeOf(value: JsonValue | undefined): string | undefined {
  const aic = typeof value === "string" ? parseAic(value) : undefined
  return aic === undefined ? undefined : formatAic(aic)
}

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}
