import { z } from "zod"

/** One or more values of a facet, with commas between: any of them will do. */
const Choice = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9-]+(?:,[A-Za-z0-9-]+)*$/, "give a value, or several with commas between")
  .optional()

/** What a search among registrations is narrowed by. */
export const searchFacets = {
  protocol: Choice,
  grade: Choice,
  certificate: Choice,
  price: Choice,
  developer: Choice,
  form: Choice,
  country: Choice,
  /** `yes`: the developer or a domain of theirs was verified. */
  verified: Choice,
  streaming: Choice,
}

/** What somebody looks for. UNTRUSTED. */
export const SearchRegistrations = z.object({
  text: z.string().max(1000).default(""),
  ...searchFacets,
  /** `yes`: only agents that were heard of lately. */
  alive: z.enum(["yes"]).optional(),
  /** Only agents with at least so much credit; refused where nothing gives them any, which is everywhere today. */
  credit: z.coerce.number().int().min(0).max(100).optional(),
  offset: z.coerce.number().int().min(0).max(199).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})
export type SearchRegistrations = z.infer<typeof SearchRegistrations>

/** One registration that answers a search. UNTRUSTED: name, title, description and developer are somebody's words. */
export const FoundRegistration = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  aic: z.string().nullable(),
  version: z.string(),
  developer: z.string(),
  protocols: z.array(z.string()),
  skills: z.array(z.object({ id: z.string(), name: z.string() })),
  grade: z.string().nullable(),
  price: z.string().nullable(),
  /** Which other registry keeps it; null for one of this registry. */
  origin: z.string().nullable(),
  /** Null where nobody listens. */
  alive: z.boolean().nullable(),
  /** Null where nothing gives it one, which is everywhere today. */
  credit: z.number().nullable(),
  /** 0 to 100: how well it answers the words. It says nothing of trust. */
  score: z.number(),
  /** 0 to 100: how near it is to the question in meaning; null where no service for that is configured, or it did not say. */
  meaning: z.number().nullable(),
  /** Which words stand where. */
  reasons: z.array(z.object({ field: z.string(), words: z.array(z.string()) })),
})
export type FoundRegistration = z.infer<typeof FoundRegistration>

export const FoundRegistrations = z.object({
  items: z.array(FoundRegistration),
  /** How many answer the search; at least, where it is not `complete`. */
  total: z.int(),
  complete: z.boolean(),
  /** Of each facet the values that there are among them, and how often. */
  facets: z.array(
    z.object({ facet: z.string(), values: z.array(z.object({ value: z.string(), count: z.int() })) }),
  ),
  /** How many registrations can be found at this moment. */
  indexed: z.int(),
})
export type FoundRegistrations = z.infer<typeof FoundRegistrations>
