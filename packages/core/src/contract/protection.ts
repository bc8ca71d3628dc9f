import { z } from "zod"
import { idSchema, Name } from "../id.ts"

const At = z.int().nonnegative()

/** Age bands, each from its lowest age up to the lowest of the next. */
export const ageBands = ["under-3", "3-to-8", "8-to-12", "12-to-16", "16-to-18", "adult", "elderly"] as const
export const AgeBand = z.enum(ageBands)
export type AgeBand = z.infer<typeof AgeBand>

/** Whether somebody has looked at proof of an age, or only heard it. */
export const ageBases = ["declared", "verified"] as const
export const AgeBasis = z.enum(ageBases)
export type AgeBasis = z.infer<typeof AgeBasis>

/** What is counted of whoever is spoken with as, by an agent whose person nobody has described. */
export const unknownAges = ["minor", "adult", "refuse"] as const
export const UnknownAge = z.enum(unknownAges)
export type UnknownAge = z.infer<typeof UnknownAge>

/** As rules see who somebody is: `refused` is who is unknown where the configuration refuses these. */
export const ageGroups = ["minor", "adult", "elderly", "refused"] as const
export type AgeGroup = (typeof ageGroups)[number]

const Birthday = z
  .string()
  .regex(/^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, "give a date like 2014-05-31")
  .refine(isDay, "there is no such day")

/** A time zone of the IANA database that this machine knows. */
const TimeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/, "give a time zone like Asia/Shanghai")
  .refine(isTimeZone, "this machine knows no such time zone: give one like Asia/Shanghai")

/** A person for whom agents act with more care, as the guardian or they themselves have said. */
export const ProtectionRecord = z.object({
  id: idSchema("protection"),
  /** What the person is called here. */
  name: Name,
  /** At most one of these two is known. */
  born: Birthday.nullable(),
  band: AgeBand.nullable(),
  basis: AgeBasis,
  /** How the age was verified. UNTRUSTED: show as text only. */
  how: z.string().max(200),
  zone: TimeZone,
  /** Who answers for them. UNTRUSTED: show as text only. */
  guardian: z.string().max(80),
  /** The guardian consents to their using agents. */
  consent: z.boolean(),
  /** The guardian lets them use agents at night. */
  nights: z.boolean(),
  /** The agents that this person uses; none: every agent that is no other person's. */
  agents: z.array(idSchema("agent")).max(64),
  state: z.enum(["live", "removed"]),
  createdAt: At,
  changedAt: At,
})
export type ProtectionRecord = z.infer<typeof ProtectionRecord>

/** How long somebody has used agents. */
export const UseRecord = z.object({
  todaySeconds: z.int().nonnegative(),
  /** Without a break. */
  nowSeconds: z.int().nonnegative(),
  /** Days in a row. */
  days: z.int().nonnegative(),
  /** In minor units, by currency. */
  spentToday: z.record(z.string(), z.int().nonnegative()),
  spentMonth: z.record(z.string(), z.int().nonnegative()),
})
export type UseRecord = z.infer<typeof UseRecord>

/** The same as it is shown, with what follows from it at this moment. */
export const ShownProtection = ProtectionRecord.extend({
  group: z.enum(ageGroups),
  /** In whole years, the least that it can be; null where nobody said. */
  age: z.int().nonnegative().nullable(),
  use: UseRecord,
})
export type ShownProtection = z.infer<typeof ShownProtection>

/** What a guardian says of a person; what is left out stays as it is. An empty text says that it is not known. */
export const SetProtection = z.object({
  name: Name,
  born: z.union([Birthday, z.literal("")]).optional(),
  band: z.union([AgeBand, z.literal("")]).optional(),
  basis: AgeBasis.optional(),
  how: ProtectionRecord.shape.how.optional(),
  zone: TimeZone.optional(),
  guardian: ProtectionRecord.shape.guardian.optional(),
  consent: z.enum(["yes", "no"]).optional(),
  nights: z.enum(["yes", "no"]).optional(),
  /** Names or ids of the agents that the person uses, with commas; empty: every agent that is no other person's. */
  agents: z.string().max(5000).optional(),
})

/** Whether a figure was read in its source, comes from no source that was read, or was set by the operator. */
export const figureMarks = ["verified", "unverified", "operator"] as const
export const FigureMark = z.enum(figureMarks)
export type FigureMark = z.infer<typeof FigureMark>

/** What a figure counts. `time` is a time of day, `money` minor units of the pack's currency. */
export const figureUnits = ["minutes", "time", "years", "days", "money", "switch"] as const
export const FigureUnit = z.enum(figureUnits)
export type FigureUnit = z.infer<typeof FigureUnit>

const Said = z.object({ en: z.string(), zh: z.string() })

/** A pack as it lies in its folder, and for which servers it is in force. */
export const PackRecord = z.object({
  name: z.string(),
  title: Said,
  about: Said,
  /** Where it is in force; `*` is everywhere, none nowhere. */
  servers: z.array(z.string()),
  rules: z.int().nonnegative(),
  currency: z.string().nullable(),
  figures: z.array(
    z.object({
      name: z.string(),
      about: Said,
      unit: FigureUnit,
      /** As it is written: a whole number, a time of day or yes and no. */
      value: z.union([z.int(), z.string(), z.boolean()]),
      mark: FigureMark,
      source: Said,
    }),
  ),
})
export type PackRecord = z.infer<typeof PackRecord>

function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

function isTimeZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}
