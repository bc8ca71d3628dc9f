import { randomBytes } from "node:crypto"
import type { Input, Output } from "@hufu/core/contract/contract"
import { isOauthScope } from "@hufu/core/contract/oauth"
import { Failure } from "@hufu/core/failure"
import type { Interaction, InteractionResult, Provider } from "oidc-provider"
import type { AgentAuthority } from "../../authority/agents.ts"
import { type CredentialAuthority, nameOf } from "../../authority/credentials.ts"
import type { Interventions } from "../../authority/interventions.ts"
import type { Clock } from "../../clock.ts"
import { hashOf } from "./oauth-adapter.ts"
import { boundModel, type OauthItems } from "./oauth-items.ts"
import { grantDays, interactionPath } from "./open-provider.ts"
import type { Resources } from "./resources.ts"

/** What the person decides about clients that ask to be let in. */
export interface Consents {
  show(id: string): Promise<Output<"consent.show">>
  allow(choice: Input<"consent.allow">, by: string): Promise<Output<"consent.allow">>
  refuse(id: string): Promise<Output<"consent.refuse">>
  /** The decision that a ticket stands for, once; undefined for any other. */
  take(id: string, ticket: string): InteractionResult | undefined
}

interface Parts {
  readonly provider: Provider
  readonly resources: Resources
  readonly items: OauthItems
  readonly agents: AgentAuthority
  readonly credentials: CredentialAuthority
  readonly interventions: Pick<Interventions, "revokeCredential">
  readonly clock: Clock
  readonly personId: string
}

const ticketMs = 120_000
const maxTickets = 200
const dayMs = 86_400_000

export function openConsents(parts: Parts): Consents {
  const { provider, resources, agents, credentials, clock } = parts
  /**
   * INVARIANT: the answer goes to the browser in which the person gave it, and counts only where the client began in that same browser:
   * the ticket is known to the one, the cookie to the other. Else whoever sent the person a link would come in as their client.
   */
  const tickets = new Map<string, { id: string; result: InteractionResult; until: number }>()

  async function need(id: string) {
    const interaction = await provider.Interaction.find(id)
    const clientId = interaction?.params["client_id"]
    const client = typeof clientId === "string" ? await provider.Client.find(clientId) : undefined
    const resource = interaction?.params["resource"]
    if (interaction === undefined || client === undefined || typeof resource !== "string")
      throw new Failure("not_found", "this question is over: begin again in the client")
    return { interaction, client, resource }
  }

  const boundTo = (client: string) => credentials.findNamed(nameOf({ is: "client", client }))

  async function show(id: string): Promise<Output<"consent.show">> {
    const { interaction, client, resource } = await need(id)
    const name = (client.clientName ?? "").slice(0, 200)
    return {
      id,
      client: {
        id: client.clientId,
        name,
        returnsTo: originOf(interaction),
        known: client.clientIdMetadataDocument === true ? "document" : "registration",
      },
      server: resources.serverOf(resource) ?? null,
      scopes: scopesOf(interaction),
      agent: boundTo(client.clientId)?.agent ?? null,
      suggested: freeName(name, (each) => agents.find(each) !== undefined),
      expiresAt: interaction.exp * 1000,
    }
  }

  async function allow({ consent: id, agent: ref, name, days }: Input<"consent.allow">, by: string) {
    const { interaction, client, resource } = await need(id)
    const scopes = scopesOf(interaction)
    if (scopes.length === 0)
      throw new Failure(
        "invalid_input",
        "the client asks for nothing that there is: begin again in the client",
      )
    const agent =
      ref === undefined
        ? await agents.create({ name: name ?? "", identifiedBy: "credential", demo: false, by })
        : agents.need(ref)
    if (agent.state !== "live")
      throw new Failure("agent_suspended", `agent \`${agent.name}\` does not act now: choose another one`)
    const before = boundTo(client.clientId)
    const isSame =
      before?.agent === agent.id && before.about?.is === "client" && before.about.by === "consent"
    if (before !== undefined && !isSame) await parts.interventions.revokeCredential(before.id, by)
    const about = {
      is: "client",
      client: client.clientId,
      name: (client.clientName ?? "").slice(0, 200),
      by: "consent",
    } as const
    const credential = isSame ? before.id : (await credentials.admit({ agent: agent.id, about, days, by })).id
    // A client that registered itself is forgotten after a day, unless somebody lets it in.
    const registered = parts.items.get("Client", client.clientId)
    if (registered !== undefined)
      await parts.items.put({
        model: "Client",
        id: client.clientId,
        until: clock.now() + (days + 1) * dayMs,
        item: registered,
      })
    const grant = new provider.Grant({ accountId: parts.personId, clientId: client.clientId })
    // They are the server's own and the resource's; it asks for both.
    grant.addOIDCScope(scopes.join(" "))
    grant.addResourceScope(resource, scopes.join(" "))
    const grantId = await grant.save()
    await parts.items.put({
      model: boundModel,
      id: grantId,
      grant: client.clientId,
      until: clock.now() + grantDays * dayMs,
      item: { credential },
    })
    return end(id, { login: { accountId: parts.personId, remember: false }, consent: { grantId } })
  }

  function end(id: string, result: InteractionResult): Output<"consent.allow"> {
    const now = clock.now()
    for (const [old, { until }] of tickets) if (until <= now) tickets.delete(old)
    if (tickets.size >= maxTickets)
      throw new Failure("overloaded", "too many answers are on their way: try again in a minute")
    const ticket = randomBytes(32).toString("base64url")
    tickets.set(hashOf(ticket), { id, result, until: now + ticketMs })
    return { continue: `${resources.issuer}${interactionPath}${id}?ticket=${ticket}` }
  }

  return {
    show,
    allow,
    async refuse(id) {
      await need(id)
      return end(id, { error: "access_denied", error_description: "the person refused" })
    },
    take(id, ticket) {
      const name = hashOf(ticket)
      const found = tickets.get(name)
      tickets.delete(name)
      return found !== undefined && found.id === id && found.until > clock.now() ? found.result : undefined
    },
  }
}

function scopesOf({ params }: Interaction): Output<"consent.show">["scopes"] {
  const { scope } = params
  return typeof scope === "string" ? scope.split(" ").filter((each) => isOauthScope(each)) : []
}

function originOf({ params }: Interaction): string {
  const { redirect_uri: to } = params
  if (typeof to !== "string" || !URL.canParse(to)) return ""
  const { origin, protocol, host } = new URL(to)
  return origin === "null" ? `${protocol}//${host}` : origin
}

/** A name for an agent that is not taken, as near to what the client calls itself as a name may be. */
function freeName(text: string, isTaken: (name: string) => boolean): string {
  const base =
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, "-")
      .replaceAll(/^[^a-z0-9]+|-+$/g, "")
      .slice(0, 50) || "client"
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`
    if (!isTaken(name)) return name
  }
}
