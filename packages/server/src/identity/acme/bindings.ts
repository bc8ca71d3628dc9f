import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { z } from "zod"
import { type Declare, saidTime } from "../../authority/declare.ts"
import { openRecords, type RecordKind } from "../../authority/records.ts"
import type { Clock } from "../../clock.ts"
import type { Store, Tx } from "../../store/store.ts"
import type { Holder } from "../ca/holders.ts"

const Stored = z.object({
  id: z.string(),
  holder: z.string(),
  state: z.enum(["open", "used"]),
  expiresAt: z.int(),
  createdAt: z.int(),
})
type Stored = z.infer<typeof Stored>

export const bindingKind: RecordKind<Stored> = {
  kind: "binding",
  schema: Stored,
  states: ["open"],
  state: ({ state }) => state,
  at: ({ expiresAt }) => expiresAt,
}

export type BindingFault = "unknown" | "used" | "expired" | "signature"

/** Credentials by each of which one account is opened for one agent (RFC 8555 §7.3.4). */
export interface Bindings {
  issue(holder: Holder, by: string): Promise<{ keyId: string; macKey: string; expiresAt: number }>
  /**
   * UNTRUSTED: takes one, for what is signed by its key and for nothing else. INVARIANT: what is not signed by it leaves it as it was:
   * its number is no secret, and whoever knows it must not burn it. It is taken at once in memory; `write` makes that durable, and
   * `giveBack` is for what did not become durable.
   */
  take(signed: {
    keyId: string
    input: string
    signature: Uint8Array
  }): { holder: string; write: (tx: Tx) => void; giveBack: () => void } | { fault: BindingFault }
}

const lifeMs = 24 * 3_600_000
const maxOpen = 10_000
const maxOpenPerHolder = 20

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
}

export function openBindings({ store, clock, declare }: Parts): Bindings {
  const records = openRecords(store, bindingKind)
  // No key is kept: each follows from its number by a key that only the vault gives.
  const secret = store.keyFor("acme-bindings")

  function refuseTooMany(holder: string): void {
    const now = clock.now()
    // What has run out is told by its time, so that forgetting it says nothing new.
    for (const each of records.all()) if (each.expiresAt <= now - lifeMs) records.forget(each.id)
    const open = [...records.all()].filter((each) => each.state === "open" && each.expiresAt > now)
    if (open.length >= maxOpen || open.filter((each) => each.holder === holder).length >= maxOpenPerHolder)
      throw new Failure(
        "too_many",
        `an agent has ${maxOpenPerHolder} account bindings at once at most: use those, or wait until they have run out`,
      )
  }

  return {
    async issue({ id: holder }, by) {
      refuseTooMany(holder)
      const now = clock.now()
      const stored: Stored = {
        id: newId("binding", now),
        holder,
        state: "open",
        expiresAt: now + lifeMs,
        createdAt: now,
      }
      await store.commit((tx) => {
        records.put(tx, stored)
        declare(tx, {
          fact: "binding.issued",
          subject: holder,
          by,
          refs: { binding: stored.id, expiresAt: saidTime(stored.expiresAt) },
        })
      })
      records.set(stored)
      const macKey = keyOf(secret, stored.id).toString("base64url")
      return { keyId: stored.id, macKey, expiresAt: stored.expiresAt }
    },
    take({ keyId, input, signature }) {
      const stored = records.get(keyId)
      if (stored === undefined) return { fault: "unknown" }
      const mac = createHmac("sha256", keyOf(secret, keyId)).update(input).digest()
      if (signature.length !== mac.length || !timingSafeEqual(signature, mac)) return { fault: "signature" }
      if (stored.state !== "open") return { fault: "used" }
      if (stored.expiresAt <= clock.now()) return { fault: "expired" }
      const used: Stored = { ...stored, state: "used" }
      records.set(used)
      return {
        holder: stored.holder,
        write: (tx) => records.put(tx, used),
        giveBack: () => records.set(stored),
      }
    },
  }
}

function keyOf(secret: KeyObject, keyId: string): Buffer {
  return createHmac("sha256", secret).update(keyId).digest()
}
