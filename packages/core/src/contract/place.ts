import { z } from "zod"
import { idSchema, Name } from "../id.ts"
import { PlaceFeature } from "../place/place-feature.ts"
import { PlaceClass, PositionSource, Restriction } from "../place/place-words.ts"
import { Position, PositionStatement } from "../place/position.ts"
import { Effect } from "../words.ts"

const At = z.int().nonnegative()

/** A place, as its owner signed for it. */
export const PlaceRecord = z.object({
  id: idSchema("place"),
  /** The person who put it there. */
  owner: idSchema("person"),
  class: PlaceClass,
  restriction: Restriction,
  /** Which template it was made from. */
  template: z.string().max(40).nullable(),
  state: z.enum(["live", "removed"]),
  createdAt: At,
  /** UNTRUSTED: its texts are somebody's words. */
  feature: PlaceFeature,
})
export type PlaceRecord = z.infer<typeof PlaceRecord>

/** A place as it is shown, with what follows from it. */
export const ShownPlace = PlaceRecord.extend({
  /** Of which effects it speaks. */
  effects: z.array(Effect),
  /** Whether its hours say that it holds at this moment. */
  holdsNow: z.boolean(),
})
export type ShownPlace = z.infer<typeof ShownPlace>

/** A device that may say where an agent is. */
export const DeviceRecord = z.object({
  id: idSchema("device"),
  name: Name,
  agent: idSchema("agent"),
  /** Ed25519, its 32 bytes in Base64 (RFC 4648 §5, without padding). */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  state: z.enum(["live", "removed"]),
  createdAt: At,
  /** The number of its last statement; -1 before the first. */
  number: z.int().min(-1),
})
export type DeviceRecord = z.infer<typeof DeviceRecord>

/** What one source says of where an agent is. */
export const KnownPosition = z.object({
  source: PositionSource,
  device: idSchema("device").nullable(),
  position: Position,
  at: At,
  until: At,
})
export type KnownPosition = z.infer<typeof KnownPosition>

/** Where an agent is, as far as anybody has said. */
export const AgentPosition = z.object({
  agent: idSchema("agent"),
  /** What counts at this moment. */
  known: z.array(KnownPosition),
  /** The places that it is in, by all of it. */
  places: z.array(
    z.object({
      id: idSchema("place"),
      /** What its owner calls it. UNTRUSTED: show as text only. */
      identifier: z.string(),
      class: PlaceClass,
      restriction: Restriction,
    }),
  ),
})
export type AgentPosition = z.infer<typeof AgentPosition>

/** A template that a person fills with a geometry. */
export const PlaceTemplate = z.object({
  template: z.string(),
  en: z.string(),
  zh: z.string(),
  class: PlaceClass,
  /** ED-318 features, whose geometry is still to be given; at most its layer stands there. */
  features: z.array(z.json()),
})
export type PlaceTemplate = z.infer<typeof PlaceTemplate>

/** What a person gives to add places: a file, or a template with its geometry. */
export const AddPlaces = z
  .strictObject({
    /** An ED-318 FeatureCollection. */
    file: z.json().optional(),
    /** The class of the zones of the file that say none. */
    class: PlaceClass.optional(),
    template: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .optional(),
    /** For a template: what it is called from now on, and where it is. */
    identifier: z.string().max(50).optional(),
    name: z.string().max(200).optional(),
    geometry: z.json().optional(),
  })
  .refine(
    ({ file, template }) => (file === undefined) !== (template === undefined),
    "give either a file or a template",
  )

/** What a person says of where an agent is. */
export const StatePosition = z.object({
  latitude: z.coerce.number().optional(),
  longitude: z.coerce.number().optional(),
  /** In metres. */
  accuracy: z.coerce.number().optional(),
  altitude: z.coerce.number().optional(),
  above: z.enum(["AGL", "AMSL", "WGS84"]).optional(),
  tenant: z.string().max(200).optional(),
  network: z.string().max(60).optional(),
  device: z.string().max(80).optional(),
  /** For how long it holds. */
  hours: z.coerce.number().positive().max(720).default(8),
})

/** A device's statement and its signature, as anybody may pass them on. UNTRUSTED until the signature holds. */
export const ReportPosition = z.strictObject({
  statement: PositionStatement,
  /** Ed25519, 64 bytes in Base64 (RFC 4648 §5, without padding). */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
})

/** A place that had a say in a decision, in its owner's words. UNTRUSTED: show as text only. */
export const PlaceSaid = z.object({
  place: z.string(),
  restriction: Restriction,
  /** Whether it could not be told that the agent is there. */
  unknown: z.boolean(),
  name: z.object({ en: z.string(), zh: z.string() }),
  says: z.object({ en: z.string(), zh: z.string() }),
})
export type PlaceSaid = z.infer<typeof PlaceSaid>
