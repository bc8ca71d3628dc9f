import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"

/** Lower-case header name part (after `Mcp-Param-`) → the property path it mirrors. */
export type HeaderPaths = ReadonlyMap<string, readonly string[]>

const maxDepth = 16
const maxTools = 2048
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Where a tool's `x-mcp-header` parameters stand: reachable through `properties` alone, as the spec demands. */
export function headerPaths(tool: JsonObject): HeaderPaths {
  const paths = new Map<string, readonly string[]>()
  collect(tool["inputSchema"], [], paths)
  return paths
}

function collect(
  schema: JsonValue | undefined,
  path: readonly string[],
  paths: Map<string, readonly string[]>,
): void {
  if (!isJsonObject(schema) || path.length > maxDepth) return
  const name = schema["x-mcp-header"]
  if (path.length > 0 && typeof name === "string" && token.test(name)) paths.set(name.toLowerCase(), path)
  const properties = schema["properties"]
  if (!isJsonObject(properties)) return
  for (const [key, value] of Object.entries(properties)) collect(value, [...path, key], paths)
}

/** Remembers the header parameters of the tools that each server has listed. Bounded. */
export interface ParamHeaders {
  learn(server: string, tools: readonly JsonObject[]): void
  of(server: string, tool: JsonValue | undefined): HeaderPaths | undefined
  forget(server: string): void
}

/** An empty memory. */
export function createParamHeaders(): ParamHeaders {
  const servers = new Map<string, Map<string, HeaderPaths>>()
  return {
    learn(server, tools) {
      const known = servers.get(server) ?? new Map<string, HeaderPaths>()
      servers.set(server, known)
      for (const tool of tools) {
        if (typeof tool["name"] === "string" && (known.size < maxTools || known.has(tool["name"]))) {
          known.set(tool["name"], headerPaths(tool))
        }
      }
    },
    of: (server, tool) => (typeof tool === "string" ? servers.get(server)?.get(tool) : undefined),
    forget: (server) => void servers.delete(server),
  }
}
