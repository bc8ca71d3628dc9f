import { z } from "zod"

/**
 * One piece of what agents say to each other, whatever protocol carries it: A2A 1.0 §4.1 `Part`, AIP (ACPs 07) `DataItem`, MCP content.
 * UNTRUSTED: each is bounded by the message that it came in.
 */
const common = {
  /** Of the file that it is, or would be. */
  name: z.string().max(1024).optional(),
  /** IANA media type. */
  mediaType: z.string().max(256).optional(),
  /** What the protocol has beside the content. */
  metadata: z.record(z.string(), z.json()).optional(),
}

export const TextPart = z.strictObject({ kind: z.literal("text"), text: z.string(), ...common })
export const DataPart = z.strictObject({ kind: z.literal("data"), data: z.json(), ...common })
/** By its address, or with its bytes in Base64 (RFC 4648 §4); exactly one of the two. */
export const FilePart = z.strictObject({
  kind: z.literal("file"),
  url: z.string().max(65_536).optional(),
  bytes: z.string().optional(),
  ...common,
})
export const Part = z.discriminatedUnion("kind", [TextPart, DataPart, FilePart])
export type Part = z.infer<typeof Part>

/** As it came, so that an agent that speaks the same protocol gets all of it. */
export const Original = z.strictObject({
  protocol: z.enum(["a2a", "aip"]),
  object: z.record(z.string(), z.json()),
})
export type Original = z.infer<typeof Original>

/** What a partner made: A2A's artifact, AIP's product. */
export const Product = z.strictObject({
  id: z.string().min(1).max(256),
  name: z.string().max(4096).optional(),
  description: z.string().max(65_536).optional(),
  parts: z.array(Part),
  metadata: z.record(z.string(), z.json()).optional(),
  original: Original.optional(),
})
export type Product = z.infer<typeof Product>
