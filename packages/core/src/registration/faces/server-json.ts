import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { AgentInterface, HeaderField } from "../agent-interface.ts"
import { AgentPackage } from "../agent-package.ts"
import { RegistrationName, registrationMembers, type RegistrationContent } from "../registration-content.ts"
import { WebUrl } from "../registration-text.ts"
import type { Registration } from "../registration.ts"
import type { Face, RegistrationDraft } from "./face.ts"
import { fit, isYes, itemsOf, lineIn, membersOf, proseIn, textOf } from "./fit.ts"
import { givenBelow, governanceName, readGovernance, showGovernance } from "./governance.ts"
import { jsonObject, type JsonishObject, present } from "./jsonish.ts"

const schema = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"

/** `server.json` of the MCP registry, schema of 2025-12-11: an agent as a server of MCP, with its MCP addresses and its packages. */
export const serverJson: Face = {
  mediaType: "application/json",
  given: ["/$schema", ...givenBelow(`/_meta/${governanceName}`)],
  suits: (content) =>
    mcpOf(content).length > 0 || content.packages.some(({ registry }) => isRegistry(registry)),
  show(registration) {
    const { content } = registration
    return jsonObject({
      $schema: schema,
      ...showServer(registration),
      packages: someOf(content.packages.filter(({ registry }) => isRegistry(registry)).map(showPackage)),
      remotes: someOf(
        mcpOf(content).map(({ binding, url, headers }) => ({
          type: binding,
          url,
          headers: someOf(headers.map(showHeader)),
        })),
      ),
      _meta: { [governanceName]: showGovernance(registration) },
    })
  },
  read(server) {
    return present({
      ...readServer(server),
      packages: itemsOf(server["packages"])
        .slice(0, 32)
        .flatMap((each) => readPackage(membersOf(each)) ?? []),
      interfaces: readRemotes(server["remotes"]),
    })
  },
}

/** What a server card and `server.json` have in common. */
export function showServer({ content }: Registration): JsonishObject {
  const { name, title, description, version, website, icon, repository } = content
  return {
    name,
    title: cut(title, 100),
    description: cut(description.replace(/\s+/gu, " "), 100),
    version,
    websiteUrl: website,
    icons: icon === undefined ? undefined : [{ src: icon }],
    repository: repository && {
      ...repository,
      source: repository.source ?? new URL(repository.url).hostname,
    },
  }
}

/** UNTRUSTED input. */
export function readServer(server: JsonObject): RegistrationDraft {
  const { name, title, description, version, websiteUrl, icons, repository, _meta } = server
  const { url, source, id, subfolder } = membersOf(repository)
  const repositoryUrl = fit(WebUrl, url)
  return present({
    ...readGovernance(membersOf(_meta)[governanceName]),
    // The names of MCP tell upper and lower case apart; a registration is found under any.
    name: typeof name === "string" ? fit(RegistrationName, name.toLowerCase()) : undefined,
    title: lineIn(title, 200) ?? lineIn(name, 200),
    description: proseIn(description, 4000),
    version: fit(registrationMembers.version, version),
    website: fit(WebUrl, websiteUrl),
    icon: itemsOf(icons)
      .slice(0, 32)
      .flatMap((each) => fit(WebUrl, membersOf(each)["src"]) ?? [])[0],
    repository:
      repositoryUrl === undefined
        ? undefined
        : {
            url: repositoryUrl,
            ...present({
              source: lineIn(source, 40),
              id: lineIn(id, 100),
              subfolder: lineIn(subfolder, 200),
            }),
          },
  })
}

/** Addresses at which MCP is spoken. */
export function mcpOf({ interfaces }: RegistrationContent): AgentInterface[] {
  return interfaces.filter(({ protocol }) => protocol === "mcp")
}

export function showHeader({ name, description, required, secret }: HeaderField): JsonishObject {
  return { name, description, isRequired: required || undefined, isSecret: secret || undefined }
}

/** UNTRUSTED input. */
export function readHeaders(value: JsonValue | undefined): HeaderField[] {
  return itemsOf(value)
    .slice(0, 32)
    .flatMap((each) => {
      const { name, description, isRequired, isSecret } = membersOf(each)
      const said = present({ name, description: proseIn(description, 1000) })
      return fit(HeaderField, { ...said, required: isYes(isRequired), secret: isYes(isSecret) }) ?? []
    })
}

/** UNTRUSTED input. */
export function readRemotes(value: JsonValue | undefined): AgentInterface[] {
  return itemsOf(value)
    .slice(0, 32)
    .flatMap((each) => {
      const { type, url, headers, supportedProtocolVersions } = membersOf(each)
      const version = lineIn(itemsOf(supportedProtocolVersions)[0], 40)
      const said = present({ protocol: "mcp", binding: type, url, version })
      return fit(AgentInterface, { ...said, headers: readHeaders(headers) }) ?? []
    })
}

export function someOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}

/** The registries of packages that MCP knows. */
const registries: ReadonlySet<string> = new Set(["npm", "pypi", "cargo", "oci", "nuget", "mcpb"])

function isRegistry(registry: string): boolean {
  return registries.has(registry)
}

function showPackage(each: AgentPackage): JsonishObject {
  const { transport, url, headers } = each
  return {
    registryType: each.registry,
    identifier: each.identifier,
    version: each.version,
    fileSha256: each.sha256,
    runtimeHint: each.runtime,
    // A package has to say how it speaks; over standard input and output, unless it says something else.
    transport:
      transport === undefined || transport === "stdio"
        ? { type: "stdio" }
        : { type: transport, url, headers: someOf(headers.map(showHeader)) },
    environmentVariables: someOf(each.environment.map(showHeader)),
  }
}

function readPackage(said: JsonObject): AgentPackage | undefined {
  const transport = membersOf(said["transport"])
  if (!isRegistry(textOf(said["registryType"]))) return undefined
  return fit(
    AgentPackage,
    present({
      registry: said["registryType"],
      identifier: said["identifier"],
      version: lineIn(said["version"], 64),
      sha256: said["fileSha256"],
      runtime: fit(AgentPackage.shape.runtime, said["runtimeHint"]),
      transport: fit(AgentPackage.shape.transport, transport["type"]),
      url: fit(WebUrl, transport["url"]),
      headers: readHeaders(transport["headers"]),
      environment: readHeaders(said["environmentVariables"]).filter(
        (variable) => AgentPackage.shape.environment.safeParse([variable]).success,
      ),
    }),
  )
}

function cut(text: string, maxLength: number): string {
  return text.length <= maxLength
    ? text
    : `${text
        .slice(0, maxLength - 1)
        .replace(/[\ud800-\udbff]$/, "")
        .trim()}…`
}
