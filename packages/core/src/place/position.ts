import { z } from "zod"
import { idSchema } from "../id.ts"
import { canonicalize } from "../json/canonical.ts"

/** How long what a device or a call says of a position holds. */
export const positionLastsMs = 300_000
const Metres = z.number().min(0).max(1_000_000)

const Address = z.union([z.ipv4(), z.ipv6()])

/** A point on the earth, and how far from it one may be. */
export const GeoPoint = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  /** In metres: how far from the point one may be in truth. Never guessed: a device signs it too. */
  accuracy: Metres,
  altitude: z
    .strictObject({
      metres: z.number().min(-20_000).max(1_000_000),
      /** Above ground, above the sea, or above the ellipsoid. */
      above: z.enum(["AGL", "AMSL", "WGS84"]),
      accuracy: Metres,
    })
    .optional(),
})
export type GeoPoint = z.infer<typeof GeoPoint>

/** Where an agent is, in each of the ways in which a place can be meant. What is left out is not known. */
export const Position = z
  .strictObject({
    point: GeoPoint.optional(),
    tenant: z.string().trim().min(1).max(200).optional(),
    /** An address in its network. */
    network: Address.optional(),
    /** The device on which it runs. */
    device: z.string().trim().min(1).max(80).optional(),
  })
  .refine((position) => Object.values(position).some((part) => part !== undefined), "say where it is")
export type Position = z.infer<typeof Position>

/** What a device signs. */
export const PositionStatement = z.strictObject({
  device: idSchema("device"),
  agent: idSchema("agent"),
  position: Position,
  /** By the device's clock, in milliseconds since 1970. */
  at: z.int().min(0).max(8_640_000_000_000_000),
  /** Greater than that of every statement before. */
  number: z.int().min(0),
})
export type PositionStatement = z.infer<typeof PositionStatement>

/** The text whose UTF-8 bytes the device's key signs (Ed25519). */
export function statementText(statement: PositionStatement): string {
  return `hufu-position/1\n${canonicalize(z.json().parse(statement))}`
}
