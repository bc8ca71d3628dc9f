import { contract, type OperationId } from "@hufu/core/contract/contract"
import type { HoldRecord } from "@hufu/core/contract/records"
import { newId } from "@hufu/core/id"
import { Failure } from "@hufu/core/failure"
import type { Hono } from "hono"
import { openAgents } from "../../authority/agents.ts"
import { openBrowsers } from "../../authority/browsers.ts"
import { openCredentials } from "../../authority/credentials.ts"
import { declareWith } from "../../authority/declare.ts"
import { openPerson } from "../../authority/person.ts"
import { accessAnswers } from "../../access/answer-access.ts"
import { openDeveloperSessions } from "../../identity/organisations/developer-sessions.ts"
import { openDevelopers } from "../../identity/ownership/developers.ts"
import type { OperationContext } from "../../operation/context.ts"
import type { Operations } from "../../operation/operations.ts"
import { openDiscovery } from "../../registry/discovery/discovery.ts"
import { AtrError } from "../../registry/atr/atr-error.ts"
import { servedFaces } from "../../registry/served-faces.ts"
import { scratch, scratchStart } from "../../store/scratch-store.ts"
import { openStore, type Store } from "../../store/store.ts"
import { type Bindings, createApp } from "../app.ts"
import { openConsoleFiles } from "../console/console-files.ts"
import { createEventFeed } from "../events/event-feed.ts"

/** One call that came through to an operation. */
export interface Performed {
  readonly id: OperationId
  readonly input: unknown
  readonly context: OperationContext
}

/** The control plane over a real store and real authorities, with operations that only record what reaches them. */
export interface AppUnderTest {
  readonly app: Hono<{ Bindings: Bindings }>
  readonly performed: Performed[]
  readonly logged: unknown[]
  readonly holds: HoldRecord[]
  /** A session of the person. */
  readonly session: string
  readonly hook: string
  readonly agentCredential: string
  /** The session of an organisation that signed in. */
  readonly developer: string
  /** The token of a browser that was let in at `http://localhost:7180`. */
  readonly browser: string
  readonly store: Store
  /** Makes one operation fail with this from now on. */
  fail(id: OperationId, error: unknown): void
  close(): Promise<void>
}

const secret = "two halves of one tally"

/** Opens it with a person, an agent and both kinds of credential. */
export async function openApp({ consoleFolder }: { consoleFolder?: string } = {}): Promise<AppUnderTest> {
  const disk = scratch()
  const { clock } = disk
  const store = await openStore(disk.options())
  const declare = declareWith(store.vault)
  const person = await openPerson(store, clock, declare)
  const browsers = openBrowsers(store, clock, declare)
  const events = createEventFeed({ ledger: store.ledger, lookMs: 5 })
  const agents = openAgents(store, clock, declare)
  const credentials = openCredentials(store, clock, agents, declare)
  await person.enrol(secret)
  const by = person.id
  const agent = await agents.create({ name: "ann", identifiedBy: "credential", demo: false, by })
  const issue = async (kind: "agent" | "hook") =>
    (await credentials.issue({ agent: agent.id, kind, days: 1, by })).credential
  const developers = openDevelopers(store, clock, declare)
  const developerSessions = openDeveloperSessions(clock, developers)
  const account = { issuer: "https://login.example.com", subject: "1" }
  const developer = await developers.admit(account, "Example")
  const performed: Performed[] = []
  const logged: unknown[] = []
  const holds: HoldRecord[] = []
  const failing = new Map<OperationId, unknown>()
  const operations = recordingOperations({ performed, holds, failing })
  const logger = { error: (...said: unknown[]) => void logged.push(said), info: () => {} }
  const app = createApp({
    operations,
    person,
    credentials,
    browsers,
    developerSessions,
    clock,
    events,
    dsp: undefined,
    agentSender: () => undefined,
    access: accessAnswers({
      rules: undefined,
      explain: operations["decision.explain"],
      agentOf: () => agent,
    }),
    console: consoleFolder === undefined ? undefined : openConsoleFiles(consoleFolder),
    servedLog: undefined,
    tokens: { list: async () => undefined, key: undefined },
    discovery: openDiscovery({
      store,
      source: {
        versions: () => [],
        find: () => undefined,
        isUsable: () => false,
        isRefused: () => false,
        onChange: () => () => {},
      },
      settings: { peers: [], perMinute: 600 },
      clock,
      reach: { ownPort: () => 7180 },
      origin: () => "http://localhost:7180",
      onError: (error) => void logged.push(error),
    }),
    wellKnown: {
      document: () => {
        throw new Failure("not_found", "nothing is known here")
      },
    },
    atr: {
      acs: () => {
        throw new AtrError("AGENT_NOT_FOUND", "nobody is registered here")
      },
      entity: () => Promise.reject(new AtrError("ONTOLOGY_NOT_FOUND", "nobody is registered here")),
    },
    faces: servedFaces({
      store,
      clock,
      registrations: { find: () => undefined, isUsable: () => false },
      origin: () => "http://localhost:7180",
    }),
    consoleOrigin: () => "http://localhost:7180",
    hosts: ["hufu.example"],
    version: "0.0.1",
    logger,
  })
  return {
    app,
    performed,
    logged,
    holds,
    store,
    browser: (await browsers.admit("http://localhost:7180", "node")).token,
    session: (await person.signIn(secret, "socket")).token,
    hook: await issue("hook"),
    agentCredential: await issue("agent"),
    developer: developerSessions.open({ developer: developer.id, owner: developer.owner }).token,
    fail: (id, error) => void failing.set(id, error),
    async close() {
      events.close()
      await store.close()
      disk.remove()
    },
  }
}

interface Recording {
  readonly performed: Performed[]
  readonly holds: HoldRecord[]
  readonly failing: Map<OperationId, unknown>
}

function recordingOperations({ performed, holds, failing }: Recording): Operations {
  const answers: Partial<Record<OperationId, () => unknown>> = {
    "node.status": () => status,
    "hold.list": () => ({ items: holds }),
    "hold.show": () => holds[0],
  }
  const entries = Object.keys(contract).map((id) => {
    // The keys of the contract are its operation ids.
    const operation = id as OperationId
    return [
      id,
      async (input: unknown, context: OperationContext) => {
        performed.push({ id: operation, input, context })
        if (failing.has(operation)) throw failing.get(operation)
        return answers[operation]?.() ?? { done: id }
      },
    ]
  })
  // What they answer is looked at by these tests alone.
  return Object.fromEntries(entries) as Operations
}

const status = {
  version: "0.0.1",
  pid: 1,
  url: "http://127.0.0.1:1",
  dataFolder: "/d",
  startedAt: 0,
  stopped: false,
  personEnrolled: true,
  agents: 1,
  servers: 1,
  waiting: 1,
  entries: 1,
  rules: "0".repeat(64),
  connections: 0,
  inFlight: 0,
  scrub: { entries: 1, of: 1, soundAt: null, fault: null },
  published: null,
}

/** A held action as the pages get it. */
export function holdOf(more: Partial<HoldRecord> = {}): HoldRecord {
  return {
    id: newId("hold", scratchStart),
    action: newId("action", scratchStart),
    agent: newId("agent", scratchStart),
    agentName: "ann",
    task: newId("task", scratchStart),
    principal: newId("person", scratchStart),
    server: "mail",
    tool: "send",
    effect: "send",
    mode: "ask",
    arguments: { to: "private@example.org" },
    targets: [{ kind: "address", value: "private@example.org" }],
    reasons: [{ rule: "r", en: "because private", zh: "因为" }],
    digest: "0".repeat(64),
    state: "waiting",
    createdAt: Date.now(),
    expiresAt: Date.now() + 900_000,
    decidedAt: null,
    passing: null,
    standing: null,
    proposal: null,
    traced: [],
    noticed: [],
    places: [],
    ...more,
  }
}
