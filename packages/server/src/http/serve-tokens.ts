import { Failure } from "@hufu/core/failure"
import { statusListMediaType } from "@hufu/core/token/status-list"
import type { Context } from "hono"
import type { TokenAuthority } from "../authority/tokens.ts"
import type { Bindings } from "./app.ts"

/** Serves the status list of mandate tokens, and the issuer's key, to everybody who reaches the node: only where the operator named it. */
export async function serveTokens(
  c: Context<{ Bindings: Bindings }>,
  tokens: Pick<TokenAuthority, "list" | "key">,
): Promise<Response> {
  const list = await tokens.list()
  if (list === undefined || tokens.key === undefined)
    throw new Failure(
      "not_found",
      "this node issues no tokens: its operator names it in `tokens.issuer` first",
    )
  if (c.req.path === "/status/mandates")
    return c.body(list, 200, { "content-type": statusListMediaType, "cache-control": "no-store" })
  if (c.req.path === "/status/keys") return c.json({ keys: [tokens.key] })
  throw new Failure("not_found", "there is `/status/mandates` and `/status/keys`")
}
