import { z } from "zod"
import type { Part } from "../delegation/part.ts"
import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts"
import { jsonObject, type Jsonish } from "../registration/faces/jsonish.ts"

/** How many parts one message or product has at most. */
export const maxDataItems = 1000

/** An object of JSON. What is read came out of a JSON parser, so that what is in it need not be looked at again. */
export const AnyObject = z.custom<JsonObject>(
  (value) => isJsonObject(value as JsonValue),
  "give a JSON object",
)

const Base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, "give Base64 (RFC 4648 §4)")
const metadata = AnyObject.nullish()
const TextItem = z.looseObject({ type: z.literal("text"), text: z.string(), metadata })
const StructuredItem = z.looseObject({ type: z.literal("data"), data: AnyObject, metadata })
const FileItem = z
  .looseObject({
    type: z.literal("file"),
    name: z.string().max(1024).nullish(),
    mimeType: z.string().max(256).nullish(),
    uri: z.string().max(65_536).nullish(),
    bytes: Base64.nullish(),
    metadata,
  })
  .refine(({ uri, bytes }) => (uri == null) !== (bytes == null), "a file has either `uri` or `bytes`")

/**
 * One piece of a message or product (ACPs 07 §4.7). What is null is absent, as some writers put it; members that are not known stay in the
 * original.
 */
export const DataItem = z.discriminatedUnion("type", [TextItem, FileItem, StructuredItem])
export type DataItem = z.infer<typeof DataItem>
/** Counted before any is looked at. */
export const DataItems = z.array(z.unknown()).max(maxDataItems).pipe(z.array(DataItem))

/** The media type of a text or of data, for which AIP has no member. */
const mediaTypeKey = "mediaType"
/** Where data that is no object stands in the object that AIP wants. */
const valueKey = "value"

export function partOf(item: DataItem): Part {
  const beside = item.metadata == null ? {} : { metadata: item.metadata }
  if (item.type === "file") {
    const { name, mimeType, uri, bytes } = item
    return {
      kind: "file",
      ...(name == null ? {} : { name }),
      ...(uri == null ? {} : { url: uri }),
      ...(bytes == null ? {} : { bytes }),
      ...(mimeType == null ? {} : { mediaType: mimeType }),
      ...beside,
    }
  }
  const named = item.metadata?.[mediaTypeKey]
  const all = { ...beside, ...(typeof named === "string" && named.length <= 256 ? { mediaType: named } : {}) }
  return item.type === "text"
    ? { kind: "text", text: item.text, ...all }
    : { kind: "data", data: item.data, ...all }
}

export function dataItemOf(part: Part): JsonObject {
  if (part.kind === "file") {
    const { name, mediaType, url, bytes, metadata: about } = part
    return object({ type: "file", name, mimeType: mediaType, uri: url, bytes, metadata: about })
  }
  const about = metadataOf(part)
  if (part.kind === "text") return object({ type: "text", text: part.text, metadata: about })
  const data = isJsonObject(part.data) ? part.data : { [valueKey]: part.data }
  return object({ type: "data", data, metadata: about })
}

function metadataOf({ mediaType, metadata: about }: Part): Part["metadata"] {
  return mediaType === undefined ? about : { [mediaTypeKey]: mediaType, ...about }
}

/** Shallow: what is in a member is JSON already. */
function object(members: Record<string, Jsonish>): JsonObject {
  return jsonObject(members)
}
