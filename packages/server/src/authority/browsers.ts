import { createHash, randomBytes } from "node:crypto"
import { BrowserRecord } from "@hufu/core/contract/passkey"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { z } from "zod"
import type { Clock } from "../clock.ts"
import type { Store } from "../store/store.ts"
import { type Declare, saidTime } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

/** What is kept of a browser's token: the SHA-256 of 256 random bits, which cannot be guessed back. */
const Stored = BrowserRecord.extend({ hash: z.string(), state: z.enum(["live", "revoked"]) })
type Stored = z.infer<typeof Stored>

export const browserKind: RecordKind<Stored> = {
  kind: "browser",
  schema: Stored,
  states: ["live"],
  state: ({ state }) => state,
  at: ({ createdAt }) => createdAt,
  sealed: { members: ["origin"], subject: ({ id }) => id, blank: { origin: "" } },
}

/**
 * Browsers that a sign-in link or a passkey let in. Such a token has the power of the local socket over HTTP: it looks and narrows.
 * An agent with a shell can get one, so it proves no person.
 */
export interface BrowserAuthority {
  /** @param by whoever let it in: a person, or the node itself for a sign-in link */
  admit(origin: string, by: string): Promise<{ token: string; expiresAt: number; record: BrowserRecord }>
  /** The live browser that this token is, at the origin and host from which it comes. */
  check(token: string, from: { origin: string | undefined; host: string | undefined }): BrowserRecord
  /** Whether a browser that was let in may still look. */
  isLive(id: string): boolean
  list(): BrowserRecord[]
  revoke(id: string, by: string): Promise<BrowserRecord>
}

const idleMs = 12 * 3_600_000
const longestMs = 7 * 86_400_000
const maxLive = 32
/** How old the stored time of use may be: not every request is worth a write. */
const usedEveryMs = 600_000
const shape = /^hufu_browser_[A-Za-z0-9_-]{43}$/

export function openBrowsers(store: Store, clock: Clock, declare: Declare): BrowserAuthority {
  const records = openRecords(store, browserKind)
  const byHash = new Map([...records.all()].map((record) => [record.hash, record.id]))
  const storedUse = new Map([...records.all()].map((record) => [record.id, record.usedAt]))

  const holds = (record: Stored) =>
    record.state === "live" && clock.now() < record.expiresAt && clock.now() - record.usedAt < idleMs
  const live = () => [...records.all()].filter(holds)

  async function revoke(id: string, by: string): Promise<BrowserRecord> {
    const before = records.need(id)
    const revoked: Stored = { ...before, state: "revoked" }
    // It narrows: memory first.
    records.forget(id)
    byHash.delete(revoked.hash)
    storedUse.delete(id)
    await store.commit((tx) => {
      records.put(tx, revoked)
      const refs = { state: revoked.state, stateBefore: before.state }
      declare(tx, { fact: "browser.revoked", subject: id, by, refs, content: { origin: before.origin } })
    })
    return shown(revoked)
  }

  async function admit(origin: string, by: string) {
    const [oldest, ...others] = live().toSorted((a, b) => a.usedAt - b.usedAt)
    if (oldest && others.length + 1 >= maxLive) await revoke(oldest.id, "node")
    const now = clock.now()
    const token = `hufu_browser_${randomBytes(32).toString("base64url")}`
    const record: Stored = {
      id: newId("browser", now),
      origin,
      createdAt: now,
      usedAt: now,
      expiresAt: now + longestMs,
      hash: hashOf(token),
      state: "live",
    }
    await store.commit((tx) => {
      records.put(tx, record)
      declare(tx, {
        fact: "browser.admitted",
        subject: record.id,
        by,
        refs: { expiresAt: saidTime(record.expiresAt) },
        content: { origin, expiresAt: record.expiresAt, hash: record.hash },
      })
    })
    records.set(record)
    byHash.set(record.hash, record.id)
    storedUse.set(record.id, now)
    return { token, expiresAt: record.expiresAt, record: shown(record) }
  }

  function check(token: string, { origin, host }: Parameters<BrowserAuthority["check"]>[1]): BrowserRecord {
    const id = shape.test(token) ? byHash.get(hashOf(token)) : undefined
    const record = id === undefined ? undefined : records.get(id)
    if (!record || !holds(record))
      throw new Failure("unauthenticated", "this browser is not let in any more: run `hufu signin`", {
        extra: { needs: "browser" },
      })
    // A browser leaves Origin out where a page reads from its own origin; its Host is that of the page then.
    if (
      (origin !== undefined && origin !== record.origin) ||
      new URL(record.origin).host !== host?.toLowerCase()
    )
      throw new Failure(
        "foreign_origin",
        "this token belongs to another page: open the console where you signed in",
      )
    return shown(use(record))
  }

  function use(record: Stored): Stored {
    const used = { ...record, usedAt: clock.now() }
    records.set(used)
    if (used.usedAt - (storedUse.get(record.id) ?? 0) >= usedEveryMs) {
      storedUse.set(record.id, used.usedAt)
      // Lost with a failed write is ten minutes of patience, nothing more.
      store.commit((tx) => records.put(tx, used), { lazy: true }).catch(() => undefined)
    }
    return used
  }

  return {
    admit,
    check,
    revoke,
    isLive(id) {
      const record = records.get(id)
      return record !== undefined && holds(record)
    },
    list: () => live().map(shown),
  }
}

function shown({ hash: _hash, state: _state, ...record }: Stored): BrowserRecord {
  return record
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url")
}
