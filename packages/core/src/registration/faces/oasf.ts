import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { AgentPackage } from "../agent-package.ts"
import { registrationMembers, type RegistrationContent } from "../registration-content.ts"
import { Email, WebUrl } from "../registration-text.ts"
import { TaxonomyClass } from "../skill.ts"
import { agentCard } from "./agent-card.ts"
import type { Face, RegistrationDraft } from "./face.ts"
import { fit, fitItems, itemsOf, lineIn, membersOf, proseIn, textOf } from "./fit.ts"
import { givenBelow, governanceName, memberNames, readGovernance, showGovernance } from "./governance.ts"
import { jsonObject, present } from "./jsonish.ts"
import { serverJson } from "./server-json.ts"

/**
 * An OASF record of schema 1.0.0. Its skills and domains are classes of OASF's own taxonomy; what the developer's skills are stands in the
 * modules, which carry the cards of A2A and MCP as they are.
 */
export const oasf: Face = {
  mediaType: "application/json",
  given: [
    "/schema_version",
    "/created_at",
    ...givenBelow("/modules/*/data"),
    ...givenBelow(`/modules/*/data/_meta/${governanceName}`),
    ...givenBelow("/modules/*/data/card_data/capabilities/extensions/*/params"),
    "/modules/*/data/$schema",
    "/modules/*/data/card_data/signatures",
  ],
  show(registration, at) {
    const { createdAt, content } = registration
    const { developer, contact } = content
    const isA2a = agentCard.suits?.(content) === true
    const isMcp = serverJson.suits?.(content) === true
    return jsonObject({
      schema_version: "1.0.0",
      name: content.title,
      version: content.version,
      description: content.description,
      authors: [contact.email === undefined ? developer.name : `${developer.name} <${contact.email}>`],
      created_at: new Date(createdAt).toISOString(),
      skills: content.taxonomy.skills,
      domains: content.taxonomy.domains,
      locators: showLocators(content),
      modules: [
        ...(isA2a
          ? [
              {
                name: "integration/a2a",
                data: { protocol_version: "1.0", card_data: agentCard.show(registration, at) },
              },
            ]
          : []),
        ...(isMcp ? [{ name: "integration/mcp", data: serverJson.show(registration, at) }] : []),
        { name: governanceName, data: { ...showGovernance(registration), ...content } },
      ],
    })
  },
  read(record) {
    const moduleOf = (name: string) => {
      const found = itemsOf(record["modules"])
        .slice(0, 64)
        .map(membersOf)
        .find((each) => each["name"] === name || textOf(each["name"]).endsWith(`/${name.split("/").at(-1)}`))
      return found && membersOf(found["data"])
    }
    const card = moduleOf("integration/a2a")
    const server = moduleOf("integration/mcp")
    const fromCard = card === undefined ? {} : agentCard.read(membersOf(card["card_data"]))
    const fromServer: RegistrationDraft = server === undefined ? {} : serverJson.read(server)
    const located = readLocators(record["locators"])
    const whole = readGovernance(moduleOf(governanceName), memberNames)
    const [name, email] = readAuthor(itemsOf(record["authors"])[0])
    return present({
      developer: name === undefined ? undefined : { kind: "organisation" as const, name },
      contact: email === undefined ? undefined : { email },
      ...fromServer,
      ...fromCard,
      packages: [...(fromServer.packages ?? []), ...located.packages].slice(0, 32),
      interfaces: [...(fromCard.interfaces ?? []), ...(fromServer.interfaces ?? [])].slice(0, 32),
      repository: fromServer.repository ?? located.repository,
      ...whole,
      title: lineIn(record["name"], 200) ?? fromCard.title,
      version: fit(registrationMembers.version, record["version"]) ?? fromCard.version,
      description: proseIn(record["description"], 4000) ?? fromCard.description,
      taxonomy: {
        skills: fitItems(TaxonomyClass, record["skills"], 32),
        domains: fitItems(TaxonomyClass, record["domains"], 32),
      },
    })
  },
}

/** Packages whose place is an address, by the word that OASF has for them. */
const locatorTypes = {
  helm: "helm_chart",
  oci: "docker_image",
  pypi: "python_package",
  source: "source_code",
  binary: "binary",
} as const

function showLocators({ packages, repository }: RegistrationContent) {
  const located = packages.flatMap(({ registry, identifier }) => {
    const type = registry in locatorTypes ? locatorTypes[registry as keyof typeof locatorTypes] : undefined
    return type === undefined || !WebUrl.safeParse(identifier).success ? [] : [{ type, urls: [identifier] }]
  })
  return repository === undefined ? located : [...located, { type: "source_code", urls: [repository.url] }]
}

function readLocators(value: JsonValue | undefined) {
  const packages: AgentPackage[] = []
  let repository: RegistrationDraft["repository"]
  for (const locator of itemsOf(value).slice(0, 32).map(membersOf)) {
    const [address] = addressesIn(locator)
    const registry = Object.entries(locatorTypes).find(([, type]) => type === locator["type"])?.[0]
    if (registry === "source" && address !== undefined && repository === undefined)
      repository = { url: address }
    else {
      const each = fit(AgentPackage, { registry, identifier: address })
      if (each !== undefined) packages.push(each)
    }
  }
  return { packages, repository }
}

/** One address or several, depending on the revision of the schema. */
function addressesIn({ url, urls }: JsonObject): string[] {
  return [url, ...itemsOf(urls)].flatMap((each) => fit(WebUrl, each) ?? [])
}

function readAuthor(value: JsonValue | undefined): [string | undefined, string | undefined] {
  const text = lineIn(value, 300)
  const found = text === undefined ? null : /^([^<>]{1,200}?) <([^<> ]{3,254})>$/.exec(text)
  return found === null ? [text?.slice(0, 200), undefined] : [found[1], fit(Email, found[2])]
}
