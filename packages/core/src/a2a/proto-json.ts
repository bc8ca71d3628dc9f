import { z } from "zod"
import { isJsonObject, isJsonValue, type JsonObject, type JsonValue } from "../json/json-value.ts"

/**
 * Reads one message of Protocol Buffers from its JSON (ProtoJSON): members by either of their names, and a null is an absent member.
 * UNTRUSTED: members that the protocol does not name are left out, because nobody has judged them.
 *
 * @param open members in which null is a value of its own
 */
export function protoMessage<S extends z.ZodRawShape>(shape: S, open: readonly string[] = []) {
  const names = new Map(Object.keys(shape).flatMap((name) => [[name, name] as const, [snake(name), name]]))
  return z.preprocess((value) => {
    // Whatever is no object of JSON is left to the schema to refuse.
    if (!isJsonObject(value as JsonValue)) return value
    const named: JsonObject = {}
    for (const [name, member] of Object.entries(value as JsonObject)) {
      const known = names.get(name)
      if (known !== undefined && (member !== null || open.includes(known))) named[known] = member
    }
    return named
  }, z.object(shape))
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Any value of JSON, bounded by the text that it came in. */
export const AnyJson = z.custom<JsonValue>((value) => value !== undefined && isJsonValue(value))

/** A `google.protobuf.Struct`. */
export const Struct = z.custom<JsonObject>(
  (value) => isJsonValue(value) && isJsonObject(value),
  "this is not an object",
)

/** An int32, which may be written as a text. */
export const Int32 = z.preprocess(
  (value) => (typeof value === "string" && /^-?\d{1,10}$/.test(value) ? Number(value) : value),
  z.int32(),
)

/** A value of an enumeration, by its name or its number. */
export function protoEnum<const N extends readonly string[]>(names: N) {
  return z.preprocess((value) => (typeof value === "number" ? names[value] : value), z.enum(names))
}

/** Bytes in Base64, of either alphabet and with or without padding; read as RFC 4648 §4 has it. */
export const Base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .transform((text) => {
    const plain = text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "")
    return plain + "=".repeat((4 - (plain.length % 4)) % 4)
  })
  .refine((text) => !text.includes("==="), "this is not Base64")
