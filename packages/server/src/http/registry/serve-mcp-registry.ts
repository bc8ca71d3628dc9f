import { asFailure, Failure, failureCodes } from "@hufu/core/failure"
import type { McpServers, ServerQuery } from "../../registry/discovery/mcp-servers.ts"

/** Where the MCP registry API is, in its frozen version. */
export const mcpRegistryBase = "/v0.1"

const maxPage = 100

export interface McpRegistryParts {
  readonly servers: McpServers
  /** Who counts as one who asks. */
  readonly by: string
  readonly onError: (error: unknown) => void
}

/** Answers a request under `/v0.1/`; undefined where there is nothing. UNTRUSTED: the request. */
export function serveMcpRegistry(
  request: Request,
  { servers, by, onError }: McpRegistryParts,
): Response | undefined {
  const url = new URL(request.url)
  try {
    const steps = url.pathname
      .slice(mcpRegistryBase.length + 1)
      .split("/")
      .map(decoded)
    const [root, name = "", versions, version = "", ...more] = steps
    if (root === "publish" || (root === "servers" && request.method !== "GET"))
      return refusal(
        501,
        "Not Implemented",
        "agents are registered with the node itself, not through this interface",
      )
    if (root !== "servers" || more.length > 0) return undefined
    if (steps.length === 1) return answer(servers.list(readQuery(url.searchParams)))
    if (versions !== "versions") return undefined
    return answer(steps.length === 3 ? servers.versions(name) : servers.version(name, version, by))
  } catch (error) {
    const failure = asFailure(error)
    if (failure.code === "internal") onError(error)
    return refusal(failure.status, failureCodes[failure.code].en, failure.message)
  }
}

function refusal(status: number, title: string, detail: string): Response {
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store" }
  return Response.json({ title, status, detail }, { status, headers })
}

function readQuery(parameters: URLSearchParams): ServerQuery {
  const text = (name: string) => parameters.get(name) ?? ""
  for (const name of ["cursor", "search", "version", "updated_since"])
    if (text(name).length > 200) throw new Failure("invalid_input", `\`${name}\` has at most 200 characters`)
  const limit = text("limit") === "" ? 30 : Number(text("limit"))
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage)
    throw new Failure("invalid_input", `\`limit\` is a whole number from 1 to ${maxPage}`)
  return {
    cursor: text("cursor"),
    limit,
    search: text("search"),
    version: text("version"),
    updatedSince: momentOf(text("updated_since")),
  }
}

function momentOf(text: string): number | undefined {
  if (text === "") return undefined
  const at = Date.parse(text)
  if (/^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(at)) return at
  throw new Failure("invalid_input", "`updated_since` is a moment in RFC 3339, such as 2026-01-01T00:00:00Z")
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch (cause) {
    throw new Failure("invalid_input", "a step of the path is not encoded as a URL has it", { cause })
  }
}

function answer(body: object): Response {
  return Response.json(body, { headers: { "cache-control": "no-store" } })
}
