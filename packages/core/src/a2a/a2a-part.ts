import type { Part } from "../delegation/part.ts"
import { without } from "./absent.ts"
import type { A2aPart } from "./a2a-content.ts"

/** A part as every protocol has it. */
export function partOfA2a(part: A2aPart): Part {
  const common = without({ name: part.filename, mediaType: part.mediaType, metadata: part.metadata })
  if (part.text !== undefined) return { kind: "text", text: part.text, ...common }
  if (part.data !== undefined) return { kind: "data", data: part.data, ...common }
  if (part.url !== undefined) return { kind: "file", url: part.url, ...common }
  return { kind: "file", bytes: part.raw ?? "", ...common }
}

/** A part in A2A's JSON. */
export function a2aOfPart(part: Part): A2aPart {
  const common = without({ metadata: part.metadata, filename: part.name, mediaType: part.mediaType })
  if (part.kind === "text") return { text: part.text, ...common }
  if (part.kind === "data") return { data: part.data, ...common }
  return part.url === undefined ? { raw: part.bytes ?? "", ...common } : { url: part.url, ...common }
}
