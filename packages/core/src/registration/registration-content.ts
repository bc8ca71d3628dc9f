import { z } from "zod"
import { VersionPart } from "../contract/records.ts"
import { PublicJwk } from "../identity/key-suite.ts"
import { AgentInterface, MessageQueue } from "./agent-interface.ts"
import { AgentPackage } from "./agent-package.ts"
import { Certification } from "./certification.ts"
import { DataHandled, Deployment } from "./deployment.ts"
import { Developer } from "./developer.ts"
import {
  DnsName,
  Email,
  hasNoTwins,
  IpAddress,
  lineOf,
  MediaTypes,
  NamingUri,
  proseOf,
  WebUrl,
} from "./registration-text.ts"
import { SecuritySchemes } from "./security-scheme.ts"
import { Skill, TaxonomyClass } from "./skill.ts"
import { Effect } from "../words.ts"

/** A registration as text is never longer than this. */
export const maxRegistrationBytes = 192 * 1024
export const maxSkills = 256

/**
 * The name that a registration claims, once in a registry: a namespace, a slash and a name, all in lower-case ASCII. The namespace is
 * a domain that the developer can prove, turned around (`com.example`), or one word that the registry gave them.
 */
export const RegistrationName = z
  .string()
  .min(3)
  .max(200)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\/[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/,
    "give a name such as com.example/travel-planner, in lower case",
  )

/** What an agent is called elsewhere. It is said by the developer; whether it is so, only the other system can say. */
export const Alias = z.strictObject({
  scheme: z.enum(["aic", "gbz185", "did", "urn", "mcp", "spiffe", "wimse", "cimd", "erc8004", "other"]),
  value: z.string().regex(/^[!-~]{1,500}$/),
})
export type Alias = z.infer<typeof Alias>

/** A key by which the agent proves itself. */
export const AgentKey = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  jwk: PublicJwk,
})
export type AgentKey = z.infer<typeof AgentKey>

const Version = lineOf(64).refine(
  (text) => !/[\^~*<>=|\s]/.test(text) && !/(?:^|\.)[xX](?:\.|$)/.test(text),
  "give one version such as 1.2.0, not a range",
)

const Capabilities = z.strictObject({
  streaming: z.boolean().default(false),
  /** It tells of what happens by itself: push notifications. */
  notifications: z.boolean().default(false),
  /** It tells more of itself to those whom it knows. */
  extendedCard: z.boolean().default(false),
  messageQueues: z.array(MessageQueue).max(16).default([]),
  /** Of A2A. */
  extensions: z
    .array(
      z.strictObject({
        uri: NamingUri,
        description: proseOf(1000).optional(),
        required: z.boolean().default(false),
      }),
    )
    .max(32)
    .default([]),
})

/** What the agent may do alone, what it asks for, what its user decides in person, and what it never does. */
const Conduct = z
  .strictObject({
    auto: z.array(Effect).max(10).default([]),
    ask: z.array(Effect).max(10).default([]),
    "user-only": z.array(Effect).max(10).default([]),
    never: z.array(Effect).max(10).default([]),
  })
  .refine((conduct) => hasNoTwins(Object.values(conduct).flat()), "say of each effect once how it is decided")

const Price = z
  .strictObject({
    model: z.enum(["free", "per-call", "per-task", "per-month", "quoted"]),
    /** A decimal number. */
    amount: z
      .string()
      .regex(/^\d{1,12}(?:\.\d{1,6})?$/)
      .optional(),
    /** ISO 4217. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional(),
  })
  .refine(
    ({ amount, currency }) => (amount === undefined) === (currency === undefined),
    "give both or neither",
  )

/** Names and values that a developer adds to an instance; nothing here reads them. */
export const InstanceNotes = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/), z.union([lineOf(500), z.number(), z.boolean()]))
  .refine((notes) => Object.keys(notes).length <= 32, "add at most 32 notes")

/** What each member of a registration may be. */
export const registrationMembers = {
  name: RegistrationName,
  /** What people call it. */
  title: lineOf(200),
  description: proseOf(4000),
  version: Version,
  /** `ontology` is a class of agents, `entity` an instance of one; `agent` is both in one. */
  form: z.enum(["agent", "ontology", "entity"]).default("agent"),
  /** The digests of this version, as far as the developer knows them. */
  parts: z
    .strictObject({ model: VersionPart, prompt: VersionPart, tools: VersionPart, code: VersionPart })
    .partial()
    .default({}),
  aliases: z.array(Alias).max(32).default([]),
  keys: z
    .array(AgentKey)
    .max(16)
    .refine((keys) => hasNoTwins(keys.map(({ id }) => id)), "give each key an id of its own")
    .default([]),
  icon: WebUrl.optional(),
  documentation: WebUrl.optional(),
  /** Where people can try it. */
  website: WebUrl.optional(),
  repository: z
    .strictObject({
      url: WebUrl,
      source: lineOf(40).optional(),
      id: lineOf(100).optional(),
      subfolder: lineOf(200).optional(),
    })
    .optional(),
  developer: Developer,
  contact: z
    .strictObject({
      name: lineOf(100).optional(),
      email: Email.optional(),
      url: WebUrl.optional(),
      /** Where weaknesses are reported. */
      security: z.union([WebUrl, Email]).optional(),
    })
    .default({}),
  capabilities: Capabilities.prefault({}),
  inputModes: MediaTypes.default([]),
  outputModes: MediaTypes.default([]),
  skills: z
    .array(Skill)
    .max(maxSkills)
    .refine((skills) => hasNoTwins(skills.map(({ id }) => id)), "give each skill an id of its own")
    .default([]),
  tags: z.array(lineOf(64)).max(32).default([]),
  /** What somebody may ask for when this agent is the answer. */
  queries: z.array(lineOf(300)).max(5).default([]),
  taxonomy: z
    .strictObject({
      skills: z.array(TaxonomyClass).max(32).default([]),
      domains: z.array(TaxonomyClass).max(32).default([]),
    })
    .prefault({}),
  securitySchemes: SecuritySchemes.default({}),
  interfaces: z.array(AgentInterface).max(32).default([]),
  packages: z.array(AgentPackage).max(32).default([]),
  deployments: z.array(Deployment).max(16).default([]),
  data: z.array(DataHandled).max(32).default([]),
  conduct: Conduct.prefault({}),
  certifications: z.array(Certification).max(32).default([]),
  price: Price.optional(),
  /** What a certificate for the agent's servers is to name, and for how long. */
  certificate: z
    .strictObject({
      dns: z.array(DnsName).max(32).default([]),
      ip: z.array(IpAddress).max(32).default([]),
      days: z.int().min(1).max(1825).optional(),
    })
    .optional(),
  /** Of an entity: for whom it works, by its own pseudonym, and what else its developer notes. */
  instance: z.strictObject({ user: lineOf(255).optional(), notes: InstanceNotes.default({}) }).optional(),
}

/**
 * 登记内容: everything that a developer says of one agent, once. Faces for other systems are derived from it, and imports make it.
 * UNTRUSTED: its texts are somebody's words, and nothing in it is proof of anything.
 */
export const RegistrationContent = z.strictObject(registrationMembers).superRefine((content, context) => {
  for (const { path, name } of unknownSchemes(content))
    context.addIssue({ code: "custom", path, message: `no security scheme is called \`${name}\`; define it` })
  if (new TextEncoder().encode(JSON.stringify(content)).length > maxRegistrationBytes)
    context.addIssue(`a registration has at most ${maxRegistrationBytes / 1024} KiB; say less`)
})
export type RegistrationContent = z.infer<typeof RegistrationContent>
/** As a developer may write it: what is left out has its default. */
export type RegistrationInput = z.input<typeof RegistrationContent>

/** References to schemes that nobody defined. */
function* unknownSchemes({
  securitySchemes,
  interfaces,
  skills,
}: {
  readonly securitySchemes: Readonly<Record<string, unknown>>
  readonly interfaces: readonly { readonly security: readonly Readonly<Record<string, unknown>>[] }[]
  readonly skills: readonly { readonly security: readonly Readonly<Record<string, unknown>>[] }[]
}) {
  const known = new Set(Object.keys(securitySchemes))
  for (const [of, all] of [["interfaces", interfaces] as const, ["skills", skills] as const])
    for (const [at, { security }] of all.entries())
      for (const name of security.flatMap((needed) => Object.keys(needed)))
        if (!known.has(name)) yield { path: [of, at, "security"], name }
}
