import { z } from "zod"

/** The input of what needs none. */
export const nothing = z.object({})

/** The output of what answers with all of something. */
export const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) })

/** The input of what answers with a page at a time. */
export const page = { limit: z.coerce.number().int().min(1).max(1000).default(100) }
