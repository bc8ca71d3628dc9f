import { z } from "zod"
import { Country, lineOf, proseOf } from "./registration-text.ts"

/** 部署: where an agent runs, how, and by whom. */
export const Deployment = z.strictObject({
  how: z.enum(["cloud", "on-premises", "edge", "device", "user-machine"]),
  /** In which its computers stand. */
  country: Country.optional(),
  /** A region or a place, in words. */
  region: lineOf(200).optional(),
  /** Who runs the computers; the developer, when left out. */
  operator: lineOf(200).optional(),
})
export type Deployment = z.infer<typeof Deployment>

/** What kinds of data there are, as laws tell them apart. */
export const dataKinds = [
  "public",
  "business",
  "personal",
  "sensitive-personal",
  "minors",
  "biometric",
  "health",
  "financial",
  "location",
  "credentials",
  "important",
] as const
export const DataKind = z.enum(dataKinds)
export type DataKind = z.infer<typeof DataKind>

/** Data that an agent handles, and what becomes of it. */
export const DataHandled = z.strictObject({
  kind: DataKind,
  purpose: proseOf(1000),
  /** For how many days it is kept; 0 for not at all, left out where nobody says. */
  keptDays: z.int().min(0).max(36_500).optional(),
  /** Whether it leaves the country in which it was given. */
  abroad: z.boolean().optional(),
  /** Others who get it, in words. */
  sharedWith: proseOf(1000).optional(),
})
export type DataHandled = z.infer<typeof DataHandled>
