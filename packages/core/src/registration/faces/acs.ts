import type { z } from "zod"
import { AicText, isOntology, parseAic } from "../../identity/aic.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { AgentInterface, MessageQueue } from "../agent-interface.ts"
import {
  InstanceNotes,
  maxSkills,
  type RegistrationInput,
  registrationMembers,
} from "../registration-content.ts"
import { Country, DnsName, DomainName, Email, IpAddress, MediaType, WebUrl } from "../registration-text.ts"
import type { SecuritySchemes } from "../security-scheme.ts"
import type { Face, RegistrationDraft } from "./face.ts"
import { boundedItems, fit, fitItems, isYes, itemsOf, lineIn, membersOf, proseIn, textOf } from "./fit.ts"
import { jsonObject, type Jsonish, present } from "./jsonish.ts"
import { readCardSkill } from "./read-card-skill.ts"
import { readSchemes, readSecurity, showSchemes } from "./openapi-security.ts"

/**
 * 智能体能力描述 (ACS, ACPs spec 03, revision 02.02). It speaks of the interfaces of ACPs alone, and only of domains whose filing or
 * registration is known. In addresses of queues, `{AIC}` stands for the agent's code until it has one.
 */
export const acs: Face = {
  mediaType: "application/json",
  given: ["/aic", "/active", "/lastModifiedTime", "/protocolVersion"],
  suits: ({ interfaces }) => interfaces.some(({ protocol }) => protocol === "acps"),
  // In the addresses of queues, a registry puts the agent's code in the place of the placeholder.
  plain: (card) => ({
    ...card,
    endPoints: itemsOf(card["endPoints"]).map((each) => {
      const { url, ...rest } = membersOf(each)
      const aic = card["aic"]
      return {
        ...rest,
        url:
          typeof url === "string" && typeof aic === "string" && aic !== ""
            ? url.replaceAll(aic, "{AIC}")
            : (url ?? null),
      }
    }),
  }),
  show({ aic, state, changedAt, content }) {
    const { developer, contact, capabilities, certificate, instance } = content
    const isPerson = developer.kind === "person"
    return jsonObject({
      aic: aic ?? "",
      active: state === "approved",
      lastModifiedTime: new Date(changedAt).toISOString(),
      protocolVersion: "02.02",
      name: content.title,
      description: content.description,
      version: content.version,
      iconUrl: content.icon,
      documentationUrl: content.documentation,
      webAppUrl: content.website,
      provider: {
        countryCode: developer.country,
        organization: isPerson ? undefined : developer.name,
        department: developer.department,
        url: developer.url,
        license: developer.filing,
        name: isPerson ? developer.name : contact.name,
        email: contact.email,
        domainRegistrations: someOf(
          developer.domains.flatMap(({ domain, number, kind }) =>
            number === undefined || kind === undefined
              ? []
              : [{ domain, registrationNumber: number, registrationType: kind.toUpperCase() }],
          ),
        ),
      },
      securitySchemes: showSchemes(content.securitySchemes),
      endPoints: content.interfaces
        .filter(({ protocol }) => protocol === "acps")
        .map(({ url, binding, security }) => ({
          url: aic === null ? url : url.replaceAll("{AIC}", aic),
          transport: transports[binding],
          security: someOf(security),
        })),
      capabilities: {
        streaming: capabilities.streaming,
        notification: capabilities.notifications,
        messageQueue: capabilities.messageQueues,
      },
      defaultInputModes: content.inputModes,
      defaultOutputModes: content.outputModes,
      skills: content.skills.map((skill) => ({
        id: skill.id,
        name: skill.name,
        description: skill.description,
        version: skill.version ?? content.version,
        tags: skill.tags,
        examples: someOf(skill.examples),
        inputModes: skill.inputModes,
        outputModes: skill.outputModes,
      })),
      entityUserId: instance?.user,
      entityMeta: instance && Object.keys(instance.notes).length > 0 ? instance.notes : undefined,
      certificate: certificate && {
        altNames: { dns: certificate.dns, ip: certificate.ip },
        requestedValidity: certificate.days,
      },
    })
  },
  read(card) {
    const provider = membersOf(card["provider"])
    const aic = fit(AicText, card["aic"])
    const securitySchemes = readSchemes(card["securitySchemes"])
    const capabilities = membersOf(card["capabilities"])
    return present({
      title: lineIn(card["name"], 200),
      description: proseIn(card["description"], 4000),
      version: fit(registrationMembers.version, card["version"]),
      form: formOf(card, aic),
      aliases: aic === undefined ? undefined : [{ scheme: "aic" as const, value: aic }],
      icon: fit(WebUrl, card["iconUrl"]),
      documentation: fit(WebUrl, card["documentationUrl"]),
      website: fit(WebUrl, card["webAppUrl"]),
      ...readProvider(provider),
      capabilities: {
        streaming: isYes(capabilities["streaming"]),
        notifications: isYes(capabilities["notification"]),
        messageQueues: fitItems(MessageQueue, capabilities["messageQueue"], 16),
      },
      inputModes: fitItems(MediaType, card["defaultInputModes"], 64),
      outputModes: fitItems(MediaType, card["defaultOutputModes"], 64),
      securitySchemes,
      interfaces: readEndPoints(card["endPoints"], securitySchemes, aic),
      skills: boundedItems(card["skills"], "skills", maxSkills).flatMap(
        (skill) =>
          readCardSkill(membersOf(skill), { version: lineIn(membersOf(skill)["version"], 64) }) ?? [],
      ),
      certificate: readCertificate(card["certificate"]),
      instance: readInstance(card),
    })
  },
}

const transports: Readonly<Record<AgentInterface["binding"], string>> = {
  jsonrpc: "JSONRPC",
  "http-json": "HTTP_JSON",
  grpc: "GRPC",
  amqp: "AMQP",
  // Nothing of ACPs is spoken so; the schema of interfaces says it too.
  "streamable-http": "HTTP_JSON",
  sse: "HTTP_JSON",
}
const bindings: Readonly<Record<string, AgentInterface["binding"]>> = {
  JSONRPC: "jsonrpc",
  HTTP_JSON: "http-json",
  REST: "http-json",
  GRPC: "grpc",
  AMQP: "amqp",
}

function someOf<T extends Jsonish>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}

function formOf(card: JsonObject, aic: string | undefined): RegistrationInput["form"] {
  if (card["entityUserId"] !== undefined || card["entityMeta"] !== undefined) return "entity"
  const parsed = aic === undefined ? undefined : parseAic(aic)
  return parsed !== undefined && isOntology(parsed) ? "ontology" : "agent"
}

function readProvider(provider: JsonObject): Pick<RegistrationDraft, "developer" | "contact"> {
  const organisation = lineIn(provider["organization"], 200)
  const person = lineIn(provider["name"], 200)
  const name = organisation ?? person
  const contact = present({
    name: organisation === undefined ? undefined : lineIn(provider["name"], 100),
    email: fit(Email, provider["email"]),
  })
  if (name === undefined) return { contact }
  return {
    contact,
    developer: {
      kind: organisation === undefined ? ("person" as const) : ("organisation" as const),
      name,
      ...present({
        department: lineIn(provider["department"], 200),
        country: fit(Country, provider["countryCode"]),
        url: fit(WebUrl, provider["url"]),
        filing: lineIn(provider["license"], 100),
      }),
      domains: itemsOf(provider["domainRegistrations"])
        .slice(0, 32)
        .flatMap((each) => {
          const { domain, registrationNumber, registrationType } = membersOf(each)
          const named = fit(DomainName, domain)
          const kind = registrationType === "ICP" ? ("icp" as const) : ("whois" as const)
          return named === undefined
            ? []
            : [{ domain: named, ...present({ number: lineIn(registrationNumber, 100) }), kind }]
        }),
    },
  }
}

function readEndPoints(
  value: JsonValue | undefined,
  schemes: SecuritySchemes,
  aic: string | undefined,
): AgentInterface[] {
  return itemsOf(value)
    .slice(0, 32)
    .flatMap((each) => {
      const { url, transport, security } = membersOf(each)
      if (typeof url !== "string") return []
      const read = fit(AgentInterface, {
        protocol: "acps",
        binding: bindings[textOf(transport)],
        // The registry put it there in the place of the placeholder.
        url: aic !== undefined && url.startsWith("amqp") ? url.replaceAll(aic, "{AIC}") : url,
        security: readSecurity(security, schemes),
      })
      return read === undefined ? [] : [read]
    })
}

function readCertificate(value: JsonValue | undefined): RegistrationInput["certificate"] {
  if (value === undefined) return undefined
  const { altNames, requestedValidity } = membersOf(value)
  const { dns, ip } = membersOf(altNames)
  const days =
    typeof requestedValidity === "number" && Number.isInteger(requestedValidity)
      ? requestedValidity
      : undefined
  return {
    dns: fitItems(DnsName, dns, 32),
    ip: fitItems(IpAddress, ip, 32),
    ...present({ days: days === undefined || days < 1 ? undefined : Math.min(days, 1825) }),
  }
}

function readInstance(card: JsonObject): RegistrationInput["instance"] {
  const user = lineIn(card["entityUserId"], 255)
  const all = Object.entries(membersOf(card["entityMeta"])).slice(0, 32)
  const fitting: z.infer<typeof InstanceNotes> = {}
  for (const [name, value] of all) Object.assign(fitting, fit(InstanceNotes, { [name]: value }))
  if (user === undefined && Object.keys(fitting).length === 0) return undefined
  return { ...present({ user }), notes: fitting }
}
