import { z } from "zod"
import { type Field, shape } from "../rules/fact-shape.ts"
import { FactExpression } from "./fact-expression.ts"
import { Figure } from "./figure.ts"
import { Phrases } from "../conversation/phrases.ts"

const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/)
const Said = z.strictObject({ en: z.string().min(1).max(500), zh: z.string().min(1).max(500) })

const Letters = z.string().regex(/^[A-Z]{3}$/)

/** What a tool's result tells about records, and which kinds of records its call may change. */
const PackTool = z.strictObject({
  reads: z
    .array(
      z.strictObject({
        record: Name,
        /** A list in the result, each member of which is a record; left out: the result is one. */
        each: FactExpression.optional(),
        key: z.array(FactExpression).min(1).max(4),
        is: FactExpression,
      }),
    )
    .max(16)
    .default([]),
  /** Kinds of records that are no longer known once it was called. Left out of a tool that changes something: all of them. */
  changes: z.array(Name).max(16).optional(),
})

const factTypes = ["bool", "long", "text", "texts"] as const

/** A scenario pack: what its rules may know, and which results of which tools tell it. */
export const Pack = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  /** Where rules find its facts: `context.NAME`. */
  facts_as: Name,
  title: Said,
  about: Said,
  /** What times without a zone are meant in. */
  zone: z
    .string()
    .regex(/^(?:Z|[+-]\d\d:\d\d)$/)
    .default("Z"),
  /** For how long what was read is taken to hold. */
  keepSeconds: z.int().min(1).max(86_400).default(3600),
  tools: z.record(z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/), PackTool).default({}),
  let: z.record(Name, FactExpression).default({}),
  facts: z
    .record(
      Name,
      z.strictObject({
        type: z.enum(factTypes),
        /** For which tools it is worked out. */
        tools: z.array(z.string()).min(1).max(64),
        of: FactExpression,
      }),
    )
    .default({}),
  /** In which currency its figures of money are. */
  currency: Letters.optional(),
  /** Limits and other figures, which its rules find among its facts, each with where it comes from. */
  figures: z.record(Name, Figure).default({}),
  /** What is noticed in messages, by the signal that it makes. */
  phrases: Phrases.default({ slots: {}, signals: {} }),
})
export type Pack = z.infer<typeof Pack>
export type PackFactType = (typeof factTypes)[number]

/** What rules see of a pack: every fact may be unknown but its figures and which tool it is. */
export type PackFields = Readonly<Record<string, PackFactType | "figure" | "switch">>

const shapes: Readonly<Record<PackFields[string], Field>> = {
  figure: shape.long,
  switch: shape.bool,
  bool: shape.optional(shape.bool),
  long: shape.optional(shape.long),
  text: shape.optional(shape.text),
  texts: shape.optional(shape.set(shape.text)),
}

/** The shape of a pack's facts. */
export function packShape(fields: PackFields) {
  return shape.record({
    tool: shape.text,
    ...Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, shapes[type]])),
  })
}
