import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts"
import { Security, SecurityScheme, SecuritySchemes } from "../security-scheme.ts"
import { fit, lineIn, membersOf, proseIn } from "./fit.ts"
import type { JsonishObject } from "./jsonish.ts"
import { present } from "./jsonish.ts"

/** Security schemes as OpenAPI writes them, which ACS takes over. Scopes and requirements are those of a registration. */

const flowNames = ["implicit", "password", "clientCredentials", "authorizationCode"] as const

export function showSchemes(schemes: SecuritySchemes): JsonishObject {
  return Object.fromEntries(Object.entries(schemes).map(([name, scheme]) => [name, showScheme(scheme)]))
}

function showScheme(scheme: SecurityScheme): JsonishObject {
  const { description } = scheme
  if (scheme.type === "mutual-tls") return { type: "mutualTLS", description }
  if (scheme.type === "api-key") return { type: "apiKey", name: scheme.name, in: scheme.in, description }
  if (scheme.type === "http")
    return { type: "http", scheme: scheme.scheme, bearerFormat: scheme.bearerFormat, description }
  if (scheme.type === "openid-connect")
    return { type: "openIdConnect", openIdConnectUrl: scheme.url, description }
  const flows = flowNames.map((name) => {
    const { authorizationUrl, tokenUrl, refreshUrl, scopes } = scheme.flows[name] ?? {}
    return [name, scopes && { authorizationUrl, tokenUrl, refreshUrl, scopes }]
  })
  return { type: "oauth2", flows: Object.fromEntries(flows), description }
}

/** UNTRUSTED input. */
export function readSchemes(value: JsonValue | undefined): SecuritySchemes {
  const read = Object.entries(membersOf(value))
    .slice(0, 64)
    .flatMap(([name, scheme]) => {
      const one = fit(SecurityScheme, readScheme(membersOf(scheme)))
      return one === undefined ? [] : [[name, one] as const]
    })
  return schemesOf(read)
}

/** As many schemes as fit, each under its name. */
export function schemesOf(schemes: readonly (readonly [string, SecurityScheme])[]): SecuritySchemes {
  const fitting: Record<string, SecurityScheme> = {}
  for (const [name, scheme] of schemes)
    if (SecuritySchemes.safeParse({ ...fitting, [name]: scheme }).success) fitting[name] = scheme
  return fitting
}

function readScheme(scheme: JsonObject): unknown {
  const description = proseIn(scheme["description"], 1000)
  const type = scheme["type"]
  if (type === "mutualTLS") return present({ type: "mutual-tls", description })
  if (type === "apiKey")
    return present({ type: "api-key", name: lineIn(scheme["name"], 100), in: scheme["in"], description })
  if (type === "http")
    return present({
      type,
      scheme: lineIn(scheme["scheme"], 40)?.toLowerCase(),
      bearerFormat: lineIn(scheme["bearerFormat"], 100),
      description,
    })
  if (type === "openIdConnect")
    return present({ type: "openid-connect", url: scheme["openIdConnectUrl"], description })
  const flows = membersOf(scheme["flows"])
  const read = present(Object.fromEntries(flowNames.map((name) => [name, readFlow(flows[name])])))
  return type === "oauth2" ? present({ type, flows: read, description }) : undefined
}

function readFlow(value: JsonValue | undefined): unknown {
  if (!isJsonObject(value)) return undefined
  const { authorizationUrl, tokenUrl, refreshUrl, scopes } = value
  return present({ authorizationUrl, tokenUrl, refreshUrl, scopes: scopes ?? {} })
}

/** What a list of requirements asks for, as far as it names schemes that are defined. UNTRUSTED input. */
export function readSecurity(value: unknown, schemes: SecuritySchemes): Security {
  const read = fit(Security, value) ?? []
  return read.filter((needed) => Object.keys(needed).every((name) => Object.hasOwn(schemes, name)))
}
