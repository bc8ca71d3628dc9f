import type { UnknownAge } from "@hufu/core/contract/protection"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { MandateDraft } from "@hufu/core/mandate/mandate"
import { openAgents } from "../../authority/agents.ts"
import { openBudgets } from "../../authority/budgets.ts"
import { openCredentials } from "../../authority/credentials.ts"
import { declareWith } from "../../authority/declare.ts"
import { openDevices } from "../../authority/devices.ts"
import { openHolds } from "../../authority/holds.ts"
import { interventionsOf } from "../../authority/interventions.ts"
import { openMandates } from "../../authority/mandates.ts"
import { openPlaces } from "../../authority/places.ts"
import { openPositions } from "../../authority/positions.ts"
import { openPerson } from "../../authority/person.ts"
import { openServers } from "../../authority/servers.ts"
import { openStop } from "../../authority/stop.ts"
import { openTasks } from "../../authority/tasks.ts"
import { openTools } from "../../authority/tools.ts"
import { openProtections } from "../../authority/protections.ts"
import { openUseMeters } from "../../authority/use-meters.ts"
import { ownPlaces } from "../../fence/ground/own-places.ts"
import { openTaskLabels } from "../../fence/content/task-labels.ts"
import { openPacks } from "../../fence/packs/pack-memory.ts"
import { openPeople } from "../../fence/person/people.ts"
import type { PackInForce } from "../../fence/packs/read-packs.ts"
import { openProvenance } from "../../fence/provenance/provenance.ts"
import { openShadow } from "../../fence/rules/shadow.ts"
import { noStage, stageRules } from "../../fence/rules/staged-rules.ts"
import { loadRules } from "../../fence/rules/load.ts"
import { platformRules } from "../../fence/rules/platform-rules.ts"
import { scratch, type Scratch } from "../../store/scratch-store.ts"
import { openStore } from "../../store/store.ts"
import { actionContents } from "../action-content.ts"
import type { AssessParts } from "../assess.ts"
import { trackConnections } from "../connections.ts"
import type { Attempt, Caller } from "../governor.ts"
import { trackOpenOrders } from "../open-orders.ts"
import { createPipeline } from "../pipeline.ts"

/**
 * A pipeline over a real store, without doors: for what lies between a verdict and the first byte.
 *
 * @param folder one that was used before goes on as after a restart
 */
export async function openPipeline(
  folder: Scratch = scratch(),
  {
    packs = [],
    unknownAge = "minor",
  }: { readonly packs?: readonly PackInForce[]; readonly unknownAge?: UnknownAge } = {},
) {
  const { clock } = folder
  const store = await openStore(folder.options())
  const { ledger, vault } = store
  const declare = declareWith(vault)
  const person = await openPerson(store, clock, declare)
  const agents = openAgents(store, clock, declare)
  const credentials = openCredentials(store, clock, agents, declare)
  const tasks = openTasks(store, vault, clock, declare)
  const budgets = openBudgets(store)
  const mandates = openMandates(store, clock, declare, budgets, agents)
  const servers = openServers(store, vault, clock, declare)
  const tools = openTools(store, servers, declare)
  const places = openPlaces(store, clock, declare)
  const devices = openDevices(store, clock, declare)
  const positions = openPositions({ store, vault, clock, declare, agents, places, devices })
  const protections = openProtections(store, clock, declare, "Asia/Shanghai")
  const meters = openUseMeters(store, clock)
  const people = openPeople({
    clock,
    protections,
    meters,
    unknownAge,
    zone: "Asia/Shanghai",
    breakMs: 300_000,
  })
  const holds = openHolds(store, vault, clock, 900)
  const stop = openStop(store, clock, declare)
  const connections = trackConnections(clock)
  // A partner of an agent's name is that agent.
  const orders = trackOpenOrders({
    claimRule: "ask",
    agentAt: (name) => [...agents.records.all()].find((each) => each.name === name)?.id,
  })
  const rules = loadRules([platformRules(), ...packs.flatMap(({ sources }) => sources)])
  const own = ownPlaces({ dataFolder: store.folder.path, platform: "linux", home: "/home/x", origins: [] })
  const authority = { agents, credentials, tasks, budgets, mandates, servers, tools, holds, stop }
  const errors: unknown[] = []
  const assess: AssessParts = {
    ...authority,
    orders,
    taskOf: (id) => tasks.records.get(id),
    clock,
    places,
    positions,
    rules: () => rules,
    provenance: openProvenance({ startedAt: clock.now() }),
    labels: openTaskLabels({ clock, startedAt: clock.now() }),
    packs: openPacks(packs, clock),
    people,
    userWords: (task) => tasks.userWords(task),
    own: () => own,
    bases: () => [],
    salt: (task, field) => vault.salt(task, task, field),
  }
  const contents = actionContents(vault)
  const shadow = openShadow(
    stageRules(rules, { draft: undefined, stage: noStage }, () => undefined),
    clock,
    (error) => void errors.push(error),
  )
  const governor = createPipeline({
    ...authority,
    ...assess,
    store,
    ledger,
    vault,
    connections,
    orders,
    contents,
    shadow,
    presented: { take: () => Promise.reject(new Error("no token comes here")) },
    refuseWithoutRoom: () => {},
    onError: (error) => void errors.push(error),
  })
  const known = [...agents.records.all()].find(({ name }) => name === "tester")
  const agent =
    known ?? (await agents.create({ name: "tester", identifiedBy: "credential", demo: false, by: person.id }))
  if (known === undefined) {
    const secrets = { environment: {}, headers: {}, folder: null }
    const draft = { name: "notes", command: null, url: "http://127.0.0.1:9/mcp", secrets, demo: false }
    await servers.register(draft, { id: person.id, isPerson: true })
  }
  const caller: Caller = {
    agent: agent.id,
    version: agent.version,
    principal: person.id,
    credential: null,
    door: "api",
    connection: "con_00000000",
  }
  const inputSchema = { type: "object", properties: { id: { type: "string" } } }
  await governor.observe("notes", [
    { name: "add_note", description: "Writes a note.", inputSchema },
    { name: "send_note", description: "Sends a note.", inputSchema },
  ])
  return {
    ...authority,
    clock,
    store,
    ledger,
    assess,
    contents,
    governor,
    orders,
    agent,
    caller,
    places,
    devices,
    positions,
    protections,
    meters,
    people,
    errors,
    interventions: interventionsOf({
      clock,
      agents,
      credentials,
      servers,
      holds,
      mandates,
      tasks,
      stop,
      connections,
    }),
    attempt: (tool: string, args: JsonObject = {}, hold?: string): Attempt => ({
      caller,
      server: "notes",
      tool,
      arguments: args,
      ...(hold === undefined ? {} : { hold }),
    }),
    grant: (more: Partial<MandateDraft>) =>
      mandates.grant({
        agent: agent.id,
        principal: person.id,
        by: person.id,
        draft: draftOf(clock.now(), more),
      }),
    folder,
    async close() {
      await store.close()
      folder.remove()
    },
  }
}

export type OpenPipeline = Awaited<ReturnType<typeof openPipeline>>

/** A mandate that asks about everything but what is given. */
export function draftOf(now: number, more: Partial<MandateDraft>): MandateDraft {
  return {
    task: null,
    words: "",
    grants: [],
    never: [],
    userOnly: [],
    otherwise: "ask",
    until: now + 3_600_000,
    ...more,
  }
}
