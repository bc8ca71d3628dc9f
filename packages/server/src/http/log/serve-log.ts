import { join } from "node:path"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { maxBundleBytes } from "@hufu/core/evidence/entry-bundle"
import { parseTilePath } from "@hufu/core/evidence/tile-path"
import { Failure } from "@hufu/core/failure"
import type { Context } from "hono"
import { readBounded } from "../../ledger/publish/durable-folder.ts"
import type { Bindings } from "../app.ts"
import { takesEncoding } from "../console/serve-console.ts"

const compress = promisify(gzip)
const prefix = "/log/"

/**
 * Serves the published log as C2SP tlog-tiles, below `/log/`.
 *
 * INVARIANT: a path is the checkpoint or the one spelling of a tile; nothing else of the folder can be named.
 */
export async function serveLog(
  c: Context<{ Bindings: Bindings }>,
  folder: string | undefined,
): Promise<Response> {
  if (folder === undefined)
    throw new Failure("not_found", "this node does not serve its log: its operator may publish it elsewhere")
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    c.header("allow", "GET, HEAD")
    throw new Failure("method_not_allowed", "use GET here")
  }
  const path = new URL(c.req.url).pathname.slice(prefix.length)
  const tile = parseTilePath(path)
  if (path !== "checkpoint" && tile === null) throw nowhere()
  const bytes = await readBounded(join(folder, path), maxBundleBytes())
  if (bytes === null) throw nowhere()
  if (tile === null)
    return c.body(Uint8Array.from(bytes), 200, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "public, max-age=1",
    })
  const isBundle = tile.level === "entries"
  const isGzip = isBundle && takesEncoding(c.req.header("accept-encoding") ?? "", "gzip")
  return c.body(Uint8Array.from(isGzip ? await compress(bytes) : bytes), 200, {
    "content-type": "application/octet-stream",
    "cache-control": "public, max-age=31536000, immutable",
    ...(isBundle ? { vary: "accept-encoding" } : {}),
    ...(isGzip ? { "content-encoding": "gzip" } : {}),
  })
}

function nowhere(): Failure {
  return new Failure(
    "not_found",
    "the log has no such file: `checkpoint` says how large it is, and a full tile replaces its partial ones",
  )
}
