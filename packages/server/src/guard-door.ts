import type { Duplex } from "node:stream"
import { basename } from "node:path"
import type { AgentRecord, ServerRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { Name, newId } from "@hufu/core/id"
import { z } from "zod"
import type { AgentAuthority } from "./authority/agents.ts"
import type { CredentialAuthority } from "./authority/credentials.ts"
import type { MandateAuthority } from "./authority/mandates.ts"
import type { PersonAuthority } from "./authority/person.ts"
import type { ServerAuthority, ServerSecrets } from "./authority/servers.ts"
import { startingMandate } from "./authority/starting-mandate.ts"
import type { Clock } from "./clock.ts"
import { launchedPackage } from "./fence/profile/launched-package.ts"
import type { Caller } from "./gateway/governor.ts"
import type { GuardRoster } from "./guard-roster.ts"

/** What `hufu guard` says once it has proved that it is this operating-system user's. */
export const GuardDetails = z.strictObject({
  name: Name.optional(),
  agent: z.string().max(80).optional(),
  credential: z.string().max(200).optional(),
  command: z.array(z.string().max(4000)).min(1).max(256).optional(),
  environment: z.record(z.string().max(200), z.string().max(32_000)).default({}),
  folder: z.string().max(4000).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  headers: z.record(z.string().max(100), z.string().max(4000)).default({}),
  /** Names of variables (with a URL: of headers) whose values this server has in the vault already. */
  vault: z.array(z.string().max(200)).max(64).default([]),
  /** Which Hufu the guard is. */
  version: z
    .string()
    .regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[0-9A-Za-z.-]{1,40})?$/)
    .optional(),
})
export type GuardDetails = z.infer<typeof GuardDetails>

export interface GuardParts {
  readonly clock: Clock
  readonly person: PersonAuthority
  readonly agents: AgentAuthority
  readonly credentials: CredentialAuthority
  readonly mandates: MandateAuthority
  readonly servers: ServerAuthority
  readonly refuseUrl: (url: string) => Promise<void>
  readonly discover: (server: string) => Promise<void>
  /** Throws with the reason when the agent may not hold a connection now. */
  readonly standing: (caller: Caller) => void
  readonly serve: (stream: Duplex, caller: Caller, server: string) => void
  readonly roster: GuardRoster
}

/** The agent of a guard that names none. */
const defaultAgent = "local"

/** Registers what a guard brings, gives its agent the safe starting mandate, and says how to serve its stream. */
export async function admitGuard(parts: GuardParts, given: unknown): Promise<(stream: Duplex) => void> {
  const parsed = GuardDetails.safeParse(given)
  if (!parsed.success)
    throw new Failure(
      "invalid_input",
      `correct \`${parsed.error.issues[0]?.path.join("/") ?? ""}\` of the guard: ${parsed.error.issues[0]?.message ?? ""}`,
    )
  const details = parsed.data
  const { agent, credential, server } = await oneByOne(parts.agents, async () => {
    const found = await agentOf(parts, details)
    const registered = await serverOf(parts, details)
    await ensureStartingMandate(parts, found.agent, registered)
    return { ...found, server: registered }
  })
  const caller: Caller = {
    agent: agent.id,
    version: agent.version,
    principal: parts.person.id,
    credential,
    door: "mcp-guard",
    connection: newId("connection", parts.clock.now()),
  }
  parts.standing(caller)
  return (stream) => {
    stream.once("close", parts.roster.enter({ version: details.version ?? null, agent: agent.name }))
    parts.serve(stream, caller, server.name)
  }
}

const admitting = new WeakMap<AgentAuthority, Promise<unknown>>()

/**
 * Clients start all their guards at once: what the first one makes, the others find. INVARIANT: there is one starting mandate
 * for an agent and a server, so that narrowing it narrows all there is.
 */
function oneByOne<T>(agents: AgentAuthority, admit: () => Promise<T>): Promise<T> {
  const mine = (admitting.get(agents) ?? Promise.resolve()).then(admit)
  admitting.set(
    agents,
    mine.catch(() => undefined),
  )
  return mine
}

async function agentOf(
  parts: GuardParts,
  details: GuardDetails,
): Promise<{ agent: AgentRecord; credential: string | null }> {
  const name = details.agent ?? defaultAgent
  const existing = [...parts.agents.records.all()].find(
    (agent) => (agent.name === name || agent.id === name) && agent.state !== "revoked",
  )
  if (existing?.identifiedBy === "credential") {
    const held = parts.credentials.check(details.credential ?? "", "agent")
    if (held.agent !== existing.id)
      throw new Failure("unauthenticated", "this credential belongs to another agent")
    return { agent: existing, credential: held.id }
  }
  if (existing) return { agent: existing, credential: null }
  // INVARIANT 6: whoever was taken out of service for good does not come back by connecting again.
  if ([...parts.agents.records.all()].some((agent) => agent.name === name))
    throw new Failure(
      "agent_revoked",
      `agent \`${name}\` is revoked for good: give this guard another name with --agent, or \`hufu agent create ${name}\``,
    )
  const draft = { name: Name.parse(name), identifiedBy: "guard", demo: false, by: "node" } as const
  return { agent: await parts.agents.create(draft), credential: null }
}

async function serverOf(parts: GuardParts, details: GuardDetails): Promise<ServerRecord> {
  if ((details.command === undefined) === (details.url === undefined))
    throw new Failure("invalid_input", "give the guard either a command after `--` or a `--url`")
  if (details.url !== undefined) await parts.refuseUrl(details.url)
  const draft = {
    command: details.command ?? null,
    url: details.url ?? null,
    demo: false,
    secrets: withVault(parts, details),
  }
  const guard = { id: "node", isPerson: false }
  if (details.name) return parts.servers.register({ ...draft, name: details.name }, guard)
  // Without a name of the person's: the first free one, or the one that has this very draft already.
  const base = nameFor(details)
  for (let i = 1; i <= 100; i++) {
    try {
      return await parts.servers.register({ ...draft, name: i === 1 ? base : `${base}-${i}` }, guard)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "name_taken") throw error
    }
  }
  throw new Failure(
    "name_taken",
    `there are too many servers named \`${base}\`: give this one a name with --name`,
  )
}

/**
 * The settings that a guard brings, and those it knows only by name. INVARIANT: what is in the vault goes to exactly the command or
 * URL that it was registered for, started where it was registered: `register` refuses any other draft under that name.
 */
function withVault({ servers }: GuardParts, details: GuardDetails): ServerSecrets {
  const { environment, headers, vault } = details
  const given = { environment, headers, folder: details.folder ?? null }
  if (vault.length === 0) return given
  const server = details.name === undefined ? undefined : servers.find(details.name)
  const kept = server === undefined ? undefined : servers.secrets(server)
  const held = (details.url === undefined ? kept?.environment : kept?.headers) ?? {}
  const missing = vault.find((name) => !Object.hasOwn(held, name))
  if (missing !== undefined || kept === undefined)
    throw new Failure(
      "not_found",
      `the vault holds no \`${missing ?? ""}\` for the server \`${details.name ?? ""}\`: put the client's own entry back with \`hufu disconnect\`, then connect again`,
    )
  const filled = Object.fromEntries(vault.map((name) => [name, held[name] ?? ""]))
  return details.url === undefined
    ? { ...given, environment: { ...environment, ...filled }, folder: kept.folder }
    : { ...given, headers: { ...headers, ...filled } }
}

/** `filesystem` for `npx -y @modelcontextprotocol/server-filesystem …`. */
function nameFor({ command, url }: GuardDetails): string {
  const [program = "server", ...args] = command ?? []
  const known =
    url === undefined
      ? (launchedPackage({ command: program, args }) ??
        basename(args.find((arg) => !arg.startsWith("-")) ?? program))
      : new URL(url).hostname
  const short = (known.split("/").at(-1) ?? known)
    .replace(/^(?:mcp-server|server|mcp)-/, "")
    .replace(/\.[cm]?[jt]s$/, "")
  const legal = short
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 50)
  return legal === "" ? "server" : legal
}

function ensureStartingMandate(
  { mandates, person, clock }: GuardParts,
  agent: AgentRecord,
  server: ServerRecord,
): Promise<void> {
  return mandates.ensureStarting({
    agent: agent.id,
    principal: person.id,
    draft: startingMandate(server.name, clock.now()),
    by: "node",
    starting: server.id,
    isMadeByPerson: agent.identifiedBy === "credential",
  })
}
