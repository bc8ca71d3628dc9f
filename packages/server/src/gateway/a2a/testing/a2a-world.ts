import { loopback, loopbackInUrl } from "../../../http/testing/loopback.ts"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Failure } from "@hufu/core/failure"
import { InterconnectSettings } from "../../../config/interconnect-settings.ts"
import { delegationChanges } from "../../delegation/delegation-changes.ts"
import { openInterconnect } from "../../delegation/open-interconnect.ts"
import { scratch } from "../../../store/scratch-store.ts"
import { draftOf, openPipeline } from "../../testing/open-pipeline.ts"
import type { Caller } from "../../governor.ts"
import { createA2aDoor } from "../a2a-door.ts"
import { writeA2aNotice } from "../a2a-notice.ts"
import { type A2aPartner, createA2aPartner } from "../a2a-partner.ts"
import { type A2aLimits, defaultA2aLimits } from "../a2a-visit.ts"

/** The A2A door over a real pipeline and a real store, with partners at given addresses. The bearer token is the agent's name. */
export async function openA2aWorld(
  partners: Readonly<Record<string, { readonly url: string; readonly mode?: "auto" | "ask" }>>,
  limits: Partial<A2aLimits> = {},
) {
  const folder = scratch()
  // Time goes on, so that what changed last can be told.
  Object.assign(folder.clock, { now: () => Date.now() })
  const pipeline = await openPipeline(folder)
  const { clock, errors, caller } = pipeline
  const secrets = { environment: {}, headers: {}, folder: null }
  for (const [name, { url, mode = "auto" }] of Object.entries(partners)) {
    const draft = { name, command: null, url, protocol: "a2a" as const, secrets, demo: false }
    await pipeline.servers.register(draft, { id: caller.principal, isPerson: true })
    await pipeline.grant({ grants: [{ effects: ["send"], tools: [`${name}/*`], limits: [], mode }] })
  }
  const http = createServer()
  await new Promise<void>((resolve) => http.listen(0, loopback, resolve))
  // A server that listens on a port has an address with one.
  const { port } = http.address() as AddressInfo
  const url = `http://${loopbackInUrl}:${port}`
  const open = new Map<string, A2aPartner>()
  const partnerAt = (name: string, at: string) => {
    const known = open.get(name)
    if (known !== undefined) return known
    const made = createA2aPartner({
      server: { name, transport: "http", url: at, headers: {} },
      origin: () => url,
      node: "nod_test",
      now: () => clock.monotonic(),
    })
    open.set(name, made)
    return made
  }
  const delegations = openInterconnect(
    {
      store: pipeline.store,
      clock,
      governor: pipeline.governor,
      settings: InterconnectSettings.parse({}),
      orders: pipeline.orders,
      server: (name) => pipeline.servers.find(name),
      secrets: (server) => pipeline.servers.secrets(server),
      toolServer: () => undefined,
      aicOf: () => undefined,
      isOwnAgent: () => false,
      taskOf: async (agent, principal) =>
        (pipeline.tasks.current(agent) ?? (await pipeline.tasks.ensure(agent, principal))).id,
      changes: delegationChanges(),
      conversations: undefined,
      reach: { ownPort: () => port },
      isOwn: (at) => at.startsWith(url),
      onError: (error) => void errors.push(error),
    },
    {
      partners: { a2a: ({ name, url: at }) => partnerAt(name, at) },
      notices: {
        a2a: async () => writeA2aNotice,
        aip: async () => () => undefined,
      },
    },
  )
  const callers = new Map<string, Caller>([["tester", caller]])
  const door = createA2aDoor({
    delegations,
    governor: pipeline.governor,
    identify(req) {
      const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? "")?.[1]
      const known = callers.get(token ?? "")
      if (known === undefined) throw new Failure("unauthenticated", "send a credential")
      return { caller: { ...known, door: "a2a-http" } }
    },
    async describe(server, _caller, signal) {
      const known = partners[server]
      return known && { kind: "card", card: (await partnerAt(server, known.url).card(signal)).card }
    },
    signCard: (card) => card,
    clock,
    log: { info() {}, warn: (about) => void errors.push(about) },
    config: {
      origin: () => url,
      node: "nod_test",
      hosts: [],
      limits: { ...defaultA2aLimits, ...limits },
    },
  })
  http.on("request", (req, res) => door.handle(req, res))
  return {
    ...pipeline,
    url,
    delegations,
    /** Another agent of the same person, with the same authority, and a task in the person's words where there are some. */
    async anotherAgent(name: string, words = "") {
      const made = await pipeline.agents.create({
        name,
        identifiedBy: "credential",
        demo: false,
        by: caller.principal,
      })
      callers.set(name, { ...caller, agent: made.id, version: made.version })
      const tools = Object.keys(partners).map((partner) => `${partner}/*`)
      const draft = draftOf(clock.now(), { grants: [{ effects: ["send"], tools, limits: [], mode: "auto" }] })
      await pipeline.mandates.grant({
        agent: made.id,
        principal: caller.principal,
        by: caller.principal,
        draft,
      })
      const task = {
        agent: made.id,
        principal: caller.principal,
        words,
        source: "terminal",
        by: caller.principal,
      } as const
      if (words !== "") await pipeline.tasks.start(task)
      return made
    },
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await delegations.close()
      await Promise.all([...open.values()].map((each) => each.close()))
      await pipeline.close()
    },
  }
}
export type A2aWorld = Awaited<ReturnType<typeof openA2aWorld>>
