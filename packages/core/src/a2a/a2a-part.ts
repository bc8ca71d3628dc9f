import type { Part } from "../delegation/part.ts"
import { without } from "./absent.ts"
import type { A2aPart } from "./a2a-content.ts"

/** A part as every protocol has it. The name of a text or of data is no part of it: see `filenamesOf`. */
export function partOfA2a(part: A2aPart): Part {
  const common = without({ mediaType: part.mediaType, metadata: part.metadata })
  if (part.text !== undefined) return { kind: "text", text: part.text, ...common }
  if (part.data !== undefined) return { kind: "data", data: part.data, ...common }
  const name = without({ name: part.filename })
  if (part.url !== undefined) return { kind: "file", url: part.url, ...name, ...common }
  return { kind: "file", bytes: part.raw ?? "", ...name, ...common }
}

/** A part in A2A's JSON. */
export function a2aOfPart(part: Part, filename?: string): A2aPart {
  const common = without({ metadata: part.metadata, mediaType: part.mediaType })
  if (part.kind === "text") return { text: part.text, ...common, ...without({ filename }) }
  if (part.kind === "data") return { data: part.data, ...common, ...without({ filename }) }
  const content = part.url === undefined ? { raw: part.bytes ?? "" } : { url: part.url }
  return { ...content, ...common, ...without({ filename: part.name }) }
}

/** The names that A2A gives to texts and data, by their places; undefined where there are none. */
export function filenamesOf(parts: readonly A2aPart[]): Record<string, string> | undefined {
  const named = parts.flatMap(({ text, data, filename }, at) =>
    filename !== undefined && (text !== undefined || data !== undefined)
      ? [[String(at), filename] as const]
      : [],
  )
  return named.length === 0 ? undefined : Object.fromEntries(named)
}
