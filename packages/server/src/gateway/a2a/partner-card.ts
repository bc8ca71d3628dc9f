import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { HttpUpstream } from "../mcp/upstream/http-upstream.ts"
import { exchangeWithPartner } from "./partner-exchange.ts"

/** How a partner is spoken to. */
export interface PartnerFace {
  readonly binding: "JSONRPC" | "HTTP+JSON"
  readonly version: "1.0" | "0.3"
  /** Below which its methods are, at the registered origin. */
  readonly path: string
  readonly tenant: string | undefined
}

/** What a partner says of itself. UNTRUSTED. */
export interface PartnerCard {
  readonly card: JsonObject
  readonly face: PartnerFace
  readonly streaming: boolean
  /** The extensions that it names. */
  readonly extensions: readonly string[]
}

const wellKnown = "/.well-known/agent-card.json"
const timeoutMs = 20_000

/** Where a partner's card is: at the address itself, below it, or at its origin. */
export function cardPaths(url: string): string[] {
  const { pathname, search } = new URL(url)
  if (pathname.endsWith(".json")) return [pathname + search]
  return [...new Set([pathname.replace(/\/$/, "") + wellKnown, wellKnown])]
}

/** Reads a partner's card; the permit of an action is not needed, because nothing of it is sent. */
export async function readPartnerCard(
  upstream: HttpUpstream,
  url: string,
  signal: AbortSignal,
): Promise<PartnerCard> {
  for (const path of cardPaths(url)) {
    const answer = await exchangeWithPartner(upstream, {
      method: "GET",
      path,
      headers: { accept: "application/json", "a2a-version": "1.0" },
      body: null,
      timeoutMs,
      signal,
      leave: () => true,
    })
    if (answer.status === 200) return understandCard(await answer.json(), url)
    answer.abandon()
  }
  throw new Failure(
    "upstream_unavailable",
    `the partner shows no card: it should be at \`${cardPaths(url)[0] ?? ""}\``,
  )
}

/** Reads what a card says of how to speak with its agent. Throws Failure("invalid_input") for one that names no way that Hufu knows. */
export function understandCard(card: JsonValue | undefined, url: string): PartnerCard {
  if (!isJsonObject(card)) throw new Failure("invalid_input", "the partner's card is not an object")
  const { origin } = new URL(url)
  const faces = interfacesOf(card).flatMap(({ url: at, ...rest }) => {
    const address = URL.parse(at)
    // UNTRUSTED: a card could lead what is registered for this partner, secrets included, to anywhere else.
    return address?.origin === origin
      ? [{ ...rest, path: address.pathname.replace(/\/$/, "") + address.search }]
      : []
  })
  const face = preferences.map((is) => faces.find(is)).find((each) => each !== undefined)
  if (face === undefined)
    throw new Failure(
      "invalid_input",
      `the partner's card names no interface for A2A 1.0 or 0.3 over JSON-RPC or HTTP at \`${origin}\`: register the address that it names`,
    )
  const { streaming, extensions } = membersOf(card["capabilities"])
  return {
    card,
    face,
    streaming: streaming === true,
    extensions: Array.isArray(extensions)
      ? extensions.flatMap((each) => {
          const { uri } = membersOf(each)
          return typeof uri === "string" && uri.length <= 2048 ? [uri] : []
        })
      : [],
  }
}

type Named = Omit<PartnerFace, "path">

/** The newest version first; of one version what the card names first. */
const preferences: readonly ((face: Named) => boolean)[] = [
  ({ version }) => version === "1.0",
  // Over HTTP the JSON of 0.3 is that of gRPC, which nobody here speaks.
  ({ version, binding }) => version === "0.3" && binding === "JSONRPC",
]

function interfacesOf(card: JsonObject): (Named & { url: string })[] {
  const { supportedInterfaces, url, preferredTransport, additionalInterfaces, protocolVersion } = card
  const now = itemsOf(supportedInterfaces).flatMap((each) => {
    const { url: at, protocolBinding, protocolVersion: version, tenant } = membersOf(each)
    return face(at, protocolBinding, version, tenant)
  })
  const first =
    url === undefined ? [] : face(url, preferredTransport ?? "JSONRPC", protocolVersion ?? "0.3", undefined)
  const legacy = itemsOf(additionalInterfaces).flatMap((each) => {
    const { url: at, transport } = membersOf(each)
    return face(at, transport, protocolVersion ?? "0.3", undefined)
  })
  return [...now, ...first, ...legacy]
}

function face(
  url: JsonValue | undefined,
  binding: JsonValue | undefined,
  version: JsonValue | undefined,
  tenant: JsonValue | undefined,
): (Named & { url: string })[] {
  const major = /^(1|0\.3)(?:\.|$)/.exec(typeof version === "string" ? version : "")?.[1]
  if (typeof url !== "string" || major === undefined) return []
  if (binding !== "JSONRPC" && binding !== "HTTP+JSON") return []
  return [
    {
      url,
      binding,
      version: major === "1" ? "1.0" : "0.3",
      tenant: typeof tenant === "string" && tenant !== "" && tenant.length <= 256 ? tenant : undefined,
    },
  ]
}

function itemsOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value.slice(0, 64) : []
}

function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
