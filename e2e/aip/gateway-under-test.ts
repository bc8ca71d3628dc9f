import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Failure } from "@hufu/core/failure"
import { createAipDoor } from "@hufu/server/gateway/aip/aip-door"
import { createAipPartner } from "@hufu/server/gateway/aip/aip-partner"
import { writeAipNotice } from "@hufu/server/gateway/aip/write-aip-notice"
import { InterconnectSettings } from "@hufu/server/config/interconnect-settings"
import { delegationChanges } from "@hufu/server/gateway/delegation/delegation-changes"
import { openDelegations } from "@hufu/server/gateway/delegation/open-delegations"
import { sendNotices } from "@hufu/server/gateway/delegation/send-notices"
import { openPipeline } from "@hufu/server/gateway/testing/open-pipeline"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

export const leaderAic = "1.2.156.3088.1.1.34C2.478BDE.1.0000"
export const helperAic = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"
export const credential = "leader"

/** By these names the partner is known; the mandate lets the agent ask the first, has a person asked for the second, and forbids the third. */
const names: ReadonlySet<string> = new Set(["helper", "asked", "refused"])

/** The door of AIP on a real pipeline and store, in front of a partner of AIP. */
export async function openGateway(helperUrl: string) {
  const world = await openPipeline()
  const secrets = { environment: {}, headers: { authorization: `Bearer ${leaderAic}` }, folder: null }
  for (const name of names)
    await world.servers.register(
      { name, command: null, url: `${helperUrl}/rpc`, protocol: "aip", secrets, demo: false },
      { id: world.caller.principal, isPerson: true },
    )
  await world.grant({
    never: [{ tools: ["refused/*"] }],
    grants: [
      { effects: ["send"], tools: ["helper/delegation/ask"], limits: [], mode: "auto" },
      { effects: ["send"], tools: ["asked/delegation/ask"], limits: [], mode: "ask" },
      {
        effects: ["send"],
        tools: ["helper/delegation/notify"],
        limits: [{ kind: "host", argument: "/url", hosts: ["leader.example.com"] }],
        mode: "auto",
      },
      {
        effects: ["send"],
        tools: ["helper/delegation/notify"],
        limits: [{ kind: "prefix", argument: "/url", prefix: `http://${loopbackInUrl}:` }],
        mode: "auto",
      },
    ],
  })
  const at = { url: "http://127.0.0.1" }
  const ownPort = () => Number(new URL(at.url).port)
  const partner = createAipPartner({
    server: { name: "helper", transport: "http", url: `${helperUrl}/rpc`, headers: secrets.headers },
    aic: helperAic,
    upstream: { origin: () => at.url, node: "nod_test" },
    certificateFor: async () => undefined,
    now: () => Date.now(),
    pauseMs: 5,
  })
  const reach = { ownPort }
  const delegations = openDelegations({
    store: world.store,
    clock: world.clock,
    governor: world.governor,
    settings: InterconnectSettings.parse({}),
    orders: world.orders,
    partner: (server) => (names.has(server) ? { partner, isInspected: false } : undefined),
    aicOf: () => leaderAic,
    taskOf: async (agent, principal) =>
      (world.tasks.current(agent) ?? (await world.tasks.ensure(agent, principal))).id,
    changes: delegationChanges(),
    notices: sendNotices({
      reach,
      isOwn: () => false,
      write: { aip: async () => writeAipNotice, a2a: async () => () => undefined },
      onError: (error) => world.errors.push(error),
    }),
    onError: (error) => world.errors.push(error),
  })
  const door = createAipDoor({
    delegations,
    governor: world.governor,
    clock: world.clock,
    log: { info() {}, warn: (...said: readonly unknown[]) => void world.errors.push(said) },
    identify(request) {
      const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1]
      if (token !== credential) throw new Failure("unauthenticated", "send a credential")
      return { caller: { ...world.caller, door: "aip-http" } }
    },
    aicOf: () => leaderAic,
    partner: (name) =>
      names.has(name)
        ? {
            aic: helperAic,
            name,
            description: "Helps.",
            changedAt: 0,
            version: "1",
            tools: async () => [],
          }
        : undefined,
    config: { node: "nod_test", hosts: [] },
  })
  const http = createServer((req, res) => door.handle(req, res)).listen(0, loopback)
  await once(http, "listening")
  // It listens on TCP.
  at.url = `http://${loopbackInUrl}:${(http.address() as AddressInfo).port}`
  return {
    ...world,
    url: at.url,
    base: `${at.url}/aip/helper`,
    delegations,
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await delegations.close()
      await partner.close()
      await world.close()
    },
  }
}
