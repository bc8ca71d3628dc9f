import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { JsonValue } from "@hufu/core/json/json-value"
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"

/** A body as it came and what it says. */
export interface Body {
  readonly bytes: Buffer
  readonly value: JsonValue
}

const plainJson = /^application\/json\s*(?:;|$)/i

/** Reads and strictly parses a JSON body; stops reading beyond the bound. */
export function readBody(req: IncomingMessage, maxBytes: number, types = plainJson): Promise<Body> {
  return new Promise((resolve, reject) => {
    const type = req.headers["content-type"]
    if (type === undefined || !types.test(type)) {
      return reject(new Failure("unsupported_media_type", "send `content-type: application/json`"))
    }
    if (req.headers["content-encoding"] !== undefined) {
      return reject(new Failure("unsupported_media_type", "send the body without a content encoding"))
    }
    const chunks: Buffer[] = []
    let size = 0
    req.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else reject(new Failure("too_large", `a request holds at most ${maxBytes} bytes`))
    })
    req.on("end", () => {
      if (size > maxBytes) return
      try {
        const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
        resolve({ bytes, value: parseBody(bytes) })
      } catch (error) {
        reject(error)
      }
    })
    req.on("error", reject)
    req.on("close", () => {
      if (!req.complete) reject(new Failure("invalid_input", "the request was not sent to its end"))
    })
  })
}

/** UNTRUSTED: bytes that are not UTF-8 would read differently elsewhere, and the bytes are what is forwarded. */
function parseBody(bytes: Buffer): JsonValue {
  if (!isUtf8(bytes)) throw new Failure("invalid_json", "the body is not UTF-8")
  return parseStrict(bytes.toString("utf8"))
}
