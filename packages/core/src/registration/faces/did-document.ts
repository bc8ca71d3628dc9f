import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { AgentInterface } from "../agent-interface.ts"
import { AgentKey, Alias } from "../registration-content.ts"
import { didOf } from "./ard-entry.ts"
import type { Face } from "./face.ts"
import { fit, itemsOf, lineIn, membersOf, textOf } from "./fit.ts"
import { jsonObject, present } from "./jsonish.ts"

const services = { a2a: "A2A", acps: "ACPs", mcp: "MCP", http: "HTTP" } as const

/** A DID document for did:web: the keys of an agent, where it is spoken to and what it is called elsewhere. It describes nothing else. */
export const didDocument: Face = {
  mediaType: "application/did+json",
  given: [
    "/@context",
    "/id",
    "/controller",
    "/authentication",
    "/assertionMethod",
    "/verificationMethod/*/controller",
  ],
  show({ id, aic, content }, { origin }) {
    const did = didOf(id, origin)
    const keyIds = content.keys.map((key) => `${did}#${key.id}`)
    return jsonObject({
      "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
      id: did,
      alsoKnownAs: [
        ...(aic === null ? [] : [`acps://${aic}`]),
        ...content.aliases.flatMap(({ scheme, value }) =>
          scheme === "aic" ? [`acps://${value}`] : isUri(value) ? [value] : [],
        ),
      ],
      verificationMethod: content.keys.map((key) => ({
        id: `${did}#${key.id}`,
        type: "JsonWebKey",
        controller: did,
        publicKeyJwk: key.jwk,
      })),
      authentication: keyIds,
      assertionMethod: keyIds,
      service: content.interfaces.map(({ protocol, binding, url, version }, at) => ({
        id: `${did}#interface-${at}`,
        type: services[protocol],
        serviceEndpoint: url,
        binding,
        version,
      })),
    })
  },
  plain(document) {
    const did = document["id"]
    if (typeof did !== "string" || did === "") return document
    // Its own name is in front of all that is named within it.
    const text = JSON.stringify(document).replaceAll(`${did}#`, "#")
    return { ...membersOf(JSON.parse(text) as JsonValue), id: did }
  },
  read(document) {
    return present({
      keys: itemsOf(document["verificationMethod"])
        .slice(0, 16)
        .flatMap((method) => readKey(membersOf(method)) ?? []),
      interfaces: itemsOf(document["service"])
        .slice(0, 32)
        .flatMap((service) => readService(membersOf(service)) ?? []),
      aliases: [document["id"], ...itemsOf(document["alsoKnownAs"])]
        .slice(0, 32)
        .flatMap((value) => readAlias(value) ?? []),
    })
  },
}

function isUri(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/.test(value)
}

function readKey({ id, publicKeyJwk }: JsonObject): AgentKey | undefined {
  const fragment = lineIn(id, 2000)?.split("#").at(-1)
  return fit(AgentKey, { id: fragment, jwk: publicKeyJwk })
}

function readService({ type, serviceEndpoint, binding, version }: JsonObject): AgentInterface | undefined {
  const found = Object.entries(services).find(([, name]) => name === type)
  const protocol = found?.[0] ?? "http"
  const usual = { a2a: "jsonrpc", acps: "jsonrpc", mcp: "streamable-http", http: "http-json" }[protocol]
  return fit(
    AgentInterface,
    present({ protocol, binding: binding ?? usual, url: serviceEndpoint, version: lineIn(version, 40) }),
  )
}

function readAlias(value: JsonValue | undefined): Alias | undefined {
  const text = textOf(value)
  if (text.startsWith("acps://")) return fit(Alias, { scheme: "aic", value: text.slice("acps://".length) })
  const scheme = (["did", "spiffe", "wimse", "urn"] as const).find((each) => text.startsWith(`${each}:`))
  return fit(Alias, { scheme: scheme ?? "other", value })
}
