import { HttpUpstream } from "./http-upstream.ts"
import type { HttpUpstreamOptions } from "./http-upstream.ts"
import type { HttpServer } from "./server-definition.ts"

/** The connections of every HTTP tool server, opened when first used. */
export interface HttpUpstreams {
  of(server: HttpServer): HttpUpstream
  /** Closes the connections to one server: everything under way there fails. */
  drop(name: string): void
  close(): Promise<void>
}

/** None open yet. */
export function createHttpUpstreams(options: HttpUpstreamOptions): HttpUpstreams {
  const open = new Map<string, { server: HttpServer; upstream: HttpUpstream }>()
  const drop = (name: string) => {
    const known = open.get(name)
    open.delete(name)
    void known?.upstream.close()
  }
  return {
    of(server) {
      const known = open.get(server.name)
      if (known !== undefined && isSame(known.server, server)) return known.upstream
      drop(server.name)
      const upstream = new HttpUpstream(server, options)
      open.set(server.name, { server, upstream })
      return upstream
    },
    drop,
    async close() {
      const all = [...open.values()]
      open.clear()
      await Promise.all(all.map(({ upstream }) => upstream.close()))
    },
  }
}

function isSame(one: HttpServer, other: HttpServer): boolean {
  if (one.url !== other.url) return false
  return one.headers === other.headers || JSON.stringify(one.headers) === JSON.stringify(other.headers)
}
