import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Backend, BackendSession, Opening } from "./backend.ts"
import type { Desk } from "./desk.ts"
import { legacyVersions } from "./era.ts"
import type { ClientFacts } from "./era.ts"
import { leaseFor } from "./lease-for.ts"
import { eventsOf } from "./link-exchange.ts"
import { serveByLink } from "./serve-by-link.ts"
import { openSubscriptions } from "./subscriptions.ts"
import type { Subscriptions } from "./subscriptions.ts"
import type { LinkEvents, RpcNotification, RpcRequest } from "./upstream/link.ts"
import type { LinkLease } from "./upstream/link-pool.ts"
import { onLinkClosed } from "./upstream/on-link-closed.ts"
import type { ServerDefinition } from "./upstream/server-definition.ts"

/** One tool server, reached over links. */
export function serverBackend(desk: Desk, server: ServerDefinition): Backend {
  return {
    name: server.name,
    serve(errand) {
      const { caller, client } = errand
      return serveByLink(desk, errand, () => leaseFor(desk, { caller, server, client, session: null }))
    },
    open: (opening) => openSession(desk, server, opening),
  }
}

async function openSession(desk: Desk, server: ServerDefinition, opening: Opening): Promise<BackendSession> {
  const { caller, client, session } = opening
  const want = { caller, server, client, session }
  let held: LinkLease | undefined
  let taking: Promise<LinkLease> | undefined
  let subscriptions: Subscriptions | undefined
  let stop = () => {}
  let over = false

  /**
   * The session outlives its link: a tool server that crashed is started again for the next request. Requests that come meanwhile
   * share that lease: a second one would never be given back.
   */
  async function hold(): Promise<LinkLease> {
    if (held !== undefined) return held
    taking ??= leaseLink().finally(() => (taking = undefined))
    return taking
  }

  async function leaseLink(): Promise<LinkLease> {
    const lease = await leaseFor(desk, want)
    if (over) lease.release()
    else take(lease)
    return lease
  }

  function take(lease: LinkLease): void {
    held = lease
    subscriptions = openSubscriptions(lease.link)
    const unlisten = lease.link.onUnsolicited(unsolicited(desk, server.name, opening, subscriptions))
    const unwatch = onLinkClosed(lease.link, () => {
      if (held === lease) letGo()
    })
    stop = () => {
      unlisten()
      unwatch()
    }
  }

  function letGo(): void {
    stop()
    subscriptions?.end()
    held?.release()
    held = undefined
  }

  const first = await hold()
  return {
    initialized: initializedFrom(first.link.discovered, client),
    serve: (errand) =>
      serveByLink(desk, errand, async () => {
        const { link } = await hold()
        return { link: subscriptions?.through ?? link, release() {} }
      }),
    notify: (message) => held?.link.notify(message),
    end() {
      over = true
      letGo()
    },
  }
}

/** What the client is told at `initialize`: its own version where Hufu knows it, and no tasks of the old kind. */
function initializedFrom(discovered: JsonObject, client: ClientFacts): JsonObject {
  const capabilities = isJsonObject(discovered["capabilities"]) ? discovered["capabilities"] : {}
  const { tasks: _, ...kept } = capabilities
  return { ...discovered, protocolVersion: client.protocolVersion, capabilities: kept }
}

/** The version that a legacy client and Hufu speak: the client's, or the newest where it is unknown. */
export function agreedVersion(wanted: unknown): string {
  return legacyVersions.find((one) => one === wanted) ?? legacyVersions[0]
}

/** What a server says of its own accord: its questions pass the pipeline, and each session hears what it asked for. */
function unsolicited(desk: Desk, server: string, opening: Opening, subscriptions: Subscriptions): LinkEvents {
  const { caller, client, events } = opening
  const port = {
    notify: (message: RpcNotification) => events.notification(message),
    ask: (message: RpcRequest) => events.request(message),
  }
  const toClient = eventsOf(desk, { caller, server, client, port, signal: new AbortController().signal })
  return {
    request: (message) => toClient.request(message),
    notification(message) {
      if (message.method === "notifications/tools/list_changed") desk.observer.forget(server)
      if (subscriptions.wants(message)) toClient.notification(message)
    },
  }
}
