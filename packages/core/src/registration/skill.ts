import { z } from "zod"
import { lineOf, MediaTypes, proseOf } from "./registration-text.ts"
import { Security } from "./security-scheme.ts"

/** 技能: one thing that an agent can do, in its developer's words. */
export const Skill = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "a skill's id is of letters, digits and . _ : / -"),
  name: lineOf(200),
  description: proseOf(4000),
  version: lineOf(64).optional(),
  tags: z.array(lineOf(64)).max(32).default([]),
  examples: z.array(proseOf(1000)).max(16).default([]),
  /** Left out: what the agent takes and gives by default. */
  inputModes: MediaTypes.optional(),
  outputModes: MediaTypes.optional(),
  security: Security.default([]),
})
export type Skill = z.infer<typeof Skill>

/** A class of somebody's taxonomy (OASF), by its path and its number. */
export const TaxonomyClass = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,80}(?:\/[a-z0-9_]{1,80}){0,4}$/),
  id: z.int().min(1).max(10_000_000),
})
export type TaxonomyClass = z.infer<typeof TaxonomyClass>
