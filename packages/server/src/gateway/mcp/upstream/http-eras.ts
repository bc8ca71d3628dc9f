import type { JsonObject } from "@hufu/core/json/json-value"
import type { Clock } from "../../../clock.ts"
import { modernVersion } from "../era.ts"
import { resultOf } from "../rpc.ts"
import type { RpcResponse } from "./link.ts"
import { modernMeta } from "./handshake.ts"
import { httpCall } from "./http-call.ts"
import type { HttpUpstreams } from "./http-upstreams.ts"
import type { HttpServer } from "./server-definition.ts"

/** Knows which HTTP tool servers speak the modern era, so that a client of that era can be forwarded as it is. */
export interface HttpEras {
  isModern(server: HttpServer): boolean | Promise<boolean>
  forget(server: string): void
}

const freshMs = { modern: 10 * 60_000, legacy: 60_000 } as const
const probeTimeoutMs = 5000

/** Nothing known yet. */
export function createHttpEras(
  upstreams: HttpUpstreams,
  clock: Clock,
  onMet: (server: string, discovered: JsonObject) => void,
): HttpEras {
  const known = new Map<string, { modern: boolean; until: number }>()
  const probing = new Map<string, Promise<boolean>>()

  async function look(server: HttpServer): Promise<boolean> {
    const discovered = await probe(upstreams, server)
    const modern = discovered !== undefined
    if (modern) onMet(server.name, discovered)
    known.set(server.name, { modern, until: clock.monotonic() + freshMs[modern ? "modern" : "legacy"] })
    return modern
  }

  return {
    isModern(server) {
      const one = known.get(server.name)
      if (one !== undefined && one.until > clock.monotonic()) return one.modern
      const begun = probing.get(server.name) ?? look(server).finally(() => probing.delete(server.name))
      probing.set(server.name, begun)
      return begun
    },
    forget: (server) => void known.delete(server),
  }
}

/** What a server of the modern era says of itself. Failure when it cannot be reached: that says nothing of its era. */
async function probe(upstreams: HttpUpstreams, server: HttpServer): Promise<JsonObject | undefined> {
  const params = { _meta: modernMeta({}) }
  let response: RpcResponse | undefined
  await httpCall(upstreams.of(server), {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": modernVersion,
      "mcp-method": "server/discover",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: "hufu-discover", method: "server/discover", params }),
    timeoutMs: probeTimeoutMs,
    signal: AbortSignal.timeout(probeTimeoutMs),
    leave: () => true,
    message(one) {
      if (one.kind === "response") response = one.message
    },
  })
  const result = response === undefined ? undefined : resultOf(response)
  const versions = result?.["supportedVersions"]
  return Array.isArray(versions) && versions.includes(modernVersion) ? result : undefined
}
