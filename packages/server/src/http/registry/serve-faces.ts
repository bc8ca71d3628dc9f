import { Failure } from "@hufu/core/failure"
import type { Context } from "hono"
import { isFaceName, keySetPath, type ServedFace, type ServedFaces } from "../../registry/served-faces.ts"
import type { WellKnown } from "../../registry/well-known.ts"
import type { Bindings } from "../app.ts"

/** Approved registrations in the forms of other systems, to everybody who reaches the node, and the keys that sign them. */
export function serveFaces(c: Context<{ Bindings: Bindings }>, faces: ServedFaces): Response {
  // They are public by their owners' wish: pages of others may read them too.
  c.header("access-control-allow-origin", "*")
  c.header("cross-origin-resource-policy", "cross-origin")
  if (c.req.path === keySetPath) {
    c.header("cache-control", "public, max-age=300")
    return c.json(faces.keys())
  }
  const [ref, name] = /^\/registry\/([^/]{1,200})\/([a-z0-9-]{1,20})\.json$/.exec(c.req.path)?.slice(1) ?? []
  if (ref === undefined || name === undefined || !isFaceName(name))
    throw new Failure(
      "not_found",
      "a registration is at `/registry/ID/FACE.json`, such as `/registry/reg_…/agent-card.json`",
    )
  return answerFace(c, faces.face(decoded(ref), name))
}

/** What stands at this host's well-known addresses. */
export function serveWellKnown(c: Context<{ Bindings: Bindings }>, wellKnown: WellKnown): Response {
  c.header("access-control-allow-origin", "*")
  c.header("cross-origin-resource-policy", "cross-origin")
  return answerFace(c, wellKnown.document(c.req.path))
}

function answerFace(c: Context<{ Bindings: Bindings }>, face: ServedFace): Response {
  // Whoever keeps one asks again each time: a recall is not to be overlooked.
  c.header("cache-control", "public, no-cache")
  c.header("etag", face.etag)
  if (face.changedAt !== undefined) c.header("last-modified", new Date(face.changedAt).toUTCString())
  if (c.req.header("if-none-match") === face.etag) return c.body(null, 304)
  for (const [field, value] of Object.entries(face.signature(200))) c.header(field, value)
  return c.body(face.body, 200, { "content-type": face.mediaType })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
