import { z } from "zod"
import { ToolPattern } from "../mandate/mandate.ts"
import { Effect } from "../words.ts"
import { LogicalPlace } from "./logical-place.ts"
import { PlaceClass, ZoneType } from "./place-words.ts"
import { ZoneGeometry } from "./zone-geometry.ts"
import { ZoneHours } from "./zone-hours.ts"

/** A text for people. UNTRUSTED: show as text only. */
const ZoneText = z.strictObject({ text: z.string().max(2000), lang: z.string().max(35).optional() })
const ZoneTexts = z.union([
  z
    .string()
    .max(2000)
    .transform((text): z.infer<typeof ZoneText>[] => [{ text }]),
  z.array(ZoneText).max(10),
])
export type ZoneTexts = z.infer<typeof ZoneTexts>

const Word = z.string().max(200)
/** A line about a zone's figures, in one language or in one for all readers. UNTRUSTED: show as text only. */
const ZoneNote = z.union([
  z.string().max(500),
  z.strictObject({ text: z.string().max(500), lang: z.string().max(35) }),
])
export type ZoneNote = z.infer<typeof ZoneNote>
/** What other systems say for themselves; nothing here reads it. */
const Aside = z.record(z.string().max(100), z.json())

/** What Hufu adds to a zone, in ED-318 `extendedProperties.hufu`. */
export const PlaceExtension = z.strictObject({
  class: PlaceClass.optional(),
  /** Who owns the ground, in words. */
  owner: Word.optional(),
  /** Of which actions it speaks: left out, `control` for a geometry, every effect that changes something for a logical place. */
  effects: z.array(Effect).min(1).max(16).optional(),
  /** Left out: every tool. */
  tools: z.array(ToolPattern).min(1).max(256).optional(),
  /** How old a position may be here, in seconds. */
  maxAgeSeconds: z.int().min(1).max(86_400).optional(),
  logical: LogicalPlace.optional(),
  /** Cedar rules of its owner, which hold inside it alone. */
  rules: z.string().max(16_384).optional(),
  /** What its figures rest on. */
  sources: z.array(ZoneNote).max(20).optional(),
  /** Figures in it that nobody has found a source for. */
  unverified: z.array(ZoneNote).max(20).optional(),
})
export type PlaceExtension = z.infer<typeof PlaceExtension>

const ZoneProperties = z.strictObject({
  identifier: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "give an identifier of letters, digits, dots and dashes"),
  country: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  name: ZoneTexts.optional(),
  type: ZoneType,
  variant: z.enum(["COMMON", "CUSTOMIZED"]).optional(),
  restrictionConditions: ZoneTexts.optional(),
  region: z.union([z.int(), Word]).optional(),
  reason: z.union([Word.transform((word) => [word]), z.array(Word).max(20)]).optional(),
  otherReasonInfo: ZoneTexts.optional(),
  regulationExemption: Word.optional(),
  message: ZoneTexts.optional(),
  extendedProperties: z
    .looseObject({ hufu: PlaceExtension.optional() })
    // Of the rest, other systems make what they please.
    .transform(({ hufu }) => (hufu === undefined ? {} : { hufu }))
    .optional(),
  limitedApplicability: z.array(ZoneHours).max(50).optional(),
  zoneAuthority: z.array(Aside).max(20).optional(),
  dataSource: Aside.optional(),
})

/** One zone, as ED-318 writes it; where `extendedProperties.hufu.logical` says what it is, its geometry is null. */
export const PlaceFeature = z
  .strictObject({
    type: z.literal("Feature"),
    id: z.union([z.string().max(200), z.number()]).optional(),
    bbox: z.array(z.number()).max(6).optional(),
    geometry: ZoneGeometry.nullable(),
    properties: ZoneProperties,
  })
  .refine(
    ({ geometry, properties }) => (geometry === null) === (logicalOf(properties) !== undefined),
    "give a geometry, or null and what logical place it is in `extendedProperties.hufu.logical`",
  )
  .refine((feature) => JSON.stringify(feature).length <= 200_000, "keep a zone to 200,000 characters")
export type PlaceFeature = z.infer<typeof PlaceFeature>

function logicalOf(properties: z.infer<typeof ZoneProperties>): LogicalPlace | undefined {
  return properties.extendedProperties?.hufu?.logical
}

/** What Hufu adds to a place; nothing where it says nothing. */
export function extensionOf({ properties }: PlaceFeature): PlaceExtension {
  return properties.extendedProperties?.hufu ?? {}
}
