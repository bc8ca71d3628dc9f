import { z } from "zod"
import { isFailure } from "../failure.ts"
import { compilePattern } from "../pattern/pattern.ts"
import { ArgumentPointer } from "../profile/profile.ts"
import { isUnderSyntax, withoutTrailingSlash } from "./path-limit.ts"
import { isHostEntry, normalHostEntry } from "./host-entry.ts"

/** A value that a limit compares with: never an object or an array. */
export const Scalar = z.union([
  z.string().max(1024).refine(isWellFormed, "write the text without halves of surrogate pairs"),
  z.number(),
  z.boolean(),
  z.null(),
])
export type Scalar = z.infer<typeof Scalar>

const Text = z
  .string()
  .min(1)
  .max(1024)
  .refine(isWellFormed, "write the text without halves of surrogate pairs")
const PatternText = z.string().superRefine((text, context) => {
  try {
    compilePattern(text)
  } catch (error) {
    if (!isFailure(error, "pattern_invalid")) throw error
    context.addIssue({ code: "custom", message: error.message })
  }
})
const HostEntry = z
  .string()
  .max(260)
  .refine(isHostEntry, "name a host as `example.com`, `*.example.com` or `example.com:8443`")
  .overwrite(normalHostEntry)
const Under = z
  .string()
  .max(1024)
  .refine(
    isUnderSyntax,
    "give an absolute path such as `/home/ann/notes`, without `.`, `..`, `~`, `%` or `\\`",
  )
  .overwrite(withoutTrailingSlash)

export const EqualLimit = z.strictObject({
  argument: ArgumentPointer,
  kind: z.literal("equal"),
  value: Scalar,
})
export const OneOfLimit = z.strictObject({
  argument: ArgumentPointer,
  kind: z.literal("oneOf"),
  values: z.array(Scalar).min(1).max(256),
})
export const RangeLimit = z
  .strictObject({
    argument: ArgumentPointer,
    kind: z.literal("range"),
    min: z.number().optional(),
    max: z.number().optional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, "give `min`, `max` or both")
export const PrefixLimit = z.strictObject({
  argument: ArgumentPointer,
  kind: z.literal("prefix"),
  prefix: Text,
})
export const PathLimit = z.strictObject({ argument: ArgumentPointer, kind: z.literal("path"), under: Under })
export const PatternLimit = z.strictObject({
  argument: ArgumentPointer,
  kind: z.literal("pattern"),
  pattern: PatternText,
})
export const HostLimit = z.strictObject({
  argument: ArgumentPointer,
  kind: z.literal("host"),
  hosts: z.array(HostEntry).min(1).max(64),
})

/**
 * What one argument of a call must be. The argument is named by a pointer in which `-` means every element of an
 * array; an argument that is missing, and an empty array, satisfy no limit. A path limit reads the text of the path:
 * links are resolved where the path is used.
 */
export const Limit = z.discriminatedUnion("kind", [
  EqualLimit,
  OneOfLimit,
  RangeLimit,
  PrefixLimit,
  PathLimit,
  PatternLimit,
  HostLimit,
])
export type Limit = z.infer<typeof Limit>

/** A limit that holds of texts alone. */
export type TextLimit = Limit & { kind: "prefix" | "path" | "pattern" | "host" }

/** Whether the limit holds of texts alone. */
export function isTextLimit(limit: { readonly kind: string }): limit is TextLimit {
  return ["prefix", "path", "pattern", "host"].includes(limit.kind)
}

function isWellFormed(text: string): boolean {
  return text.isWellFormed()
}
