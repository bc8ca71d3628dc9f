import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"

/** A card that clients of A2A 0.3 read too: the members of both versions stand beside each other, as their names do not meet. */
export function withLegacyMembers(card: JsonObject): JsonObject {
  const interfaces = card["supportedInterfaces"]
  const first = Array.isArray(interfaces) ? interfaces.find(isJsonObject) : undefined
  const url = first?.["url"]
  if (url === undefined) return card
  return {
    ...card,
    protocolVersion: "0.3.0",
    url,
    preferredTransport: "JSONRPC",
    supportsAuthenticatedExtendedCard: true,
    securitySchemes: { hufu: { type: "http", scheme: "bearer" } },
    security: [{ hufu: [] }],
  }
}
