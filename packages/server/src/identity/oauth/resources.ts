import type { IncomingMessage } from "node:http"
import { oauthScopes } from "@hufu/core/contract/oauth"
import { dpopAlgorithms } from "./dpop-proof.ts"

/** Which addresses of this node tokens are for (RFC 8707, RFC 9728): the MCP door as a whole, and each tool server behind it. */
export interface Resources {
  readonly issuer: string
  /** Whether an origin is one under which this node is reached. */
  isOwn(origin: string): boolean
  /** The server that an address of the door is for; null for all of them; undefined where it is no such address. */
  serverOf(resource: string): string | null | undefined
  /** The audiences that a token may have for a request to this path. */
  audiencesOf(path: string): (audience: string) => boolean
  /** Where the metadata of the resource is that a request asks for. */
  metadataUrl(request: IncomingMessage): string
  /** The metadata under a path of `/.well-known/oauth-protected-resource`; undefined where there is no such resource. */
  metadata(request: IncomingMessage): object | undefined
}

interface Parts {
  readonly issuer: string
  /** Where the node listens. */
  readonly url: string
  readonly hosts: readonly string[]
  readonly hasServer: (name: string) => boolean
}

const wellKnown = "/.well-known/oauth-protected-resource"
const doorPath = /^\/mcp(?:\/([a-z0-9][a-z0-9._-]{0,62}))?$/

export function openResources({ issuer, url, hosts, hasServer }: Parts): Resources {
  const { port } = new URL(url)
  const own = new Set([
    issuer,
    new URL(url).origin,
    ...["localhost", "127.0.0.1", "[::1]"].map((host) => new URL(`http://${host}:${port}`).origin),
    ...hosts.flatMap((host) => [`http://${host}`, `https://${host}`]),
  ])
  const originOf = (request: IncomingMessage) => {
    const host = (request.headers.host ?? "").toLowerCase()
    // Behind something that ends TLS, only the configuration says what the address was.
    return new URL(issuer).host === host ? issuer : `http://${host}`
  }
  const isOwn = (origin: string) => own.has(origin)

  function serverOf(resource: string): string | null | undefined {
    if (!URL.canParse(resource)) return undefined
    const { origin, pathname, search, hash } = new URL(resource)
    const path = doorPath.exec(pathname)
    if (path === null || search !== "" || hash !== "" || !isOwn(origin) || resource !== origin + pathname)
      return undefined
    const [, name] = path
    if (name === undefined) return null
    return hasServer(name) ? name : undefined
  }

  return {
    issuer,
    isOwn,
    serverOf,
    audiencesOf(path) {
      const name = doorPath.exec(path.replace(/\/$/, ""))?.[1]
      return (audience) => {
        const server = serverOf(audience)
        return server === null || (server !== undefined && server === name)
      }
    },
    metadataUrl(request) {
      const path = pathOf(request).replace(/\/$/, "")
      return `${originOf(request)}${wellKnown}${doorPath.test(path) ? path : "/mcp"}`
    },
    metadata(request) {
      const path = pathOf(request).slice(wellKnown.length)
      const resource = `${originOf(request)}${path}`
      const server = serverOf(resource)
      if (server === undefined) return undefined
      return {
        resource,
        authorization_servers: [issuer],
        scopes_supported: oauthScopes,
        bearer_methods_supported: ["header"],
        dpop_signing_alg_values_supported: dpopAlgorithms,
        resource_name: server === null ? "Hufu" : `Hufu: ${server}`,
      }
    },
  }
}

export function isMetadataPath(path: string): boolean {
  return path === wellKnown || path.startsWith(`${wellKnown}/`)
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/"
}
