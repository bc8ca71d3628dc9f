import { canonicalize } from "@hufu/core/json/canonical"
import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Caller } from "../../governor.ts"
import { createBackOff } from "./back-off.ts"
import type { Era, Link } from "./link.ts"
import type { ServerDefinition } from "./server-definition.ts"

/** What a link is wanted for. */
export interface LinkWish {
  readonly caller: Caller
  readonly server: ServerDefinition
  /** What the client can be asked; empty when nothing. */
  readonly capabilities: JsonObject
  /** Names the session that has the link to itself, when the server may turn to its client. */
  readonly only: string | null
  /** One request at a time: whatever the server asks then belongs to that request without doubt. */
  readonly exclusive: boolean
}

/** The use of a link, until released. */
export interface LinkLease {
  readonly link: Link
  readonly release: () => void
}

export interface LinkPoolOptions {
  readonly open: (server: ServerDefinition, capabilities: JsonObject, known: Era | undefined) => Promise<Link>
  readonly idleMs: number
  readonly maxPerAgent: number
  readonly maxTotal: number
  readonly now: () => number
}

export interface LinkPool {
  lease(wish: LinkWish): Promise<LinkLease>
  /** The era of a server, once it has been spoken to. */
  eraOf(server: string): Era | undefined
  /** Closes every link to a server. */
  drop(server: string): void
  /** Names who can give up something of an agent that holds a link without using it; answers whether it did. */
  onFull(giveUp: (agent: string) => boolean): () => void
  readonly size: number
  close(): Promise<void>
}

interface Pooled {
  readonly key: string
  readonly agent: string
  readonly server: string
  readonly exclusive: boolean
  readonly opening: Promise<Link>
  users: number
  /** When it was last given back. */
  freeSince: number
  idle: NodeJS.Timeout | undefined
}

/**
 * Keeps one link per server, principal, agent and capability set, and closes it when it has been idle.
 * Never shared between agents: what a server keeps in memory for one of them stays with it.
 */
export function createLinkPool(options: LinkPoolOptions): LinkPool {
  const links = new Set<Pooled>()
  const eras = new Map<string, Era>()
  const backOff = createBackOff(options.now)
  const givers = new Set<(agent: string) => boolean>()

  function open(key: string, wish: LinkWish): Pooled {
    const { agent } = wish.caller
    makeRoom(agent)
    const server = wish.server.name
    const pooled: Pooled = {
      key,
      agent,
      server,
      exclusive: wish.exclusive,
      opening: start(wish),
      users: 0,
      freeSince: options.now(),
      idle: undefined,
    }
    links.add(pooled)
    const startedAt = options.now()
    const gone = () => {
      links.delete(pooled)
      clearTimeout(pooled.idle)
    }
    const opened = (link: Link) => {
      eras.set(server, link.era)
      void link.closed.then(ended)
    }
    const ended = () => {
      // A link that ends while it is in use ended by itself.
      if (links.has(pooled) && pooled.users > 0) backOff.failed(server, options.now() - startedAt)
      gone()
    }
    const failed = () => {
      backOff.failed(server, 0)
      gone()
    }
    pooled.opening.then(opened, failed)
    return pooled
  }

  async function start(wish: LinkWish): Promise<Link> {
    await backOff.ready(wish.server.name)
    const link = await options.open(wish.server, wish.capabilities, eras.get(wish.server.name))
    backOff.forget(wish.server.name)
    return link
  }

  /** What is not in use goes before anybody is turned away: many clients never say that they have ended. */
  function makeRoom(agent: string): void {
    const own = () => [...links].filter((one) => one.agent === agent)
    const isFull = () => own().length >= options.maxPerAgent || links.size >= options.maxTotal
    while (isFull()) {
      if (retireUnused(own().length >= options.maxPerAgent ? own() : [...links])) continue
      if ([...givers].some((giveUp) => giveUp(agent))) continue
      throw new Failure("too_many", "too many connections to tool servers at once; try again later")
    }
  }

  function retireUnused(some: readonly Pooled[]): boolean {
    const unused = some.filter((one) => one.users === 0).sort((a, b) => a.freeSince - b.freeSince)[0]
    if (unused !== undefined) retire(unused)
    return unused !== undefined
  }

  function retire(pooled: Pooled): void {
    links.delete(pooled)
    clearTimeout(pooled.idle)
    pooled.opening.then(
      (link) => link.close(),
      () => {},
    )
  }

  function release(pooled: Pooled): void {
    pooled.users--
    if (pooled.users > 0 || !links.has(pooled)) return
    pooled.freeSince = options.now()
    pooled.idle = setTimeout(() => retire(pooled), options.idleMs)
    pooled.idle.unref()
  }

  return {
    async lease(wish) {
      const key = keyOf(wish)
      const free = [...links].find((one) => one.key === key && (!one.exclusive || one.users === 0))
      const pooled = free ?? open(key, wish)
      pooled.users++
      clearTimeout(pooled.idle)
      try {
        const link = await pooled.opening
        return { link, release: once(() => release(pooled)) }
      } catch (error) {
        pooled.users--
        throw error
      }
    },
    eraOf: (server) => eras.get(server),
    drop(server) {
      eras.delete(server)
      backOff.forget(server)
      for (const one of links) if (one.server === server) retire(one)
    },
    onFull(giveUp) {
      givers.add(giveUp)
      return () => void givers.delete(giveUp)
    },
    get size() {
      return links.size
    },
    async close() {
      const all = [...links]
      links.clear()
      await Promise.allSettled(
        all.map(async (one) => {
          clearTimeout(one.idle)
          await (await one.opening).close()
        }),
      )
    },
  }
}

function keyOf({ caller, server, capabilities, only, exclusive }: LinkWish): string {
  return canonicalize([server.name, caller.principal, caller.agent, capabilities, only, exclusive])
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}
