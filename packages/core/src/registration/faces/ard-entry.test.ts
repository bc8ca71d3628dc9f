import { sample } from "fast-check"
import { describe, expect, it } from "vitest"
import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts"
import { arbitraryRegistration } from "../registration.arbitrary.ts"
import { ardEntry } from "./ard-entry.ts"
import { importFrom } from "./face.ts"
import { textOf } from "./fit.ts"

const at = { origin: "https://registry.example" }
const registrations = sample(arbitraryRegistration, { numRuns: 200, seed: 6 })

/** What ARD 0.91's conformance command refuses or warns of in an entry, written from its rules. */
function faultsOf(entry: JsonObject): string[] {
  const faults: string[] = []
  const named = /^urn:air:([a-zA-Z0-9.-]+)(?::([a-zA-Z0-9._:-]+))?:([a-zA-Z0-9._-]+)$/.exec(
    textOf(entry["identifier"]),
  )
  if (named === null) faults.push("its identifier is no urn:air")
  for (const member of ["displayName", "type"])
    if (typeof entry[member] !== "string" || entry[member] === "") faults.push(`it has no ${member}`)
  if (Object.hasOwn(entry, "url") === Object.hasOwn(entry, "data"))
    faults.push("it has not exactly one of url and data")
  if (Object.hasOwn(entry, "url") && !URL.canParse(textOf(entry["url"]))) faults.push("its url is none")
  if (!mediaTypes.has(textOf(entry["type"]))) faults.push("its media type is not one of discovery")
  const queries = entry["representativeQueries"]
  if (queries !== undefined && !isList(queries, 2, 5)) faults.push("its queries are not two to five texts")
  for (const member of ["tags", "capabilities"])
    if (entry[member] !== undefined && !isList(entry[member], 0, Infinity))
      faults.push(`its ${member} are no texts`)
  const metadata = entry["metadata"]
  if (
    metadata !== undefined &&
    (!isJsonObject(metadata) ||
      Object.values(metadata).some((value) => typeof value === "object" && value !== null))
  )
    faults.push("its metadata holds more than scalars")
  const trust = entry["trustManifest"]
  if (trust !== undefined) faults.push(...faultsOfTrust(trust, named?.[1] ?? ""))
  if (entry["updatedAt"] !== undefined && Number.isNaN(Date.parse(textOf(entry["updatedAt"]))))
    faults.push("updatedAt is no time")
  return faults
}

function faultsOfTrust(trust: JsonValue, publisher: string): string[] {
  if (!isJsonObject(trust) || typeof trust["identity"] !== "string")
    return ["its trust manifest names no identity"]
  const type = trust["identityType"]
  const domain =
    type === "did"
      ? decodeURIComponent(trust["identity"].split(":")[2] ?? "").split(":")[0]
      : new URL(trust["identity"]).hostname
  const faults =
    domain === publisher ? [] : [`the identity is of ${domain}, and the publisher is ${publisher}`]
  const attestations = trust["attestations"] ?? []
  const known = ["type", "uri", "mediaType", "digest"]
  for (const each of Array.isArray(attestations) ? attestations : [null])
    if (
      !isJsonObject(each) ||
      known.slice(0, 3).some((member) => typeof each[member] !== "string") ||
      Object.keys(each).some((key) => !known.includes(key))
    )
      faults.push("an attestation is not one")
  return faults
}

const mediaTypes = new Set([
  "application/ai-catalog+json",
  "application/a2a-agent-card+json",
  "application/mcp-server-card+json",
])

function isList(value: JsonValue | undefined, min: number, max: number): boolean {
  return (
    Array.isArray(value) &&
    value.every((item) => typeof item === "string") &&
    value.length >= min &&
    value.length <= max
  )
}

describe("an entry of ARD", () => {
  it("of each of 200 registrations holds to the rules", () => {
    for (const registration of registrations) expect(faultsOf(ardEntry.show(registration, at))).toEqual([])
  })

  it("that breaks a rule is found by the same checks", () => {
    const [registration] = registrations
    if (registration === undefined) throw new Error("there should be one")
    const entry = ardEntry.show(registration, at)
    const { url: _, ...withoutUrl } = entry
    for (const bad of [
      { ...entry, identifier: "urn:ai:x" },
      { ...entry, displayName: "" },
      withoutUrl,
      { ...entry, data: {} },
      { ...entry, representativeQueries: ["one"] },
      { ...entry, metadata: { nested: {} } },
      { ...entry, trustManifest: { identity: "https://elsewhere.example", identityType: "https" } },
    ])
      expect(faultsOf(bad)).not.toEqual([])
  })

  it("is published under the registry's name, and under the developer's domain once that is proven", () => {
    const [registration] = registrations
    if (registration === undefined) throw new Error("there should be one")
    const named = { ...registration, content: { ...registration.content, name: "com.example/planner" } }
    expect(ardEntry.show(named, at)).toMatchObject({
      identifier: "urn:air:registry.example:com.example:planner",
    })
    const proof = { how: "dns" as const, of: "domain" as const, value: "example.com", at: 1, until: null }
    const proven = ardEntry.show({ ...named, proofs: [proof] }, at)
    expect(proven).toMatchObject({
      identifier: "urn:air:example.com:agents:planner",
      trustManifest: { identity: "https://example.com" },
    })
    expect(faultsOf(proven)).toEqual([])
    // Of another domain than the name's, a proof says nothing.
    expect(ardEntry.show({ ...named, proofs: [{ ...proof, value: "example.org" }] }, at)).toMatchObject({
      identifier: "urn:air:registry.example:com.example:planner",
    })
  })

  it("of somebody else becomes a draft, under the publisher's name turned around", () => {
    const { draft, missing, lost } = importFrom(
      ardEntry,
      JSON.stringify({
        identifier: "urn:air:acme.example:agent:Trading",
        displayName: "Finance Trading Agent",
        mediaType: "application/a2a-agent-card+json",
        url: "https://api.acme.example/agent.json",
        representativeQueries: ["analyse a market trend"],
        tags: ["finance"],
        capabilities: ["TradeTool"],
        publisher: { displayName: "Acme" },
      }),
      at,
    )
    expect(draft).toMatchObject({
      name: "example.acme/trading",
      title: "Finance Trading Agent",
      tags: ["finance"],
    })
    expect(draft.skills?.map(({ id }) => id)).toEqual(["TradeTool"])
    expect(missing).toEqual(["/description", "/version", "/developer"])
    expect(lost.map(({ path }) => path)).toEqual(["/representativeQueries", "/publisher"])
  })
})
