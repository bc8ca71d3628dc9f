/** What a value of ACS is, for the operators that look at it; `objects` is a list of objects, which has a size and nothing to compare. */
export type FieldKind = "string" | "number" | "boolean" | "datetime" | "array" | "objects" | "map" | "any"

/** A field of ACS (ACPs spec 03, revision 02.02) by its dotted path; lists on the way are gone through item by item. */
const fields: Readonly<Record<string, FieldKind>> = {
  aic: "string",
  active: "boolean",
  lastModifiedTime: "datetime",
  protocolVersion: "string",
  name: "string",
  description: "string",
  version: "string",
  iconUrl: "string",
  documentationUrl: "string",
  webAppUrl: "string",
  provider: "map",
  "provider.countryCode": "string",
  "provider.organization": "string",
  "provider.department": "string",
  "provider.url": "string",
  "provider.license": "string",
  "provider.name": "string",
  "provider.email": "string",
  "provider.domainRegistrations": "objects",
  "provider.domainRegistrations.domain": "string",
  "provider.domainRegistrations.registrationNumber": "string",
  "provider.domainRegistrations.registrationType": "string",
  securitySchemes: "map",
  endPoints: "objects",
  "endPoints.url": "string",
  "endPoints.transport": "string",
  "endPoints.security": "objects",
  capabilities: "map",
  "capabilities.streaming": "boolean",
  "capabilities.notification": "boolean",
  "capabilities.messageQueue": "array",
  defaultInputModes: "array",
  defaultOutputModes: "array",
  skills: "objects",
  "skills.id": "string",
  "skills.name": "string",
  "skills.description": "string",
  "skills.version": "string",
  "skills.tags": "array",
  "skills.examples": "array",
  "skills.inputModes": "array",
  "skills.outputModes": "array",
  entityUserId: "string",
  entityMeta: "map",
  certificate: "map",
  "certificate.requestedValidity": "number",
  "certificate.altNames": "map",
  "certificate.altNames.dns": "array",
  "certificate.altNames.ip": "array",
}
const ofScheme: Readonly<Record<string, FieldKind>> = {
  type: "string",
  description: "string",
  name: "string",
  in: "string",
  scheme: "string",
  bearerFormat: "string",
  openIdConnectUrl: "string",
  flows: "map",
}

/** What kind of field a path names; undefined where ACS has none. UNTRUSTED input. */
export function fieldKind(path: string): FieldKind | undefined {
  if (Object.hasOwn(fields, path)) return fields[path]
  const [root, key, member, ...more] = path.split(".")
  if (more.length > 0 || key === undefined || key === "") return undefined
  // The names of security schemes, and what an instance notes of itself, are its developer's own.
  if (root === "entityMeta") return member === undefined ? "any" : undefined
  if (root !== "securitySchemes") return undefined
  if (member === undefined) return "map"
  return Object.hasOwn(ofScheme, member) ? ofScheme[member] : undefined
}
