import { z } from "zod"
import { DelegationState } from "./delegation-state.ts"
import { Original, Part, Product } from "./part.ts"

/** Something said, by whichever side. */
export const Said = z.strictObject({
  /** By its sender: the same twice is a repetition. */
  id: z.string().min(1).max(256),
  parts: z.array(Part),
  metadata: z.record(z.string(), z.json()).optional(),
  original: Original.optional(),
})
export type Said = z.infer<typeof Said>

/** One thing that happened to a delegation. */
export const Happening = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("state"),
    state: DelegationState,
    said: Said.optional(),
    original: Original.optional(),
  }),
  /** A whole product, or a further piece of one that is there already. */
  z.strictObject({
    kind: z.literal("product"),
    product: Product,
    append: z.boolean(),
    last: z.boolean(),
    original: Original.optional(),
  }),
  /** An answer that is all there is: A2A's message in place of a task. */
  z.strictObject({ kind: z.literal("reply"), said: Said }),
])
export type Happening = z.infer<typeof Happening>
