import { z } from "zod"

/** A SHA-256 digest in hex. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/)
