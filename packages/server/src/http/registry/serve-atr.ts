import type { IncomingMessage, ServerResponse } from "node:http"
import { getRequestListener } from "@hono/node-server"
import { asFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { caBase } from "../../identity/ca/ca-addresses.ts"
import type { Atr } from "../../registry/atr/atr.ts"
import { AtrError, atrErrorBody } from "../../registry/atr/atr-error.ts"
import { readBody } from "../read-request.ts"

/** Where an instance is registered: over a connection with the certificate of its class, and over no other. */
export const entityPath = `${caBase}/entity`

const maxDepth = 16

/**
 * Answers what ATR asks of a registry below `/acps-atr-v2/`; undefined where there is nothing. UNTRUSTED: the request.
 *
 * @param caller the code in the certificate of the connection, where it came with one
 */
export async function serveAtr(
  request: Request,
  { atr, caller, onError }: { atr: Atr; caller: string | undefined; onError: (error: unknown) => void },
): Promise<Response | undefined> {
  const path = new URL(request.url).pathname
  const aic = path.startsWith(`${caBase}/acs/`) ? path.slice(`${caBase}/acs/`.length) : undefined
  if (path !== entityPath && (aic === undefined || request.method !== "GET")) return undefined
  try {
    if (aic !== undefined) {
      const face = atr.acs(aic)
      const headers = { etag: face.etag, "cache-control": "public, no-cache", ...face.signature(200) }
      if (request.headers.get("if-none-match") === face.etag)
        return new Response(null, { status: 304, headers: { etag: face.etag } })
      return new Response(face.body, { headers: { ...headers, "content-type": face.mediaType } })
    }
    if (request.method !== "POST") throw new AtrError("INVALID_REQUEST", "use POST here")
    if (caller === undefined)
      throw new AtrError(
        "UNAUTHORIZED",
        "come over the door for certificates (`ca.door`), with that of the ontology",
      )
    const result = await atr.entity(parseStrict(await readBody(request), { maxDepth }), caller)
    return Response.json({ status: "ok", result }, { status: 201, headers: { "cache-control": "no-store" } })
  } catch (error) {
    const known = atrErrorIn(error)
    if (known.kind === "INTERNAL") onError(known.cause ?? error)
    return Response.json(atrErrorBody(known), {
      status: known.status,
      headers: { "cache-control": "no-store" },
    })
  }
}

/** Answers whoever came with the certificate of a class of agents. */
export function answerOntologies(
  atr: Atr,
  onError: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse, aic: string) => void {
  return (request, response, caller) => {
    const answer = async (asked: Request) =>
      (await serveAtr(asked, { atr, caller, onError })) ?? new Response(null, { status: 404 })
    void getRequestListener(answer, { overrideGlobalObjects: false })(request, response)
  }
}

function atrErrorIn(error: unknown): AtrError {
  if (error instanceof AtrError) return error
  const failure = asFailure(error)
  if (failure.status < 500) return new AtrError("INVALID_REQUEST", failure.message)
  return new AtrError("INTERNAL", "something went wrong here: ask again later", { cause: error })
}
