import { randomBytes } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { formatAic, parseAic } from "@hufu/core/identity/aic"
import type { JsonObject } from "@hufu/core/json/json-value"
import { newId } from "@hufu/core/id"
import type { AgentAuthority } from "../../../authority/agents.ts"
import type { CredentialAuthority } from "../../../authority/credentials.ts"
import type { ServerAuthority } from "../../../authority/servers.ts"
import type { Clock } from "../../../clock.ts"
import type { BrokerSettings } from "../../../config/broker-settings.ts"
import type { HttpDoor } from "../../../http/listen.ts"
import type { CertificateAuthority } from "../../../identity/ca/certificate-authority.ts"
import { toPem } from "../../../identity/x509/pem.ts"
import type { Store } from "../../../store/store.ts"
import type { Delegations } from "../../delegation/delegations.ts"
import type { Governor } from "../../governor.ts"
import type { Identified } from "../../identify-agent.ts"
import type { GroupWho } from "./group-parts.ts"
import type { Groups } from "./groups.ts"
import { createMqAuthDoor } from "./mq-auth-door.ts"
import { mqUsers } from "./mq-users.ts"
import { openGroups } from "./open-groups.ts"

export interface GroupsOfNodeParts {
  readonly settings: BrokerSettings
  readonly store: Store
  readonly clock: Clock
  readonly governor: Governor
  readonly delegations: Delegations
  readonly agents: Pick<AgentAuthority, "records">
  readonly servers: Pick<ServerAuthority, "find" | "live" | "secrets">
  readonly credentials: Pick<CredentialAuthority, "check">
  readonly ca: Pick<CertificateAuthority, "authorities" | "certificates" | "holders">
  readonly principal: string
  /** Under which code Hufu answers for whatever has none of its own that is known. */
  readonly codeOf: (id: string) => string
  readonly taskOf: (agent: string, principal: string) => Promise<string>
  readonly identify: (request: IncomingMessage) => Identified
  readonly config: { readonly node: string; readonly hosts: readonly string[] }
  readonly answerMs?: number
  readonly log: { warn(of: object, said: string): void; error(of: object, said: string): void }
}

const maxCauses = 16
const defaultAnswerMs = 10_000

/** The groups of this node at its broker, and the door at which that asks what is allowed. */
export function groupsOfNode(parts: GroupsOfNodeParts): { readonly groups: Groups; readonly door: HttpDoor } {
  const { settings, store, clock, governor, ca, log } = parts
  const node = { user: parts.config.node, password: randomBytes(32).toString("base64url") }
  const who = whoIsWho(parts)
  const onError = (error: unknown, doing: string) => log.error({ err: error }, `could not ${doing}`)
  const groups = openGroups({
    store,
    clock,
    governor,
    delegations: parts.delegations,
    settings,
    answerMs: parts.answerMs ?? defaultAnswerMs,
    who,
    taskOf: parts.taskOf,
    ...node,
    roots: () =>
      ca.authorities
        .all()
        .filter(({ state }) => state !== "revoked")
        .map(({ certificate }) => toPem("CERTIFICATE", certificate)),
    log: (what) => log.warn(what, "a message at the broker was not taken"),
    onError,
  })
  const users = mqUsers({
    clock,
    governor,
    credentials: parts.credentials,
    certificates: ca.certificates,
    who,
    node,
    disconnect: (user) =>
      void groups
        .disconnect({ member: user })
        .catch((error: unknown) => onError(error, "end a connection at the broker")),
  })
  const door = createMqAuthDoor({
    groups,
    users,
    governor,
    identify: parts.identify,
    aicOf: (agent) => ca.holders.find(agent)?.aic,
    mayWriteTo(user, inbox) {
      const [agent, server] = [who.agentOf(user), who.partnerOf(inbox)]
      if (agent === undefined || server === undefined) return false
      const connection = newId("connection", clock.now())
      const caller = {
        ...agent,
        principal: who.principal,
        credential: null,
        door: "aip-mq" as const,
        connection,
      }
      return governor.visible(caller, server, [inviteTool]).has(inviteTool)
    },
    secret: settings.secret,
    refused: noteRefused(parts, who, onError),
    config: parts.config,
  })
  return { groups, door }
}

const inviteTool = "group/invite"

function whoIsWho({ agents, servers, ca, codeOf, principal }: GroupsOfNodeParts): GroupWho {
  const code = (name: string) => {
    const server = servers.find(name)
    const aic = server && parseAic(servers.secrets(server).aic ?? codeOf(server.id))
    return aic && formatAic(aic)
  }
  return {
    principal,
    agentOf(aic) {
      const agent = agents.records.get(ca.holders.holderOf(aic)?.id ?? "")
      return agent && { agent: agent.id, version: agent.version }
    },
    codeOf: code,
    partners: () => servers.live().map(({ name }) => name),
    partnerOf: (aic) => servers.live().find(({ name }) => code(name) === aic)?.name,
  }
}

/**
 * Every denial can be found: in the log, and where it is an agent of this node's, once for each cause in the ledger, so that one that tries
 * again and again does not fill the disk.
 */
function noteRefused(
  { store, log }: GroupsOfNodeParts,
  who: GroupWho,
  onError: (error: unknown, doing: string) => void,
): (user: string, what: JsonObject & { readonly reason: string }) => void {
  const written = new Map<string, Set<string>>()
  return (user, what) => {
    log.warn({ ...what, user: user.slice(0, 100) }, "the broker was told to refuse")
    const agent = who.agentOf(user)?.agent
    if (agent === undefined) return
    const causes = written.get(agent) ?? new Set()
    if (causes.has(what.reason) || causes.size >= maxCauses) return
    written.set(agent, causes.add(what.reason))
    store
      .commit(
        (tx) => {
          tx.append({
            kind: "statement",
            fact: "agent.refused",
            subject: agent,
            by: "node",
            refs: { reason: what.reason, door: "aip-mq" },
          })
        },
        { lazy: true, blind: true },
      )
      .catch((error: unknown) => onError(error, `record that the broker refused ${agent}`))
  }
}
