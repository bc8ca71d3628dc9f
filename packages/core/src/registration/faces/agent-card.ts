import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts"
import { AgentInterface } from "../agent-interface.ts"
import { maxSkills, registrationMembers, type RegistrationContent } from "../registration-content.ts"
import { MediaType, WebUrl } from "../registration-text.ts"
import { Security, SecurityScheme, type SecuritySchemes } from "../security-scheme.ts"
import type { Face, RegistrationDraft } from "./face.ts"
import { boundedItems, fit, fitItems, isYes, itemsOf, lineIn, membersOf, proseIn } from "./fit.ts"
import { givenBelow, governanceName, readGovernance, showGovernance } from "./governance.ts"
import { type JsonishObject, jsonObject, present, withoutEmptyMembers } from "./jsonish.ts"
import { readCardSkill } from "./read-card-skill.ts"
import { schemesOf } from "./openapi-security.ts"

/**
 * An A2A 1.0 AgentCard, in ProtoJSON. What A2A has no words for stands in an extension of Hufu's. No required member is ever empty:
 * implementations disagree on whether an empty one is signed. Signatures are put to it elsewhere.
 */
export const agentCard: Face = {
  mediaType: "application/json",
  given: ["/signatures", ...givenBelow("/capabilities/extensions/*/params")],
  suits: (content) => a2aOf(content).length > 0,
  show(registration) {
    const { content } = registration
    const { capabilities, developer } = content
    return jsonObject({
      name: content.title,
      description: content.description,
      version: content.version,
      supportedInterfaces: a2aOf(content).map(({ url, binding, version, tenant }) => ({
        url,
        protocolBinding: protocolBindings[binding],
        protocolVersion: version ?? "1.0",
        tenant,
      })),
      provider:
        developer.url === undefined ? undefined : { organization: developer.name, url: developer.url },
      iconUrl: content.icon,
      documentationUrl: content.documentation,
      capabilities: {
        streaming: capabilities.streaming,
        pushNotifications: capabilities.notifications,
        extendedAgentCard: capabilities.extendedCard,
        extensions: [
          ...capabilities.extensions.map(({ uri, description, required }) => ({
            uri,
            description,
            required: required || undefined,
          })),
          { uri: governanceName, params: withoutEmptyMembers(jsonObject(showGovernance(registration))) },
        ],
      },
      securitySchemes: someMembers(showSchemes(content.securitySchemes)),
      securityRequirements: showSecurity(a2aOf(content).flatMap(({ security }) => security)),
      defaultInputModes: orText(content.inputModes),
      defaultOutputModes: orText(content.outputModes),
      skills: content.skills.map((skill) => ({
        id: skill.id,
        name: skill.name,
        description: skill.description,
        tags: skill.tags.length === 0 ? ["agent"] : skill.tags,
        examples: some(skill.examples),
        inputModes: skill.inputModes,
        outputModes: skill.outputModes,
        securityRequirements: showSecurity(skill.security),
      })),
    })
  },
  read(card) {
    const capabilities = membersOf(card["capabilities"])
    const extensions = boundedItems(capabilities["extensions"], "extensions", 64).map(membersOf)
    const governance = readGovernance(extensions.find(({ uri }) => uri === governanceName)?.["params"])
    const securitySchemes = readSchemes(card["securitySchemes"])
    const security = readSecurity(card["securityRequirements"], securitySchemes)
    return present({
      developer: readProvider(membersOf(card["provider"])),
      ...governance,
      title: lineIn(card["name"], 200),
      description: proseIn(card["description"], 4000),
      version: fit(registrationMembers.version, card["version"]),
      icon: fit(WebUrl, card["iconUrl"]),
      documentation: fit(WebUrl, card["documentationUrl"]),
      capabilities: {
        streaming: isYes(capabilities["streaming"]),
        notifications: isYes(capabilities["pushNotifications"]),
        extendedCard: isYes(capabilities["extendedAgentCard"]),
        extensions: extensions
          .filter(({ uri }) => uri !== governanceName)
          .flatMap(({ uri, description, required }) => {
            const said = present({ uri, description: proseIn(description, 1000) })
            const extension = registrationMembers.capabilities.safeParse({
              extensions: [{ ...said, required: isYes(required) }],
            })
            return extension.success ? extension.data.extensions : []
          })
          .slice(0, 32),
      },
      inputModes: fitItems(MediaType, card["defaultInputModes"], 64),
      outputModes: fitItems(MediaType, card["defaultOutputModes"], 64),
      securitySchemes,
      interfaces: itemsOf(card["supportedInterfaces"])
        .slice(0, 32)
        .flatMap((each) => readInterface(membersOf(each), security) ?? []),
      skills: boundedItems(card["skills"], "skills", maxSkills).flatMap((skill) => {
        const security = readSecurity(membersOf(skill)["securityRequirements"], securitySchemes)
        return readCardSkill(membersOf(skill), { security }) ?? []
      }),
    })
  },
}

const protocolBindings: Readonly<Record<AgentInterface["binding"], string>> = {
  jsonrpc: "JSONRPC",
  "http-json": "HTTP+JSON",
  grpc: "GRPC",
  // Nothing of A2A is spoken so; the schema of interfaces says it too.
  amqp: "JSONRPC",
  "streamable-http": "JSONRPC",
  sse: "JSONRPC",
}
const flowNames = ["authorizationCode", "clientCredentials", "deviceCode", "implicit", "password"] as const

function a2aOf({ interfaces }: RegistrationContent): AgentInterface[] {
  return interfaces.filter(({ protocol }) => protocol === "a2a")
}

function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}

function someMembers(object: JsonishObject): JsonishObject | undefined {
  return Object.keys(object).length === 0 ? undefined : object
}

/** An agent that says nothing of what it takes is spoken to in plain text. */
function orText(modes: readonly string[]): readonly string[] {
  return modes.length === 0 ? ["text/plain"] : modes
}

function showSchemes(schemes: SecuritySchemes): JsonishObject {
  return Object.fromEntries(Object.entries(schemes).map(([name, scheme]) => [name, showScheme(scheme)]))
}

function showScheme(scheme: SecurityScheme): JsonishObject {
  const { description } = scheme
  // A message without a member would be left out by those who leave out what is empty.
  if (scheme.type === "mutual-tls")
    return { mtlsSecurityScheme: { description: description ?? "mutual TLS" } }
  if (scheme.type === "api-key")
    return { apiKeySecurityScheme: { description, location: scheme.in, name: scheme.name } }
  if (scheme.type === "http")
    return {
      httpAuthSecurityScheme: { description, scheme: scheme.scheme, bearerFormat: scheme.bearerFormat },
    }
  if (scheme.type === "openid-connect")
    return { openIdConnectSecurityScheme: { description, openIdConnectUrl: scheme.url } }
  // A message of the protocol holds one flow: the one that most agents can use.
  const name = flowNames.find((each) => scheme.flows[each] !== undefined)
  const flow = name === undefined ? undefined : scheme.flows[name]
  const scopes = Object.entries(flow?.scopes ?? {}).map(([scope, text]) => [
    scope,
    text === "" ? scope : text,
  ])
  const flows = name === undefined ? {} : { [name]: { ...flow, scopes: Object.fromEntries(scopes) } }
  return { oauth2SecurityScheme: { description, flows, oauth2MetadataUrl: scheme.metadataUrl } }
}

/** One list of alternatives; each that is there twice, once. */
function showSecurity(security: Security): JsonishObject["security"] {
  if (security.length === 0) return undefined
  const texts = new Set(security.map((needed) => JSON.stringify(needed)))
  return [...texts].slice(0, 8).map((text) => ({
    schemes: Object.fromEntries(
      Object.entries(Security.element.parse(JSON.parse(text))).map(([name, scopes]) => [
        name,
        // An empty list is left out of the protocol's JSON.
        scopes.length === 0 ? {} : { list: scopes },
      ]),
    ),
  }))
}

function readProvider({ organization, url }: JsonObject): RegistrationDraft["developer"] {
  const name = lineIn(organization, 200)
  return name === undefined
    ? undefined
    : { kind: "organisation", name, ...present({ url: fit(WebUrl, url) }) }
}

function readSchemes(value: JsonValue | undefined): SecuritySchemes {
  return schemesOf(
    Object.entries(membersOf(value))
      .slice(0, 64)
      .flatMap(([name, scheme]) => {
        const read = fit(SecurityScheme, readScheme(membersOf(scheme)))
        return read === undefined ? [] : [[name, read] as const]
      }),
  )
}

function readScheme(scheme: JsonObject): unknown {
  const [[kind, value] = []] = Object.entries(scheme)
  const said = membersOf(value)
  const description = proseIn(said["description"], 1000)
  if (kind === "mtlsSecurityScheme") return present({ type: "mutual-tls", description })
  if (kind === "apiKeySecurityScheme")
    return present({ type: "api-key", in: said["location"], name: lineIn(said["name"], 100), description })
  if (kind === "httpAuthSecurityScheme")
    return present({
      type: "http",
      scheme: lineIn(said["scheme"], 40)?.toLowerCase(),
      bearerFormat: lineIn(said["bearerFormat"], 100),
      description,
    })
  if (kind === "openIdConnectSecurityScheme")
    return present({ type: "openid-connect", url: said["openIdConnectUrl"], description })
  if (kind !== "oauth2SecurityScheme") return undefined
  return present({
    type: "oauth2",
    flows: readFlows(membersOf(said["flows"])),
    metadataUrl: fit(WebUrl, said["oauth2MetadataUrl"]),
    description,
  })
}

function readFlows(flows: JsonObject): JsonishObject {
  return Object.fromEntries(
    flowNames.flatMap((name) => {
      const flow = flows[name]
      if (!isJsonObject(flow)) return []
      const { authorizationUrl, deviceAuthorizationUrl, tokenUrl, refreshUrl, scopes } = flow
      return [
        [
          name,
          present({ authorizationUrl, deviceAuthorizationUrl, tokenUrl, refreshUrl, scopes: scopes ?? {} }),
        ],
      ]
    }),
  )
}

function readSecurity(value: JsonValue | undefined, schemes: SecuritySchemes): Security {
  return itemsOf(value)
    .slice(0, 8)
    .flatMap((requirement) => {
      const needed = Object.entries(membersOf(membersOf(requirement)["schemes"])).map(([name, scopes]) => [
        name,
        itemsOf(membersOf(scopes)["list"]),
      ])
      const read = fit(Security, [Object.fromEntries(needed)]) ?? []
      return read.filter((each) => Object.keys(each).every((name) => Object.hasOwn(schemes, name)))
    })
}

function readInterface(said: JsonObject, security: Security): AgentInterface | undefined {
  const binding = Object.entries(protocolBindings).find(([, name]) => name === said["protocolBinding"])?.[0]
  return fit(
    AgentInterface,
    present({
      protocol: "a2a",
      binding,
      url: said["url"],
      version: lineIn(said["protocolVersion"], 40),
      tenant: lineIn(said["tenant"], 100),
      security,
    }),
  )
}
