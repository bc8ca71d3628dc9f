import { z } from "zod"

const cidr =
  /^(?:(?:\d{1,3}\.){3}\d{1,3}\/(?:3[0-2]|[12]?\d)|[0-9a-fA-F:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?\/(?:12[0-8]|1[01]\d|[1-9]?\d))$/

/** A place without a geometry: an organisation's own ground, a network, a device, or a folder of this machine. */
export const LogicalPlace = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("tenant"), value: z.string().trim().min(1).max(200) }),
  z.strictObject({
    kind: z.literal("network"),
    value: z.string().regex(cidr, "name a network by its addresses, such as 10.0.0.0/8 or fd00::/8"),
  }),
  z.strictObject({ kind: z.literal("device"), value: z.string().trim().min(1).max(80) }),
  z.strictObject({
    kind: z.literal("folder"),
    value: z
      .string()
      .max(4000)
      .regex(/^(?:\/|[A-Za-z]:[\\/])/, "name a folder by its whole path"),
  }),
])
export type LogicalPlace = z.infer<typeof LogicalPlace>
