import { createHash, randomBytes } from "node:crypto"
import { beginAsking, openBrowser } from "./answer-client.ts"

const redirect = "http://127.0.0.1:9/callback"

/** A client that registers itself at a node and asks the person to be let in: the id of its question. */
export async function askConsent(origin: string, server: string, name: string): Promise<string> {
  const found = await fetch(`${origin}/.well-known/oauth-authorization-server`)
  const as = (await found.json()) as { registration_endpoint: string; authorization_endpoint: string }
  const registered = await fetch(as.registration_endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      redirect_uris: [redirect],
      client_name: name,
      token_endpoint_auth_method: "none",
    }),
  })
  const { client_id: client } = (await registered.json()) as { client_id: string }
  const verifier = randomBytes(32).toString("base64url")
  const parameters = new URLSearchParams({
    client_id: client,
    redirect_uri: redirect,
    response_type: "code",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    scope: "tools:read tools:act",
    resource: `${origin}/mcp/${server}`,
    state: "s",
  })
  return beginAsking(openBrowser(), `${as.authorization_endpoint}?${parameters.toString()}`)
}
