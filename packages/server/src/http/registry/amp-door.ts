import type { IncomingMessage, ServerResponse } from "node:http"
import { asFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { Alive } from "../../registry/alive/alive.ts"
import { AmpError, ampProblem } from "../../registry/alive/amp-error.ts"
import { answerAmp, type AmpAsker } from "../../registry/alive/answer-amp.ts"
import { maxIntakeBytes, readRecords } from "../../registry/alive/read-records.ts"

/** Where AMP is spoken; the specification leaves that to whoever serves it. */
export const ampBase = "/acps-amp-v2"

/** Who sends a request, as the door has established it. */
export interface AmpCaller {
  /** The id of an agent of this node, or of a registration whose agent acts elsewhere. */
  readonly holder?: string | undefined
  /** A person, or a program of this computer's user that may look. */
  readonly mayLook: boolean
  /** Of several certificates of one holder: one that is on hold says what runs and asks nothing. */
  readonly isOnHold?: boolean | undefined
  /** Throws for another body than the one that the caller vouches for. */
  readonly checkBody?: ((body: Uint8Array) => void) | undefined
}

export interface AmpDoorParts {
  readonly alive: Alive
  readonly now: () => number
  /** Throws Failure for who proves nothing, or a request that a foreign page made. */
  readonly identify: (request: IncomingMessage) => AmpCaller
  readonly onError: (error: unknown) => void
}

export interface AmpDoor {
  takes(path: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** AMP on node:http itself, because heartbeats come by the ten thousand a second. */
export function createAmpDoor(parts: AmpDoorParts): AmpDoor {
  const { alive, identify, onError } = parts

  async function answer(request: IncomingMessage): Promise<object> {
    const path = (request.url ?? "").split("?", 1)[0]?.slice(ampBase.length) ?? ""
    const caller = identify(request)
    if (path !== "/logs") {
      if (caller.isOnHold === true)
        throw new AmpError("AMP_ACCESS_DENIED", "this certificate is on hold: say first what runs")
      return answerAmp(parts, { path, method: request.method ?? "GET", asker: askerOf(caller), body: json })
    }
    if (request.method !== "POST")
      throw new AmpError("AMP_METHOD_NOT_ALLOWED", "send records of AMP here by POST")
    if (caller.holder === undefined)
      throw new AmpError(
        "AMP_UNAUTHENTICATED",
        "only an agent speaks for itself: send its credential, a signature by its key, or its certificate",
      )
    const sender = alive.senders.need(caller.holder)
    const body = await bodyOf(request)
    caller.checkBody?.(body)
    return alive.take(sender, readRecords(typeOf(request), utf8(body)))

    async function json() {
      const bytes = await bodyOf(request)
      caller.checkBody?.(bytes)
      if (typeOf(request) !== "application/json")
        throw new AmpError("AMP_INVALID_FILTER", "send JSON with `Content-Type: application/json`")
      return parseStrict(utf8(bytes), { maxDepth: 16 })
    }
  }

  function askerOf({ holder, mayLook }: AmpCaller): AmpAsker {
    return { sender: holder === undefined ? undefined : alive.senders.find(holder), mayLook }
  }

  return {
    takes: (path) => path.startsWith(`${ampBase}/`),
    handle(request, response) {
      answer(request)
        .then((body) => send(response, 200, { body, type: "application/json" }))
        .catch((error: unknown) => {
          const known = asAmpError(error)
          if (known.code === "AMP_INTERNAL_ERROR") onError(error)
          // What is not read to its end is not read on.
          if (!request.complete) response.setHeader("connection", "close")
          if (known.retryAfterSeconds !== undefined)
            response.setHeader("retry-after", known.retryAfterSeconds)
          if (known.status === 401) response.setHeader("www-authenticate", 'Bearer realm="hufu"')
          send(response, known.status, { body: ampProblem(known), type: "application/problem+json" })
        })
    },
  }
}

function send(
  response: ServerResponse,
  status: number,
  { body, type }: { body: object; type: string },
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  })
  response.end(text)
}

function asAmpError(error: unknown): AmpError {
  if (error instanceof AmpError) return error
  const { status, code, message } = asFailure(error)
  if (status === 401) return new AmpError("AMP_UNAUTHENTICATED", message)
  if (status === 403 || code === "signature_refused") return new AmpError("AMP_ACCESS_DENIED", message)
  if (status === 413) return new AmpError("AMP_REQUEST_TOO_LARGE", message)
  if (status < 500) return new AmpError("AMP_INVALID_FILTER", message)
  return new AmpError("AMP_INTERNAL_ERROR", "something went wrong here: try again later")
}

/** UNTRUSTED: a body, not a byte more than may be. */
function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxIntakeBytes) chunks.push(chunk)
      else reject(new AmpError("AMP_REQUEST_TOO_LARGE", `a request has at most ${maxIntakeBytes / 1024} KiB`))
    })
    request.once("error", reject)
    request.once("end", () =>
      resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.of()) : Buffer.concat(chunks)),
    )
  })
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new AmpError("AMP_INVALID_RECORD", "the body is not UTF-8")
  }
}

function typeOf({ headers }: IncomingMessage): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
}
