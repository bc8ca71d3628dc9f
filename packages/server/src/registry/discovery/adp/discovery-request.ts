import { parseAic, formatAic } from "@hufu/core/identity/aic"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { type AcsFilter, readFilter } from "../acs-filter.ts"
import { AdpError } from "./adp-error.ts"

export const discoveryTypes = ["explicit", "exploratory", "trending", "filtered"] as const
export type DiscoveryType = (typeof discoveryTypes)[number]

/** A request of ADP (spec 06, 4.2.1) that was found sound, with its defaults. */
export interface DiscoveryRequest {
  readonly type: DiscoveryType
  readonly query: string
  readonly requestId: string | undefined
  readonly limit: number
  readonly filter: AcsFilter | undefined
  /** As it came, to be passed on and signed. */
  readonly rawFilter: JsonValue | undefined
  readonly depthLimit: number
  readonly fanoutLimit: number
  /** Into how many branches the request may still be split from here on; every branch gets its share. */
  readonly fanoutRemaining: number
  readonly chain: readonly string[]
  readonly trusted: readonly string[] | undefined
  readonly signatures: readonly string[]
  readonly eachTimeoutMs: number
  readonly totalTimeoutMs: number
}

const bounds = {
  query: 4000,
  limit: 50,
  context: 16 * 1024,
  depth: 5,
  fanout: 5,
  chain: 16,
  trusted: 100,
  signature: 1000,
  eachTimeoutMs: 10_000,
  totalTimeoutMs: 60_000,
}

/** Reads a request, or says by its code what is wrong with it. UNTRUSTED input. */
export function readDiscoveryRequest(body: JsonValue): DiscoveryRequest {
  if (!isJsonObject(body)) throw new AdpError("InvalidRequest", "send a JSON object")
  const type = readType(body["type"])
  const query = readQuery(body["query"], type)
  refuseLargeContext(body["context"])
  const rawFilter = body["filter"] ?? undefined
  const fanoutLimit = readCount(
    body,
    "forwardFanoutLimit",
    { most: bounds.fanout, or: 1 },
    "ForwardFanoutLimitInvalid",
  )
  return {
    type,
    query: type === "filtered" ? "" : query,
    requestId: readRequestId(body["requestId"]),
    limit: readCount(body, "limit", { most: bounds.limit, or: 5 }, "InvalidRequest"),
    filter: rawFilter === undefined ? undefined : readFilter(rawFilter),
    rawFilter,
    depthLimit: readCount(
      body,
      "forwardDepthLimit",
      { most: bounds.depth, or: 3 },
      "ForwardDepthLimitInvalid",
    ),
    fanoutLimit,
    fanoutRemaining: readRemaining(body["forwardFanoutRemaining"], fanoutLimit),
    chain: readCodes(body["forwardChain"], bounds.chain, "ForwardChainInvalid", "forwardChain") ?? [],
    trusted: readCodes(
      body["forwardTrustedServers"],
      bounds.trusted,
      "InvalidRequest",
      "forwardTrustedServers",
    ),
    signatures: readSignatures(body["forwardSignatures"]),
    eachTimeoutMs: readTimeout(body, "forwardEachTimeoutMs", bounds.eachTimeoutMs),
    totalTimeoutMs: readTimeout(body, "forwardTotalTimeoutMs", bounds.totalTimeoutMs),
  }
}

function readType(value: JsonValue | undefined): DiscoveryType {
  const type = discoveryTypes.find((each) => each === (value ?? "explicit"))
  if (type === undefined)
    throw new AdpError("InvalidRequest", `\`type\` is one of ${discoveryTypes.join(", ")}`)
  return type
}

function readQuery(value: JsonValue | undefined, type: DiscoveryType): string {
  const query = value ?? ""
  if (typeof query !== "string") throw new AdpError("MissingQuery", "`query` is a text")
  if (query.length > bounds.query)
    throw new AdpError("InvalidRequest", `\`query\` has at most ${bounds.query} characters`)
  if (type === "explicit" && query.trim() === "")
    throw new AdpError("MissingQuery", "an explicit discovery needs a `query` that is not empty")
  return query
}

function refuseLargeContext(value: JsonValue | undefined): void {
  if (value === undefined || value === null) return
  if (!isJsonObject(value)) throw new AdpError("InvalidRequest", "`context` is an object")
  if (JSON.stringify(value).length > bounds.context)
    throw new AdpError("InvalidRequest", `\`context\` has at most ${bounds.context} characters`)
}

function readRequestId(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === "string" && /^[!-~]{1,200}$/.test(value)) return value
  throw new AdpError("InvalidRequest", "`requestId` has 1 to 200 visible ASCII characters")
}

function readCount(
  body: JsonObject,
  name: string,
  { most, or }: { most: number; or: number },
  error: "InvalidRequest" | "ForwardDepthLimitInvalid" | "ForwardFanoutLimitInvalid",
): number {
  const value = body[name] ?? or
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new AdpError(error, `\`${name}\` is a whole number from 1 to ${most}`)
}

function readRemaining(value: JsonValue | undefined, limit: number): number {
  const remaining = value ?? limit
  if (typeof remaining !== "number" || !Number.isInteger(remaining) || remaining < 0)
    throw new AdpError("InvalidRequest", "`forwardFanoutRemaining` is a whole number that is not negative")
  if (remaining > limit)
    throw new AdpError(
      "ForwardFanoutExceeded",
      "`forwardFanoutRemaining` is more than `forwardFanoutLimit`",
      {
        availableBudget: limit,
        requiredBranches: remaining,
      },
    )
  return remaining
}

function readCodes(
  value: JsonValue | undefined,
  most: number,
  error: "ForwardChainInvalid" | "InvalidRequest",
  name: string,
): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length > most)
    throw new AdpError(error, `\`${name}\` is a list of at most ${most} agent identity codes`)
  return value.map((each) => {
    const aic = typeof each === "string" ? parseAic(each) : undefined
    if (aic === undefined)
      throw new AdpError(error, `\`${name}\` holds something that is no agent identity code`)
    return formatAic(aic)
  })
}

function readSignatures(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > bounds.chain)
    throw new AdpError(
      "ForwardSignatureInvalid",
      "`forwardSignatures` has one signature for each code of `forwardChain`",
    )
  return value.map((each) => {
    if (typeof each === "string" && each.length <= bounds.signature) return each
    throw new AdpError("ForwardSignatureInvalid", "a signature is a text in base64url")
  })
}

function readTimeout(body: JsonObject, name: string, most: number): number {
  const value = body[name] ?? most
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1)
    throw new AdpError("InvalidRequest", `\`${name}\` is a whole number of milliseconds`)
  return Math.min(value, most)
}
