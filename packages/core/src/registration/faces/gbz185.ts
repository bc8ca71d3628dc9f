import { AicText, gbz185Code, parseAic } from "../../identity/aic.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { AgentInterface } from "../agent-interface.ts"
import { maxSkills, RegistrationName, registrationMembers } from "../registration-content.ts"
import { MediaType, WebUrl } from "../registration-text.ts"
import { SecuritySchemes } from "../security-scheme.ts"
import { Skill } from "../skill.ts"
import type { Face, RegistrationDraft } from "./face.ts"
import { boundedItems, fit, fitItems, itemsOf, lineIn, linesIn, membersOf, proseIn } from "./fit.ts"
import { givenBelow, governanceName, readGovernance, showGovernance } from "./governance.ts"
import { jsonObject, present } from "./jsonish.ts"

/**
 * 智能体描述 of GB/Z 185.4-2026. The document leaves open what stands within `capabilities`, `metadata` of an access method and
 * `metadata`: there it is Hufu's own words.
 */
export const gbz185: Face = {
  mediaType: "application/json",
  given: ["/agentId", "/discoverable", "/available", ...givenBelow(`/metadata/${governanceName}`)],
  show(registration) {
    const { aic, state, content } = registration
    const parsed = aic === null ? undefined : parseAic(aic)
    const schemes = content.securitySchemes
    return jsonObject({
      agentId: parsed === undefined ? "" : gbz185Code(parsed),
      name: content.title,
      alias: content.name,
      version: content.version,
      description: content.description,
      iconAddress: content.icon,
      provider: { kind: content.developer.kind, name: content.developer.name, url: content.developer.url },
      accessAddress: content.website,
      accessMethod: content.interfaces.map(({ url, ...metadata }) => ({
        type: "url",
        address: url,
        metadata,
      })),
      authentication: { type: kindOf(schemes), metadata: { securitySchemes: schemes } },
      capabilities: content.capabilities,
      defaultInputTypes: content.inputModes,
      defaultOutputTypes: content.outputModes,
      skills: content.skills.map((skill) => ({
        skillId: skill.id,
        skillName: skill.name,
        skillDescription: skill.description,
        tags: skill.tags,
        examples: skill.examples.length === 0 ? undefined : skill.examples,
        inputTypes: skill.inputModes ?? content.inputModes,
        outputTypes: skill.outputModes ?? content.outputModes,
      })),
      discoverable: state === "approved",
      available: state === "approved",
      metadata: { [governanceName]: showGovernance(registration) },
    })
  },
  read(description) {
    const said = membersOf(description["metadata"])[governanceName]
    const governance = readGovernance(said)
    const authentication = membersOf(membersOf(description["authentication"])["metadata"])
    const securitySchemes = fit(SecuritySchemes, authentication["securitySchemes"]) ?? {}
    const code = fit(AicText, description["agentId"])
    const modes = (member: string) => fitItems(MediaType, description[member], 64)
    return present({
      // A code that it was given elsewhere is an alias.
      aliases:
        code === undefined || said !== undefined ? undefined : [{ scheme: "gbz185" as const, value: code }],
      developer: readProvider(description["provider"]),
      ...governance,
      name: fit(RegistrationName, description["alias"]) ?? governance.name,
      title: lineIn(description["name"], 200),
      description: proseIn(description["description"], 4000),
      version: fit(registrationMembers.version, description["version"]),
      icon: fit(WebUrl, description["iconAddress"]),
      website: fit(WebUrl, description["accessAddress"]),
      capabilities: fit(registrationMembers.capabilities, description["capabilities"]),
      inputModes: modes("defaultInputTypes"),
      outputModes: modes("defaultOutputTypes"),
      securitySchemes,
      interfaces: itemsOf(description["accessMethod"])
        .slice(0, 32)
        .flatMap((method) => readMethod(membersOf(method)) ?? []),
      skills: boundedItems(description["skills"], "skills", maxSkills).flatMap(
        (skill) => readSkill(membersOf(skill)) ?? [],
      ),
    })
  },
}

/** What the whole comes to, in the words of the document. */
function kindOf(schemes: SecuritySchemes): string {
  const types = new Set(Object.values(schemes).map(({ type }) => type))
  if (types.size === 0) return "none"
  if (types.size > 1) return "custom"
  if (types.has("mutual-tls")) return "x509"
  return types.has("api-key") ? "custom" : "bearer"
}

function readProvider(provider: JsonValue | undefined): RegistrationDraft["developer"] {
  const { kind, name, url } = membersOf(typeof provider === "string" ? { name: provider } : provider)
  const named = lineIn(name, 200)
  if (named === undefined) return undefined
  return {
    kind: kind === "person" ? "person" : "organisation",
    name: named,
    ...present({ url: fit(WebUrl, url) }),
  }
}

function readMethod({ address, metadata }: JsonObject): AgentInterface | undefined {
  const said = membersOf(metadata)
  // A method that says nothing of a protocol is an address to call over the web.
  const protocol = said["protocol"] === undefined ? { protocol: "http", binding: "http-json" } : {}
  return fit(AgentInterface, { ...said, ...protocol, url: address })
}

function readSkill(skill: JsonObject): Skill | undefined {
  return fit(Skill, {
    id: skill["skillId"],
    name: lineIn(skill["skillName"], 200),
    description: proseIn(skill["skillDescription"], 4000),
    tags: linesIn(skill["tags"], 64, 32),
    examples: itemsOf(skill["examples"])
      .slice(0, 16)
      .flatMap((example) => proseIn(example, 1000) ?? []),
    inputModes: fitItems(MediaType, skill["inputTypes"], 64),
    outputModes: fitItems(MediaType, skill["outputTypes"], 64),
  })
}
