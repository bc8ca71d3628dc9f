import type { IncomingMessage } from "node:http"
import type { CredentialRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { AgentAuthority } from "../authority/agents.ts"
import type { CredentialAuthority } from "../authority/credentials.ts"
import type { PersonAuthority } from "../authority/person.ts"
import type { Clock } from "../clock.ts"
import type { AccessTokens } from "../identity/oauth/access-tokens.ts"
import type { SignedRequests } from "../identity/signed-requests.ts"
import type { Caller } from "./governor.ts"

/** Who sends a request, as the door has established it. */
export interface Identified {
  readonly caller: Caller
  /** Throws for another body than the one that the caller vouches for. */
  readonly checkBody?: (body: Uint8Array) => void
}

interface Parts {
  readonly credentials: CredentialAuthority
  readonly agents: AgentAuthority
  readonly person: PersonAuthority
  readonly clock: Clock
  readonly signed: SignedRequests
  /** Where the node is an authorisation server. */
  readonly tokens: AccessTokens | undefined
}

/** Step identify at the HTTP door: the credential gives the agent, its version and its principal; nothing that the client says of itself counts. */
export function identifyAgent(request: IncomingMessage, parts: Parts): Identified {
  const { caller, ...rest } = identify(request, parts)
  const presents = presentedIn(request)
  return { caller: presents === undefined ? caller : { ...caller, presents }, ...rest }
}

/** By which an agent brings the authority of a call along, apart from who it is. */
const tokenHeader = "hufu-mandate-token"
const proofHeader = "hufu-mandate-proof"

function presentedIn({ headers }: IncomingMessage): Caller["presents"] {
  const [tokens, proof] = [headers[tokenHeader], headers[proofHeader]].map((value) =>
    Array.isArray(value) ? value.join(",") : value,
  )
  if (tokens === undefined && proof === undefined) return undefined
  return { tokens: (tokens ?? "").split(/[\s,]+/).filter((token) => token !== ""), proof: proof ?? "" }
}

function identify(request: IncomingMessage, parts: Parts): Identified {
  const { authorization } = request.headers
  if (authorization === undefined && request.headers["signature-input"] !== undefined) {
    const { credential, ...rest } = parts.signed.identify(request)
    return { caller: callerOf(credential, parts), ...rest }
  }
  if (authorization !== undefined && parts.tokens?.takes(authorization)) {
    const { credential, token } = parts.tokens.identify(request)
    return { caller: { ...callerOf(credential, parts), token } }
  }
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization ?? "")?.[1]
  if (token === undefined)
    throw new Failure(
      "unauthenticated",
      "send the agent's credential as `Authorization: Bearer …`: `hufu agent create` shows one",
    )
  return { caller: callerOf(parts.credentials.check(token, "agent"), parts) }
}

function callerOf({ id, agent }: CredentialRecord, { agents, person, clock }: Parts): Caller {
  return {
    agent,
    version: agents.records.need(agent).version,
    principal: person.id,
    credential: id,
    door: "mcp-http",
    connection: newId("connection", clock.now()),
  }
}
