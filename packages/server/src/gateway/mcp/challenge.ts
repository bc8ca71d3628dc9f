import type { IncomingMessage } from "node:http"
import type { Failure } from "@hufu/core/failure"

/** How a client gets a token that counts, where the node is an authorisation server. */
export interface TokenHelp {
  /** Where the metadata of the resource is that was asked for. */
  readonly metadataUrl: (request: IncomingMessage) => string
}

/** What a client that was turned away is told (RFC 6750 §3, RFC 9728 §5.1). */
export function challengeOf(failure: Failure, request: IncomingMessage, help: TokenHelp | undefined): string {
  if (help === undefined) return 'Bearer realm="hufu"'
  const { scope, metadata: at } = failure.extra
  if (typeof scope === "string" && typeof at === "string")
    return `Bearer realm="hufu", error="insufficient_scope", scope="${scope}", resource_metadata="${at}"`
  const metadata = `resource_metadata="${help.metadataUrl(request)}"`
  const { refused } = failure.extra
  const isProof =
    failure.code === "access_token_refused" &&
    (refused === "binding" || refused === "proof" || refused === "replay")
  const error = isProof ? "invalid_dpop_proof" : "invalid_token"
  const said =
    request.headers.authorization === undefined
      ? ""
      : `, error="${error}", error_description="${quoted(failure.message)}"`
  const scheme = isProof ? 'DPoP algs="ES256 Ed25519 EdDSA"' : 'Bearer realm="hufu"'
  return `${scheme}, ${metadata}, scope="tools:read"${said}`
}

function quoted(text: string): string {
  return text.replaceAll(/[^ !#-[\]-~]/g, "'")
}
