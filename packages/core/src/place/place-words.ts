import { z } from "zod"

/** 场所类别: whose ground it is. */
export const placeClasses = ["public", "private", "special"] as const
export const PlaceClass = z.enum(placeClasses)
export type PlaceClass = z.infer<typeof PlaceClass>

/** ED-318 `type`: what holds in a zone. */
export const zoneTypes = [
  "NO_RESTRICTION",
  "CONDITIONAL",
  "REQ_AUTHORIZATION",
  "USPACE",
  "PROHIBITED",
] as const
export const ZoneType = z.enum(zoneTypes)
export type ZoneType = z.infer<typeof ZoneType>

/** What a place does to an action, from nothing to the gravest. */
export const restrictions = ["none", "conditional", "authorization", "prohibited"] as const
export const Restriction = z.enum(restrictions)
export type Restriction = z.infer<typeof Restriction>

/** In U-space nobody flies without the service's authorisation. */
const byType: Readonly<Record<ZoneType, Restriction>> = {
  NO_RESTRICTION: "none",
  CONDITIONAL: "conditional",
  REQ_AUTHORIZATION: "authorization",
  USPACE: "authorization",
  PROHIBITED: "prohibited",
}

export function restrictionOf(type: ZoneType): Restriction {
  return byType[type]
}

/** Who said where an agent is, from the one to be trusted least. */
export const positionSources = ["call", "session", "device"] as const
export const PositionSource = z.enum(positionSources)
export type PositionSource = z.infer<typeof PositionSource>

/** The later of two members of a scale. */
export function graver<const Scale extends readonly string[]>(
  scale: Scale,
  one: Scale[number],
  other: Scale[number],
): Scale[number] {
  return scale.indexOf(other) > scale.indexOf(one) ? other : one
}
