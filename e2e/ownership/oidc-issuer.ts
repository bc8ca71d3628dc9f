import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Provider } from "oidc-provider"

/** An organisation's own sign-in: a real OpenID provider on this machine, where whoever is named is signed in at once. */
export interface OidcIssuer {
  readonly url: string
  readonly clientId: string
  readonly secret: string
  /** Who signs in next, by what the issuer calls them and what they call themselves. */
  who: { subject: string; name: string }
  close(): Promise<void>
}

export async function startOidcIssuer(redirect: () => string): Promise<OidcIssuer> {
  const server: Server = createServer().listen(0, loopback)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // it listens on TCP
  const issuer: OidcIssuer = {
    url: `http://${loopbackInUrl}:${port}`,
    clientId: "hufu",
    secret: "a secret that only the two of them know",
    who: { subject: "ministry-of-tallies", name: "Ministry of Tallies 符节署" },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  const provider = new Provider(issuer.url, {
    clients: [
      {
        client_id: issuer.clientId,
        client_secret: issuer.secret,
        redirect_uris: [redirect()],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub"], profile: ["name"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/sign-in/${uid}` },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, name: issuer.who.name }),
    }),
    async loadExistingGrant(context: {
      oidc: { session: { accountId: string }; client: { clientId: string } }
    }) {
      const { session, client } = context.oidc
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      grant.addOIDCScope("openid profile")
      await grant.save()
      return grant
    },
  })
  const callback = provider.callback()
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/sign-in/") !== true) return void callback(request, response)
    const login = { accountId: issuer.who.subject, remember: false }
    return void provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
  })
  return issuer
}
