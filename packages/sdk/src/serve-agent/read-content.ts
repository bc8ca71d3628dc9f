import { A2aPart, maxA2aParts } from "@hufu/core/a2a/a2a-content"
import { a2aOfPart } from "@hufu/core/a2a/a2a-part"
import { Part } from "@hufu/core/delegation/part"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import type { Content } from "./agent-options.ts"

/** A file is by its address or by its bytes in Base64. */
const Parts = z
  .array(
    Part.refine(
      (part) =>
        (part.kind !== "file" || (part.url === undefined) !== (part.bytes === undefined)) &&
        A2aPart.safeParse(a2aOfPart(part)).success,
    ),
  )
  .max(maxA2aParts)

/** What a function gave as parts that everybody reads alike, and how many bytes they have. Throws Failure("invalid_input"). */
export function readContent(content: Content): { readonly parts: Part[]; readonly bytes: number } {
  const given = typeof content === "string" ? [{ kind: "text", text: content.toWellFormed() }] : content
  const found = Parts.safeParse(given)
  if (!found.success)
    throw new Failure(
      "invalid_input",
      "the agent made something that is neither a text nor a list of parts: give one of them",
      { cause: found.error },
    )
  const text = JSON.stringify(found.data)
  try {
    parseStrict(text)
  } catch (cause) {
    throw new Failure("invalid_input", "the agent made data that does not read the same everywhere", {
      cause,
    })
  }
  return { parts: found.data, bytes: Buffer.byteLength(text) }
}

/** All texts of a message. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n")
}
