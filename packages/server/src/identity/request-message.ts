import type { IncomingMessage } from "node:http"
import type { SignedMessage } from "@hufu/core/identity/http-signature"

/**
 * A request as its signer saw it. The Host was looked at already: it is one of ours.
 *
 * @param origin where others reach this node, which may be behind something that ends TLS
 */
export function requestMessage(request: IncomingMessage, origin: string | undefined): SignedMessage {
  const host = (request.headers.host ?? "").toLowerCase()
  const scheme = origin !== undefined && new URL(origin).host === host ? schemeOf(origin) : "http"
  const target = request.url ?? "/"
  const cut = target.indexOf("?")
  return {
    method: request.method ?? "",
    scheme,
    authority: host.replace(scheme === "https" ? /:443$/ : /:80$/, ""),
    path: (cut < 0 ? target : target.slice(0, cut)) || "/",
    query: cut < 0 ? "" : target.slice(cut),
    field: (name) => request.headersDistinct[name] ?? [],
  }
}

function schemeOf(origin: string): "http" | "https" {
  return origin.startsWith("https:") ? "https" : "http"
}
