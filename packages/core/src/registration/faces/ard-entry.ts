import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { Certification } from "../certification.ts"
import {
  Alias,
  maxSkills,
  type RegistrationContent,
  RegistrationName,
  registrationMembers,
} from "../registration-content.ts"
import type { Registration } from "../registration.ts"
import { Skill } from "../skill.ts"
import type { Face, FacePlace } from "./face.ts"
import { facePath } from "./face-path.ts"
import { boundedItems, fit, fitItems, itemsOf, lineIn, linesIn, membersOf, proseIn, textOf } from "./fit.ts"
import { jsonObject, present } from "./jsonish.ts"

/**
 * An entry of ARD 0.91 and of an AI Catalog: where the agent's own card is, and by which questions it is to be found. The publisher in
 * its name is the developer's domain once that is proven, and the registry's own until then.
 */
export const ardEntry: Face = {
  mediaType: "application/json",
  given: [
    "/identifier",
    "/type",
    "/mediaType",
    "/url",
    "/data",
    "/updatedAt",
    "/trustManifest",
    "/metadata/registration",
    "/metadata/aic",
    "/metadata/grade",
  ],
  show(registration, at) {
    const { id, aic, grade, changedAt, content } = registration
    const { identifier, identity } = identityOf(registration, at)
    const [type, face] = artifactOf(content)
    return jsonObject({
      identifier,
      displayName: content.title,
      type,
      url: `${at.origin}${facePath(id, face)}`,
      description: content.description,
      tags: someOf([...new Set([...content.tags, ...content.skills.flatMap(({ tags }) => tags)])]),
      capabilities: someOf(content.skills.map((skill) => skill.id)),
      representativeQueries: queriesOf(content),
      version: content.version,
      updatedAt: new Date(changedAt).toISOString(),
      metadata: {
        name: content.name,
        registration: id,
        aic: aic ?? undefined,
        grade: grade ?? undefined,
        developer: content.developer.name,
        developerKind: content.developer.kind,
        form: content.form,
        price: content.price?.model,
      },
      trustManifest: {
        ...identity,
        attestations: someOf(
          content.certifications.flatMap(({ scheme, url }) =>
            url === undefined ? [] : [{ type: scheme, uri: url, mediaType: "text/html" }],
          ),
        ),
      },
    })
  },
  read(entry) {
    const metadata = membersOf(entry["metadata"])
    const developer = lineIn(metadata["developer"], 200)
    const price = metadata["price"] === undefined ? undefined : { model: metadata["price"] }
    return present({
      name: fit(RegistrationName, metadata["name"]) ?? nameIn(entry["identifier"]),
      title: lineIn(entry["displayName"], 200),
      description: proseIn(entry["description"], 4000),
      version: fit(registrationMembers.version, entry["version"]),
      form: fit(registrationMembers.form.unwrap(), metadata["form"]),
      aliases: fitItems(
        Alias,
        [
          { scheme: "urn", value: entry["identifier"] ?? null },
          { scheme: "aic", value: metadata["aic"] ?? null },
        ],
        2,
      ),
      developer:
        developer === undefined
          ? undefined
          : {
              kind: metadata["developerKind"] === "person" ? ("person" as const) : ("organisation" as const),
              name: developer,
            },
      tags: linesIn(entry["tags"], 64, 32),
      queries: linesIn(entry["representativeQueries"], 300, 5),
      skills: boundedItems(entry["capabilities"], "capabilities", maxSkills).flatMap(
        (named) => readSkill(named) ?? [],
      ),
      certifications: readAttestations(membersOf(entry["trustManifest"])),
      price: fit(registrationMembers.price, price),
    })
  },
}

/** The name of an entry, and whose word it is. */
function identityOf({ id, content, proofs }: Registration, { origin }: FacePlace) {
  const [namespace = "", name = ""] = content.name.split("/")
  const domain = namespace.split(".").toReversed().join(".")
  if (proofs.some((proof) => proof.of === "domain" && proof.value === domain))
    return {
      identifier: `urn:air:${domain}:agents:${name}`,
      identity: { identity: `https://${domain}`, identityType: "https" },
    }
  const host = publisherOf(origin)
  return {
    identifier: `urn:air:${host}:${namespace}:${name}`,
    identity: { identity: didOf(id, origin), identityType: "did" },
  }
}

/** The DID of a registration at its registry (did:web). */
export function didOf(id: string, origin: string): string {
  return `did:web:${encodeURIComponent(new URL(origin).host)}:registry:${id}`
}

function publisherOf(origin: string): string {
  const { hostname } = new URL(origin)
  return /^[a-zA-Z0-9.-]+$/.test(hostname) ? hostname : "localhost"
}

/** The card that says most, and what it is. */
function artifactOf({ interfaces }: RegistrationContent) {
  const protocols = new Set(interfaces.map(({ protocol }) => protocol))
  if (protocols.has("mcp") && !protocols.has("a2a"))
    return ["application/mcp-server-card+json", "server-card"] as const
  return ["application/a2a-agent-card+json", "agent-card"] as const
}

/** Two to five, or none: the developer's own, then examples of the skills. */
function queriesOf({ queries, skills }: RegistrationContent): readonly string[] | undefined {
  const all = new Set([
    ...queries,
    ...skills.flatMap(({ examples }) => examples.map((text) => lineIn(text, 300) ?? "")),
  ])
  all.delete("")
  return all.size < 2 ? undefined : [...all].slice(0, 5)
}

/** The publisher's domain turned around, and the last part of the name. */
function nameIn(identifier: JsonValue | undefined): string | undefined {
  const parts = /^urn:air:([A-Za-z0-9.-]+):(?:[A-Za-z0-9._:-]+:)?([A-Za-z0-9._-]+)$/.exec(
    textOf(identifier).slice(0, 500),
  )
  const [, domain = "", name = ""] = parts ?? []
  return fit(
    RegistrationName,
    `${domain.toLowerCase().split(".").toReversed().join(".")}/${name.toLowerCase()}`,
  )
}

/** A capability that is only named, as a skill: its name is all that is known of it. */
function readSkill(named: JsonValue): Skill | undefined {
  const name = lineIn(named, 200)
  if (name === undefined) return undefined
  const id = name.replace(/[^A-Za-z0-9._:/-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "")
  return fit(Skill, { id: id.slice(0, 128), name, description: name })
}

function readAttestations({ attestations }: JsonObject): Certification[] {
  return itemsOf(attestations)
    .slice(0, 32)
    .flatMap((each) => {
      const { type, uri } = membersOf(each)
      return fit(Certification, { kind: "certificate", scheme: lineIn(type, 200), url: uri }) ?? []
    })
}

function someOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}
