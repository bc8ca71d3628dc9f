import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { systemClock } from "../../clock.ts"
import type { Caller } from "../governor.ts"
import { defaultLimits } from "./config.ts"
import type { Desk } from "./desk.ts"
import { legacyVersions, modernVersion } from "./era.ts"
import type { ClientFacts } from "./era.ts"
import { leaseFor } from "./lease-for.ts"
import { openDesk } from "./open-desk.ts"
import { serverBackend } from "./server-backend.ts"
import { ClientGone } from "./stop-reason.ts"
import { isForgotten } from "./testing/is-forgotten.ts"
import { referenceServer } from "./testing/reference-servers.ts"
import { createRuleGovernor } from "./testing/rule-governor.ts"
import type { ServerDefinition } from "./upstream/server-definition.ts"

const legacy: ClientFacts = { era: "legacy", protocolVersion: legacyVersions[0], capabilities: {} }
const modern: ClientFacts = { era: "modern", protocolVersion: modernVersion, capabilities: {} }
const caller: Caller = {
  agent: "a",
  version: "v",
  principal: "p",
  credential: null,
  door: "mcp-guard",
  connection: "c",
}
const ofLegacyEra = referenceServer("everything")
const ofModernEra: ServerDefinition = {
  name: "modern-only",
  transport: "stdio",
  command: process.execPath,
  args: [fileURLToPath(new URL("./testing/modern-server.ts", import.meta.url))],
  env: {},
  cwd: null,
}

let desk: Desk
let close: () => Promise<void>

beforeAll(() => {
  const limits = { ...defaultLimits, linkIdleMs: 1 }
  const config = {
    origin: () => "http://127.0.0.1:1",
    node: "nod_test",
    hosts: [],
    privateNames: [],
    sandbox: { mode: "off" as const, hidden: () => [] },
    stateKey: randomBytes(32),
    limits,
  }
  const servers = { get: () => undefined, list: () => [], onChange: () => () => {} }
  const log = { info() {}, warn() {} }
  ;({ desk, close } = openDesk({
    governor: createRuleGovernor({}),
    servers,
    config,
    clock: systemClock,
    log,
    onMet: () => undefined,
  }))
})

afterAll(() => close())

/** The link of every session here, held open by a lease of its own. */
const linkTo = (server: ServerDefinition) => leaseFor(desk, { caller, server, client: legacy, session: null })

describe("a link that goes on does not keep", () => {
  it.for([ofLegacyEra, ofModernEra])(
    "a legacy session with a server of either era: $name",
    async (server) => {
      const { release } = await linkTo(server)
      expect(await isForgotten(await sessionThatEnded(server))).toBe(true)
      release()
    },
  )

  it("a modern subscription to a legacy server", async () => {
    const { release } = await linkTo(ofLegacyEra)
    expect(await isForgotten(await subscriptionThatEnded(ofLegacyEra))).toBe(true)
    release()
  })
})

async function sessionThatEnded(server: ServerDefinition): Promise<WeakRef<object>> {
  const events = { notification() {}, request: () => Promise.reject(new Error("nobody asks")) }
  const session = await serverBackend(desk, server).open({ caller, client: legacy, session: "s", events })
  session.end()
  return new WeakRef(events)
}

async function subscriptionThatEnded(server: ServerDefinition): Promise<WeakRef<object>> {
  const client = new AbortController()
  const { promise: acknowledged, resolve } = Promise.withResolvers<void>()
  const port = { notify: () => resolve(), ask: null }
  const params = { notifications: { toolsListChanged: true } }
  const served = serverBackend(desk, server).serve({
    caller,
    server: server.name,
    client: modern,
    message: { jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params },
    port,
    signal: client.signal,
  })
  await acknowledged
  // The signal of the call, which the subscription waits on, keeps the reason.
  const reason = new ClientGone()
  client.abort(reason)
  await served
  return new WeakRef(reason)
}

describe("a session whose link ended", () => {
  it("takes one new link for all the requests that come then, and gives it back at its end", async () => {
    const events = { notification() {}, request: () => Promise.reject(new Error("nobody asks")) }
    const session = await serverBackend(desk, ofLegacyEra).open({
      caller,
      client: legacy,
      session: "s",
      events,
    })
    const first = await linkTo(ofLegacyEra)
    desk.links.drop(ofLegacyEra.name)
    await first.link.closed
    const list = (id: number) =>
      session.serve({
        caller,
        server: ofLegacyEra.name,
        client: legacy,
        message: { jsonrpc: "2.0", id, method: "tools/list" },
        port: { notify() {}, ask: null },
        signal: new AbortController().signal,
      })
    const answers = await Promise.all([list(1), list(2)])
    for (const answer of answers) expect(answer).toHaveProperty("result.tools")
    const { link, release } = await linkTo(ofLegacyEra)
    release()
    session.end()
    // Idle from then on: it would stay open if any request had kept a share of it.
    await link.closed
  })
})
