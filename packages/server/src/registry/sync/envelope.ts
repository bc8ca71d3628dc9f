import { z } from "zod"

/** A place in the changes of a registry: a text by the specification, a number by the reference server. */
export const Seq = z
  .union([z.int().nonnegative(), z.string().regex(/^\d{1,16}$/)])
  .transform(Number)
  .refine(Number.isSafeInteger, "a place is a whole number")

/** One line of DSP. UNTRUSTED. */
export const Envelope = z.object({
  seq: Seq,
  op: z.enum(["upsert", "delete"]).default("upsert"),
  type: z.string().max(80),
  id: z.string().regex(/^[!-~]{1,200}$/),
  version: z.number(),
  payload: z.unknown(),
})
export type Envelope = z.infer<typeof Envelope>
