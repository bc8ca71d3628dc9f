import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { Piece } from "./script.ts"

/** A piece in A2A's JSON. */
export function a2aOfPiece(piece: Piece): JsonObject {
  if (piece.kind === "file") {
    const { name, mediaType, bytes, url } = piece
    return { filename: name, mediaType, ...(bytes === undefined ? { url: url ?? "" } : { raw: bytes }) }
  }
  const { mediaType, metadata } = piece
  return {
    ...(piece.kind === "text" ? { text: piece.text } : { data: piece.data }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

export function pieceOfA2a(part: JsonObject): Piece {
  const { text, data, raw, url, filename, mediaType, metadata } = part
  const about = {
    ...(isFull(mediaType) ? { mediaType: textIn(mediaType) } : {}),
    ...(isJsonObject(metadata) && Object.keys(metadata).length > 0 ? { metadata } : {}),
  }
  if (typeof text === "string") return { kind: "text", text, ...about }
  if (data !== undefined) return { kind: "data", data, ...about }
  return {
    kind: "file",
    name: textIn(filename),
    mediaType: "",
    ...about,
    ...(typeof raw === "string" ? { bytes: raw } : { url: textIn(url) }),
  }
}

/** A piece as a data item of AIP. */
export function aipOfPiece(piece: Piece): JsonObject {
  if (piece.kind === "file") {
    const { name, mediaType, bytes, url } = piece
    return {
      type: "file",
      name,
      mimeType: mediaType,
      ...(bytes === undefined ? { uri: url ?? "" } : { bytes }),
    }
  }
  const about = piece.metadata === undefined ? {} : { metadata: piece.metadata }
  if (piece.kind === "text") return { type: "text", text: piece.text, ...about }
  return { type: "data", data: piece.data, ...about }
}

export function pieceOfAip(item: JsonObject): Piece {
  const { type, text, data, name, mimeType, uri, bytes, metadata } = item
  const about = isJsonObject(metadata) ? { metadata } : {}
  if (type === "text") return { kind: "text", text: textIn(text), ...about }
  if (type === "data") return { kind: "data", data: data ?? null, ...about }
  return {
    kind: "file",
    name: textIn(name),
    mediaType: textIn(mimeType),
    ...about,
    ...(typeof bytes === "string" ? { bytes } : { url: textIn(uri) }),
  }
}

function isFull(value: JsonValue | undefined): boolean {
  return typeof value === "string" && value !== ""
}

function textIn(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}
