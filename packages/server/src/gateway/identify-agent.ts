import type { IncomingMessage } from "node:http"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { AgentAuthority } from "../authority/agents.ts"
import type { CredentialAuthority } from "../authority/credentials.ts"
import type { PersonAuthority } from "../authority/person.ts"
import type { Clock } from "../clock.ts"
import type { Caller } from "./governor.ts"

interface Parts {
  readonly credentials: CredentialAuthority
  readonly agents: AgentAuthority
  readonly person: PersonAuthority
  readonly clock: Clock
}

/** Step identify at the HTTP door: the credential gives the agent, its version and its principal; nothing that the client says of itself counts. */
export function identifyAgent(
  request: IncomingMessage,
  { credentials, agents, person, clock }: Parts,
): Caller {
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(request.headers.authorization ?? "")?.[1]
  if (token === undefined)
    throw new Failure(
      "unauthenticated",
      "send the agent's credential as `Authorization: Bearer …`: `hufu agent create` shows one",
    )
  const { id, agent } = credentials.check(token, "agent")
  const { version } = agents.records.need(agent)
  return {
    agent,
    version,
    principal: person.id,
    credential: id,
    door: "mcp-http",
    connection: newId("connection", clock.now()),
  }
}
