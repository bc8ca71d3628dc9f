import { Failure } from "@hufu/core/failure"

const maxBodyBytes = 1024 * 1024

/** UNTRUSTED: the body of a request as text, bounded, and JSON by its own word. */
export async function readBody(request: Request): Promise<string> {
  if (request.method === "GET" || request.method === "DELETE" || !request.body) return ""
  if (Number(request.headers.get("content-length") ?? "0") > maxBodyBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > maxBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  if (size === 0) return ""
  // A form or plain text is what a foreign page can send without asking first.
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase()
  if (type !== "application/json")
    throw new Failure("unsupported_media_type", "send JSON with `Content-Type: application/json`")
  return decode(Buffer.concat(chunks))
}

/** The query, in which every name stands once: of two values one reader takes the first and another the last. */
export function readQuery(queries: Readonly<Record<string, string[]>>): Record<string, string> {
  const twice = Object.keys(queries).find((name) => (queries[name] ?? []).length > 1)
  if (twice !== undefined)
    throw new Failure("invalid_input", `\`${twice.slice(0, 80)}\` is given more than once: give it once`)
  return Object.fromEntries(Object.entries(queries).map(([name, values]) => [name, values[0] ?? ""]))
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Failure("invalid_json", "the body is not UTF-8: send JSON in UTF-8", { cause })
  }
}

function tooLarge(): Failure {
  return new Failure("too_large", "a request has at most 1 MiB: send less")
}
