import type { Clock } from "../../clock.ts"
import type { Governor } from "../governor.ts"
import type { McpConfig } from "./config.ts"
import type { Desk } from "./desk.ts"
import { leaseFor } from "./lease-for.ts"
import { exchangeByLink } from "./link-exchange.ts"
import { createLocalTasks } from "./local-tasks.ts"
import type { Log } from "./log.ts"
import { createObserver } from "./observer.ts"
import { createOpenActions } from "./open-actions.ts"
import { createParamHeaders } from "./param-headers.ts"
import { createPresence } from "./presence.ts"
import { createSealer } from "./sealed-state.ts"
import { createTurnstile } from "./turnstile.ts"
import { createHttpEras } from "./upstream/http-eras.ts"
import { createHttpUpstreams } from "./upstream/http-upstreams.ts"
import { createLinkPool } from "./upstream/link-pool.ts"
import { openLink } from "./upstream/open-link.ts"
import { openSandbox } from "./upstream/sandbox.ts"
import type { ServerDirectory } from "./upstream/server-definition.ts"

export interface DeskParts {
  readonly governor: Governor
  readonly servers: ServerDirectory
  readonly config: McpConfig
  readonly clock: Clock
  readonly log: Log
  readonly onMet: Desk["onMet"]
}

/** Builds what the doors share, and says how to close it. */
export function openDesk(parts: DeskParts): { desk: Desk; close: () => Promise<void> } {
  const { governor, servers, config, clock, log, onMet } = parts
  const { limits } = config
  const upstreams = createHttpUpstreams({
    origin: () => config.origin(),
    node: config.node,
    privateNames: config.privateNames,
  })
  const paramHeaders = createParamHeaders()
  const sandbox = openSandbox(config.sandbox)
  const opening = { upstreams, paramHeaders, sandbox, log, callTimeoutMs: limits.callTimeoutMs }
  const desk: Desk = {
    ...parts,
    upstreams,
    paramHeaders,
    httpEras: createHttpEras(upstreams, clock, onMet),
    links: createLinkPool({
      async open(server, capabilities, known) {
        const link = await openLink(opening, server, capabilities, known)
        onMet(server.name, link.discovered)
        return link
      },
      idleMs: limits.linkIdleMs,
      maxPerAgent: limits.linksPerAgent,
      maxTotal: limits.linksTotal,
      now: () => clock.monotonic(),
    }),
    observer: createObserver(governor, paramHeaders, clock),
    presence: createPresence(governor, {
      request: limits.requestsPerAgent,
      stream: limits.streamsPerAgent,
      session: limits.sessionsPerAgent,
    }),
    sealer: createSealer(config.stateKey),
    turnstile: createTurnstile(limits.callsPerServer),
    openActions: createOpenActions(limits.inputWaitMs),
    tasks: createLocalTasks(
      () => desk,
      async (errand, ticket, message) => {
        const server = servers.get(errand.server)
        if (server === undefined) {
          ticket.settle({ outcome: "failed", reason: "stopped" })
          throw new Error("the server was removed while the action waited")
        }
        const { caller, client } = errand
        const lease = await leaseFor(desk, {
          caller,
          server,
          client: { ...client, capabilities: {} },
          session: null,
        })
        return exchangeByLink(desk, errand, { lease, ticket, message })
      },
    ),
  }
  const unlisten = servers.onChange((name) => {
    desk.links.drop(name)
    upstreams.drop(name)
    desk.httpEras.forget(name)
    desk.observer.forget(name)
  })
  return {
    desk,
    async close() {
      unlisten()
      desk.tasks.close()
      await desk.links.close()
      await upstreams.close()
    },
  }
}
