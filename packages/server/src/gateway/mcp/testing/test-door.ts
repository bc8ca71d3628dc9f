import { Failure } from "@hufu/core/failure"
import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { systemClock } from "../../../clock.ts"
import type { Governor } from "../../governor.ts"
import type { McpLimits } from "../config.ts"
import { createMcpDoor } from "../mcp-door.ts"
import type { McpDoor } from "../mcp-door.ts"
import type { ServerDefinition } from "../upstream/server-definition.ts"
import { loopback, loopbackInUrl } from "../../../http/testing/loopback.ts"

/** A listening door for tests: the bearer token is the agent's name. */
export interface TestDoor {
  readonly url: string
  readonly door: McpDoor
  change(name: string): void
  close(): Promise<void>
}

export async function openTestDoor(
  governor: Governor,
  servers: readonly ServerDefinition[],
  limits: Partial<McpLimits> = {},
): Promise<TestDoor> {
  const byName = new Map(servers.map((server) => [server.name, server]))
  const listeners = new Set<(name: string) => void>()
  const http = createServer()
  await new Promise<void>((resolve) => http.listen(0, loopback, resolve))
  // Listening on TCP: the address is an AddressInfo.
  const url = `http://${loopbackInUrl}:${(http.address() as AddressInfo).port}`
  const log =
    process.env["MCP_LOG"] === undefined
      ? { info() {}, warn() {} }
      : { info: console.error, warn: console.error }
  const door = createMcpDoor({
    governor,
    clock: systemClock,
    logger: log,
    servers: {
      get: (name) => byName.get(name),
      list: () => [...byName.values()],
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    identify(req) {
      const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? "")?.[1]
      if (token === undefined) throw new Failure("unauthenticated", "send a credential")
      const [agent = "", principal = "usr_1"] = token.split("/")
      return {
        caller: { agent, version: "v1", principal, credential: token, door: "mcp-http", connection: "con_1" },
      }
    },
    config: {
      origin: () => url,
      node: "nod_test",
      hosts: [],
      privateNames: [],
      sandbox: { mode: "off", hidden: () => [] },
      stateKey: randomBytes(32),
      ...limits,
    },
  })
  http.on("request", (req, res) => door.handle(req, res))
  return {
    url,
    door,
    change(name) {
      byName.delete(name)
      for (const listener of listeners) listener(name)
    },
    async close() {
      await door.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
