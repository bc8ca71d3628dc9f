import type { Face } from "./face.ts"
import { givenBelow, governanceName, showGovernance } from "./governance.ts"
import { jsonObject, present } from "./jsonish.ts"
import { mcpOf, readRemotes, readServer, showHeader, showServer, someOf } from "./server-json.ts"

/**
 * An MCP server card (SEP-2127, a draft): where a remote server is, before one is connected to it. It says nothing of tools, because a
 * registration lists skills and a server's tools are what it answers itself.
 */
export const serverCard: Face = {
  mediaType: "application/mcp-server-card+json",
  given: ["/$schema", "/capabilities", ...givenBelow(`/_meta/${governanceName}`)],
  suits: (content) => mcpOf(content).length > 0,
  show(registration) {
    const { content } = registration
    return jsonObject({
      $schema: "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json",
      ...showServer(registration),
      remotes: someOf(
        mcpOf(content).map(({ binding, url, version, headers, security }) => ({
          type: binding,
          url,
          supportedProtocolVersions: version === undefined ? undefined : [version],
          headers: someOf(headers.map(showHeader)),
          authentication:
            security.length === 0
              ? undefined
              : {
                  required: true,
                  schemes: [...new Set(security.flatMap((needed) => Object.keys(needed)))].map(
                    (name) => wordOf(content.securitySchemes[name]) ?? name,
                  ),
                },
        })),
      ),
      capabilities: {},
      _meta: { [governanceName]: showGovernance(registration) },
    })
  },
  read: (card) => present({ ...readServer(card), interfaces: readRemotes(card["remotes"]) }),
}

/** A scheme in the words of the card. */
function wordOf(scheme: { readonly type: string; readonly scheme?: string } | undefined): string | undefined {
  if (scheme === undefined) return undefined
  return scheme.type === "http" ? scheme.scheme : scheme.type
}
