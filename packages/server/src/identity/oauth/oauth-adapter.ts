import { hash } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import type { Item, OauthItems } from "./oauth-items.ts"

/** How oidc-provider keeps one of its models. */
export interface OauthAdapter {
  upsert(id: string, item: Item, expiresIn?: number): Promise<void>
  find(id: string): Promise<Item | undefined>
  findByUid(uid: string): Promise<Item | undefined>
  findByUserCode(code: string): Promise<Item | undefined>
  consume(id: string): Promise<void>
  destroy(id: string): Promise<void>
  revokeByGrantId(grant: string): Promise<void>
}

/** What is worth a write. The rest is minutes old at most, and begun by anybody: after a restart it is begun again. */
const durable = new Set(["Client", "Grant", "RefreshToken"])
/** Begun and not ended, of all models; the oldest goes. */
const maxPassing = 2000
const dayMs = 86_400_000
/** Clients that registered themselves and that nobody has let in. */
const maxStrangers = 500

interface Kept {
  readonly item: Item
  readonly until: number
}

interface Parts {
  readonly items: OauthItems
  readonly clock: Clock
}

/** Makes the adapter of each model. */
export function oauthAdapters({ items, clock }: Parts): (model: string) => OauthAdapter {
  const passing = new Map<string, Kept>()
  return (model) =>
    durable.has(model) ? durableAdapter(model, { items, clock }) : passingAdapter(model, passing, clock)
}

function durableAdapter(model: string, { items, clock }: Parts): OauthAdapter {
  return {
    async upsert(id, item, expiresIn) {
      const now = clock.now()
      if (model === "Client" && items.count(model) >= maxStrangers)
        throw new Failure("too_many", "too many clients have registered themselves: try again tomorrow")
      const { jti: _jti, client_secret: secret, ...rest } = item
      const grant = item["grantId"]
      // MCP clients register with what they need at first; what they get is the person's word each time.
      if (model === "Client" && Array.isArray(rest["redirect_uris"]) && rest["redirect_uris"].length > 0)
        delete rest["scope"]
      await items.put({
        model,
        id,
        ...(typeof grant === "string" ? { grant } : {}),
        until: expiresIn === undefined ? now + dayMs : now + expiresIn * 1000,
        item: typeof secret === "string" ? { ...rest, client_secret: hashOf(secret) } : rest,
      })
    },
    async find(id) {
      const item = items.get(model, id)
      return item && (model === "Client" ? item : { ...item, jti: id })
    },
    async consume(id) {
      const item = items.get(model, id)
      if (item === undefined) return
      const grant = item["grantId"]
      const consumed = Math.floor(clock.now() / 1000)
      await items.put({
        model,
        id,
        ...(typeof grant === "string" ? { grant } : {}),
        until: Number(item["exp"]) * 1000,
        item: { ...item, consumed },
      })
    },
    destroy: (id) => items.remove(model, id),
    revokeByGrantId: (grant) => items.removeGrant(model, grant),
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
  }
}

function passingAdapter(model: string, passing: Map<string, Kept>, clock: Clock): OauthAdapter {
  const nameOf = (id: string) => `${model}:${id}`
  const read = (name: string) => {
    const kept = passing.get(name)
    return kept !== undefined && kept.until > clock.now() ? kept.item : undefined
  }
  const ofModel = () => [...passing].filter(([name]) => name.startsWith(`${model}:`))
  return {
    async upsert(id, item, expiresIn = 60) {
      passing.delete(nameOf(id))
      const oldest = passing.keys().next().value
      if (passing.size >= maxPassing && oldest !== undefined) passing.delete(oldest)
      passing.set(nameOf(id), { item, until: clock.now() + expiresIn * 1000 })
    },
    find: async (id) => read(nameOf(id)),
    async findByUid(uid) {
      const found = ofModel().find(([, { item }]) => item["uid"] === uid)
      return found && read(found[0])
    },
    async consume(id) {
      const kept = passing.get(nameOf(id))
      const consumed = Math.floor(clock.now() / 1000)
      if (kept) passing.set(nameOf(id), { ...kept, item: { ...kept.item, consumed } })
    },
    async destroy(id) {
      passing.delete(nameOf(id))
    },
    async revokeByGrantId(grant) {
      for (const [name, { item }] of ofModel()) if (item["grantId"] === grant) passing.delete(name)
    },
    findByUserCode: async () => undefined,
  }
}

/** What is kept of a client's secret. */
export function hashOf(secret: string): string {
  return hash("sha256", secret, "base64url")
}
