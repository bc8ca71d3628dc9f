import { z } from "zod"

/** A terminal secret, as it is set and typed. */
export const Secret = z.string().min(8).max(512)

/** What a session is called by, until when. */
export const Token = z.object({ token: z.string(), expiresAt: z.int() })
