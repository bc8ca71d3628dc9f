import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { z } from "zod"
import type { Declare } from "../../authority/declare.ts"
import { openRecords, type RecordKind } from "../../authority/records.ts"
import type { Clock } from "../../clock.ts"
import type { Store, Tx } from "../../store/store.ts"
import { AcmeProblem } from "./acme-problem.ts"
import { AccountJwk, thumbprintOf } from "./jws.ts"

const Stored = z.object({
  id: z.string(),
  /** The agent that it was opened for. */
  holder: z.string(),
  /** Digest of its key. */
  key: z.string(),
  state: z.enum(["live", "closed"]),
  createdAt: z.int(),
  /** Null once it was erased with its agent. */
  jwk: AccountJwk.nullable(),
  contact: z.array(z.string()),
})
export type Account = z.infer<typeof Stored>

export const accountKind: RecordKind<Account> = {
  kind: "account",
  schema: Stored,
  state: ({ state }) => state,
  at: ({ createdAt }) => createdAt,
  sealed: {
    members: ["jwk", "contact"],
    subject: ({ holder }) => holder,
    blank: { jwk: null, contact: [] },
  },
}

/** Who asks for certificates: a key, for one agent. */
export interface Accounts {
  get(id: string): Account | undefined
  byKey(jwk: AccountJwk): Account | undefined
  /** Opens one; what it rests on becomes durable in the same commit. */
  open(draft: {
    holder: string
    jwk: AccountJwk
    contact: readonly string[]
    binding: string
    write: (tx: Tx) => void
  }): Promise<Account>
  rekey(account: Account, jwk: AccountJwk): Promise<Account>
  contact(account: Account, contact: readonly string[]): Promise<Account>
  close(account: Account): Promise<Account>
  /** A key that was erased with its agent opens nothing. */
  forgetContent(holder: string): void
  readonly size: number
}

const maxAccounts = 100_000
const maxPerHolder = 50

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
}

export function openAccounts({ store, clock, declare }: Parts): Accounts {
  const records = openRecords(store, accountKind)
  const byKey = new Map<string, string>()
  const perHolder = new Map<string, number>()
  for (const each of records.all()) {
    byKey.set(each.key, each.id)
    if (each.state === "live") count(each.holder, 1)
  }

  function count(holder: string, by: 1 | -1): void {
    perHolder.set(holder, (perHolder.get(holder) ?? 0) + by)
  }

  /** A key is taken before it is durable, so that two accounts at once do not have the same. */
  async function withKey(key: string, id: string, work: () => Promise<Account>): Promise<Account> {
    if (byKey.has(key))
      throw new AcmeProblem("KEY_IN_USE", "another account has this key: make a new one for this account")
    byKey.set(key, id)
    try {
      return await work()
    } catch (error) {
      byKey.delete(key)
      throw error
    }
  }

  async function change(
    account: Account,
    change: Partial<Account>,
    fact: "account.changed" | "account.closed",
  ): Promise<Account> {
    const changed: Account = { ...account, ...change }
    if (changed.state === "closed") {
      records.set(changed)
      count(changed.holder, -1)
    }
    await store.commit((tx) => {
      records.put(tx, changed)
      declare(tx, {
        fact,
        subject: changed.holder,
        by: changed.id,
        refs: { account: changed.id, key: changed.key },
        ...(fact === "account.changed" ? { content: { jwk: changed.jwk, contact: changed.contact } } : {}),
      })
    })
    records.set(changed)
    return changed
  }

  return {
    get: (id) => records.get(id),
    byKey(jwk) {
      const id = byKey.get(thumbprintOf(jwk))
      return id === undefined ? undefined : records.get(id)
    },
    open({ holder, jwk, contact, binding, write }) {
      if (records.size >= maxAccounts || (perHolder.get(holder) ?? 0) >= maxPerHolder)
        throw new Failure("too_many", `an agent has ${maxPerHolder} accounts at most: use one of those`)
      const now = clock.now()
      const account: Account = {
        id: newId("account", now),
        holder,
        key: thumbprintOf(jwk),
        state: "live",
        createdAt: now,
        jwk,
        contact: [...contact],
      }
      return withKey(account.key, account.id, async () => {
        await store.commit((tx) => {
          write(tx)
          records.put(tx, account)
          declare(tx, {
            fact: "account.opened",
            subject: holder,
            by: account.id,
            refs: { account: account.id, binding, key: account.key },
            content: { jwk, contact: account.contact },
          })
        })
        records.set(account)
        count(holder, 1)
        return account
      })
    },
    async rekey(account, jwk) {
      const key = thumbprintOf(jwk)
      const changed = await withKey(key, account.id, () => change(account, { jwk, key }, "account.changed"))
      byKey.delete(account.key)
      return changed
    },
    contact: (account, contact) => change(account, { contact: [...contact] }, "account.changed"),
    close: (account) => change(account, { state: "closed" }, "account.closed"),
    forgetContent(holder) {
      for (const each of records.all()) {
        if (each.holder !== holder) continue
        records.set({ ...each, jwk: null, contact: [] })
        byKey.delete(each.key)
      }
    },
    get size() {
      return records.size
    },
  }
}
