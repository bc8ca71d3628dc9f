import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { z } from "zod"
import type { Clock } from "../../clock.ts"
import type { Store } from "../../store/store.ts"

/** One thing that the authorisation server remembers. */
export type Item = Record<string, unknown>

/** What outlives a restart. */
export interface OauthItems {
  put(of: { model: string; id: string; grant?: string; until: number; item: Item }): Promise<void>
  get(model: string, id: string): Item | undefined
  remove(model: string, id: string): Promise<void>
  /** Everything that was issued under a grant. */
  removeGrant(model: string, grant: string): Promise<void>
  count(model: string): number
}

/** What says to which credential a grant belongs; under its client. */
export const boundModel = "Bound"
const maxItems = 20_000
const nonceBytes = 12
const tagBytes = 16
const Body = z.record(z.string(), z.unknown())

interface Parts {
  readonly store: Pick<Store, "query" | "commit" | "keyFor">
  readonly clock: Clock
}

/**
 * INVARIANT: neither a token nor anything that was said of it can be read in the tables. A row is found by a keyed digest of the token and
 * encrypted with a key that is drawn from the node's own and the token.
 */
export function openOauthItems({ store, clock }: Parts): OauthItems {
  const secret = store.keyFor("oauth-items")
  const idOf = (kind: string, text: string) =>
    createHmac("sha256", secret).update(`${kind}\n${text}`).digest("base64url")
  const count = (where: string, values: (string | number)[]) =>
    store.query<{ n: number }>(`SELECT count(*) AS n FROM oauth_item ${where}`, values)[0]?.n ?? 0

  return {
    async put({ model, id, grant, until, item }) {
      const now = clock.now()
      if (count("WHERE until > ?", [now]) >= maxItems)
        throw new Failure(
          "overloaded",
          "the authorisation server holds as much as it can: revoke clients first",
        )
      const row = idOf(model, id)
      const body = seal(keyOf(secret, `${model}\n${id}`), row, JSON.stringify(item))
      await store.commit((tx) => {
        tx.run("DELETE FROM oauth_item WHERE until <= ?", [now])
        tx.run(
          "INSERT OR REPLACE INTO oauth_item (id, model, of_grant, until, body) VALUES (?, ?, ?, ?, ?)",
          [row, model, grant === undefined ? null : idOf("of", grant), until, body],
        )
      })
    },
    get(model, id) {
      const row = idOf(model, id)
      const [found] = store.query<{ body: Uint8Array }>(
        "SELECT body FROM oauth_item WHERE id = ? AND until > ?",
        [row, clock.now()],
      )
      return found && Body.parse(JSON.parse(open(keyOf(secret, `${model}\n${id}`), row, found.body)))
    },
    async remove(model, id) {
      await store.commit((tx) => tx.run("DELETE FROM oauth_item WHERE id = ?", [idOf(model, id)]))
    },
    async removeGrant(model, grant) {
      await store.commit((tx) =>
        tx.run("DELETE FROM oauth_item WHERE of_grant = ? AND model = ?", [idOf("of", grant), model]),
      )
    },
    count: (model) => count("WHERE model = ? AND until > ?", [model, clock.now()]),
  }
}

function keyOf(secret: KeyObject, text: string): Buffer {
  return Buffer.from(
    hkdfSync("sha256", secret.export(), hash("sha256", text, "buffer"), "hufu-oauth-item/1", 32),
  )
}

function seal(key: Buffer, row: string, text: string): Uint8Array {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(row))
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()])
}

function open(key: Buffer, row: string, bytes: Uint8Array): string {
  const nonce = bytes.subarray(0, nonceBytes)
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(row))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString(
    "utf8",
  )
}
