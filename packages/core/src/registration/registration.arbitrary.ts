import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  dictionary,
  integer,
  option,
  record,
  string,
  subarray,
  tuple,
  uint8Array,
  uniqueArray,
} from "fast-check"
import { toBase64Url } from "../evidence/base64.ts"
import { formatAic, makeAic } from "../identity/aic.ts"
import { effects } from "../words.ts"
import { dataKinds } from "./deployment.ts"
import { RegistrationContent } from "./registration-content.ts"
import { Registration } from "./registration.ts"

/** Random registrations that use everything the schema has. For tests only. */

const words = [
  "plan",
  "旅行",
  "Route",
  "北京",
  "美食推荐",
  "données",
  "Überblick",
  "<script>alert(1)</script>",
  "a & b",
  "“quoted”",
  "🚲",
  "=cmd|' /C calc'!A0",
  "\\u0000",
]
const line = array(constantFrom(...words), { minLength: 1, maxLength: 6 }).map((some) => some.join(" "))
const prose = array(line, { minLength: 1, maxLength: 3 }).map((some) => some.join("\n"))
const slug = (maxLength: number) =>
  string({ unit: constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789".split("")), minLength: 1, maxLength })
const domain = tuple(slug(8), constantFrom("example.com", "example.org", "agents.example")).map((parts) =>
  parts.join("."),
)
const url = tuple(domain, array(slug(6), { maxLength: 3 })).map(
  ([host, path]) => `https://${host}/${path.join("/")}`,
)
const day = integer({ min: 0, max: 20_000 }).map((days) =>
  new Date(days * 86_400_000).toISOString().slice(0, 10),
)
const digest = uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"))
const maybe = <T>(of: Arbitrary<T>) => option(of, { nil: undefined })
const several = <T>(of: Arbitrary<T>, maxLength = 3) => array(of, { maxLength })
const version = tuple(
  integer({ min: 0, max: 9 }),
  integer({ min: 0, max: 99 }),
  integer({ min: 0, max: 99 }),
).map((numbers) => numbers.join("."))
const mediaTypes = subarray(["text/plain", "application/json", "image/png", "audio/wav", "image/*"])
const country = constantFrom("CN", "DE", "US", "SG")

/** Leaves out members that are undefined, as JSON does. */
function compact<T>(value: T): T {
  // What JSON gives back has the same members, without those that are undefined.
  return JSON.parse(JSON.stringify(value)) as T
}

const flow = record({
  authorizationUrl: maybe(url),
  tokenUrl: maybe(url),
  refreshUrl: maybe(url),
  scopes: dictionary(slug(6), line, { maxKeys: 3, noNullPrototype: true }),
})
const schemes = record({
  mtls: record({ type: constant("mutual-tls"), description: maybe(prose) }),
  key: record({
    type: constant("api-key"),
    in: constantFrom("header", "query", "cookie"),
    name: slug(10),
    description: maybe(line),
  }),
  bearer: record({
    type: constant("http"),
    scheme: constantFrom("bearer", "basic"),
    bearerFormat: maybe(slug(4)),
  }),
  oauth: record({
    type: constant("oauth2"),
    flows: record({
      authorizationCode: flow,
      clientCredentials: maybe(flow),
      deviceCode: maybe(
        flow.map((each) => ({ ...each, deviceAuthorizationUrl: "https://as.example.com/d" })),
      ),
      implicit: maybe(flow),
      password: maybe(flow),
    }),
    metadataUrl: maybe(url),
  }),
  oidc: record({ type: constant("openid-connect"), url, description: maybe(line) }),
})
const security = uniqueArray(
  constantFrom<Record<string, string[]>>(
    { mtls: [] },
    { oidc: ["openid", "profile"] },
    { mtls: [], oauth: ["read"] },
    { key: [] },
    { bearer: [] },
  ),
  { maxLength: 2, selector: (needed) => JSON.stringify(needed) },
)
const headers = several(
  record({
    name: slug(8).map((text) => `X-${text}`),
    description: maybe(line),
    required: boolean(),
    secret: boolean(),
  }),
  2,
)
const bindings = [
  ["a2a", "jsonrpc"],
  ["a2a", "http-json"],
  ["a2a", "grpc"],
  ["acps", "jsonrpc"],
  ["acps", "http-json"],
  ["acps", "amqp"],
  ["mcp", "streamable-http"],
  ["mcp", "sse"],
  ["http", "http-json"],
] as const
const agentInterface = tuple(constantFrom(...bindings), url, maybe(slug(4)), security, headers, domain).map(
  ([[protocol, binding], address, tenant, needed, fields, host]) => ({
    protocol,
    binding,
    url: binding === "amqp" ? `amqps://${host}:5671/acps?inbox=inbox_{AIC}` : address,
    ...(protocol === "a2a" ? { version: "1.0" } : protocol === "mcp" ? { version: "2026-07-28" } : {}),
    ...(protocol === "a2a" && tenant !== undefined ? { tenant } : {}),
    security: needed,
    headers: protocol === "mcp" ? fields : [],
  }),
)
const skill = record({
  name: line,
  description: prose,
  version: maybe(version),
  tags: uniqueArray(slug(8), { maxLength: 4 }),
  examples: several(line),
  inputModes: maybe(mediaTypes.filter((some) => some.length > 0)),
  outputModes: maybe(mediaTypes.filter((some) => some.length > 0)),
  security,
})
const agentPackage = record({
  registry: constantFrom("npm", "pypi", "oci", "mcpb", "helm", "source"),
  identifier: slug(12).map((text) => `@x/${text}`),
  version: maybe(version),
  sha256: maybe(digest),
  runtime: maybe(constantFrom("npx", "uvx", "docker")),
  transport: maybe(constantFrom("stdio", "streamable-http", "sse")),
  url: maybe(url),
  environment: several(
    record({
      name: slug(6).map((text) => `V_${text}`),
      description: maybe(line),
      required: boolean(),
      secret: boolean(),
    }),
    2,
  ),
  headers,
})
const key = uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ({
  kty: "OKP" as const,
  crv: "Ed25519" as const,
  x: toBase64Url(bytes),
}))
const conduct = tuple(subarray([...effects]), integer({ min: 0, max: 10 }), integer({ min: 0, max: 10 })).map(
  ([some, a, b]) => {
    const [low, high] = a < b ? [a, b] : [b, a]
    return { auto: some.slice(0, low), ask: some.slice(low, high), "user-only": [], never: some.slice(high) }
  },
)

export const arbitraryContent: Arbitrary<RegistrationContent> = record({
  name: tuple(slug(8), slug(12)).map(([first, second]) => `com.${first}/${second}`),
  title: line,
  description: prose,
  version,
  form: constantFrom("agent", "ontology", "entity"),
  parts: record({
    model: maybe(record({ digest, known: constantFrom("attested", "observed", "declared") })),
    code: maybe(record({ digest, known: constantFrom("attested", "observed", "declared") })),
  }),
  aliases: several(
    record({
      scheme: constantFrom("did", "spiffe", "other"),
      value: slug(20).map((text) => `did:web:${text}`),
    }),
    2,
  ),
  keys: array(key, { maxLength: 2 }).map((keys) => keys.map((jwk, at) => ({ id: `key-${at}`, jwk }))),
  icon: maybe(url),
  documentation: maybe(url),
  website: maybe(url),
  repository: maybe(record({ url, source: maybe(constantFrom("github")), subfolder: maybe(slug(6)) })),
  developer: record({
    kind: constantFrom("person", "organisation"),
    name: line,
    department: maybe(line),
    country: maybe(country),
    url: maybe(url),
    creditCode: maybe(constant("91110000MA01ABCD52")),
    filing: maybe(constant("京ICP备2025000001号-4")),
    domains: several(
      record({ domain, number: maybe(slug(10)), kind: maybe(constantFrom("icp", "whois")) }),
      2,
    ),
  }),
  contact: record({
    name: maybe(slug(20)),
    email: maybe(constant("ann@example.com")),
    url: maybe(url),
    security: maybe(url),
  }),
  capabilities: record({
    streaming: boolean(),
    notifications: boolean(),
    extendedCard: boolean(),
    messageQueues: subarray(["mqtt:5.*", "kafka:>=2.8 <4.0", "rabbitmq:>=4.2"]),
    extensions: several(record({ uri: url, description: maybe(line), required: boolean() }), 2),
  }),
  inputModes: mediaTypes,
  outputModes: mediaTypes,
  skills: array(skill, { minLength: 1, maxLength: 5 }).map((skills) =>
    skills.map((each, at) => ({ id: `skill.${at}`, ...each })),
  ),
  tags: uniqueArray(slug(8), { maxLength: 4 }),
  queries: several(line, 5),
  taxonomy: record({
    skills: several(
      record({
        name: tuple(slug(6), slug(6)).map((path) => path.join("/")),
        id: integer({ min: 1, max: 9999 }),
      }),
    ),
    domains: several(record({ name: slug(6), id: integer({ min: 1, max: 9999 }) })),
  }),
  securitySchemes: schemes,
  interfaces: several(agentInterface, 5),
  packages: several(agentPackage, 2),
  deployments: several(
    record({
      how: constantFrom("cloud", "on-premises", "edge", "device", "user-machine"),
      country: maybe(country),
      region: maybe(line),
      operator: maybe(line),
    }),
  ),
  data: several(
    record({
      kind: constantFrom(...dataKinds),
      purpose: line,
      keptDays: maybe(integer({ min: 0, max: 365 })),
      abroad: maybe(boolean()),
      sharedWith: maybe(line),
    }),
  ),
  conduct,
  certifications: several(
    record({
      kind: constantFrom("filing", "test", "certificate", "licence"),
      scheme: line,
      number: maybe(slug(12)),
      issuer: maybe(line),
      url: maybe(url),
      issued: maybe(day),
      expires: maybe(day),
    }),
    2,
  ),
  price: maybe(
    constantFrom({ model: "free" as const }, { model: "per-call" as const, amount: "0.05", currency: "CNY" }),
  ),
  certificate: maybe(
    record({
      dns: several(domain, 2),
      ip: subarray(["192.0.2.1", "2001:db8::1"]),
      days: maybe(integer({ min: 1, max: 1825 })),
    }),
  ),
  instance: maybe(
    record({
      user: maybe(slug(10)),
      notes: dictionary(
        slug(6).map((text) => `n${text}`),
        line,
        { maxKeys: 2 },
      ),
    }),
  ),
}).map((content) => RegistrationContent.parse(compact(content)))

const salt = Uint8Array.of(0x12, 0x34)

export const arbitraryRegistration: Arbitrary<Registration> = tuple(
  arbitraryContent,
  integer({ min: 1, max: 36 ** 5 }),
).map(([content, serial]) =>
  Registration.parse({
    id: "reg_0123456789abcdef",
    state: "approved",
    aic: formatAic(
      makeAic(
        {
          version: "1",
          registrar: "1",
          vendor: "34C2",
          ontology: serial.toString(36).toUpperCase(),
          instance: content.form === "ontology" ? "0" : "1",
        },
        salt,
      ),
    ),
    ontology: null,
    agent: null,
    owner: "usr_0123456789abcdef",
    revision: 3,
    createdAt: 1_795_000_000_000,
    changedAt: 1_796_000_000_000,
    approvedAt: 1_796_000_000_000,
    content,
    proofs: [],
    grade: null,
    mirror: null,
  }),
)
