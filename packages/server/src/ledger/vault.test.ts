import { readFileSync } from "node:fs"
import { opensCommitment } from "@hufu/core/evidence/commitment"
import { afterEach, beforeEach, expect, test } from "vitest"
import { note, type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"

let place: Scratch
let store: Store
beforeEach(async () => {
  place = scratch()
  store = await openStore(place.options())
})
afterEach(async () => {
  await store.close()
  place.remove()
})

const secret = "the quick brown tiger"
const item = { id: "act_a", subject: "tsk_a", value: { text: secret } }

function onDisk(): string {
  return ["hufu.db", "hufu.db-wal"].map((name) => readFileSync(`${place.dataDir}/${name}`, "latin1")).join("")
}

test("what is put comes back, also after a restart, and is nowhere in clear", async () => {
  await store.commit((tx) => store.vault.put(tx, item))
  expect(store.vault.get("act_a")).toEqual(item.value)
  expect(onDisk()).not.toContain(secret)
  await store.close()
  store = await openStore(place.options())
  expect(store.vault.get("act_a")).toEqual(item.value)
})

test("the commitment opens with salt and value, and with nothing else", async () => {
  const commitment = await store.commit((tx) => store.vault.put(tx, { ...item, field: "arguments" }))
  const opening = store.vault.opening("act_a", "arguments")
  expect(opensCommitment(commitment, opening)).toBe(true)
  expect(opening.salt).toEqual(store.vault.salt("tsk_a", "act_a", "arguments"))
  expect(opensCommitment(commitment, { ...opening, value: '{"text":"other"}' })).toBe(false)
  expect(opensCommitment(commitment, store.vault.opening("act_a", "result"))).toBe(false)
})

test("salts differ by subject, id and field, and need an enrolled subject", async () => {
  expect(() => store.vault.salt("tsk_a", "act_a", "tool")).toThrow("never enrolled")
  await store.commit((tx) => {
    store.vault.enroll(tx, "tsk_a")
    store.vault.enroll(tx, "tsk_b")
    expect(store.vault.salt("tsk_a", "act_a", "tool")).toHaveLength(32)
  })
  const salts = [
    store.vault.salt("tsk_a", "act_a", "tool"),
    store.vault.salt("tsk_b", "act_a", "tool"),
    store.vault.salt("tsk_a", "act_b", "tool"),
    store.vault.salt("tsk_a", "act_a", "facts"),
  ].map((salt) => Buffer.from(salt).toString("hex"))
  expect(new Set(salts).size).toBe(4)
})

test("salts of the parts of a field all differ, and stay what they were", async () => {
  await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
  const hex = (action: string, count: number) =>
    store.vault.salts("tsk_a", action, "arguments", count).map((salt) => Buffer.from(salt).toString("hex"))
  const salts = hex("act_a", 32)
  expect(new Set([...salts, ...hex("act_b", 32)]).size).toBe(64)
  expect(salts.every((salt) => salt.length === 64)).toBe(true)
  expect(hex("act_a", 3)).toEqual(salts.slice(0, 3))
})

test("a subject whose first unit failed has no key left in memory", async () => {
  const failed = store.commit((tx) => {
    store.vault.put(tx, item)
    throw new Error("no")
  })
  await expect(failed).rejects.toThrow("no")
  expect(() => store.vault.salt("tsk_a", "act_a", "content")).toThrow("never enrolled")
  await store.commit((tx) => store.vault.put(tx, item))
  await store.close()
  store = await openStore(place.options())
  expect(store.vault.get("act_a")).toEqual(item.value)
})

test("an id is used once, a value is bounded, and a removed value is gone", async () => {
  await store.commit((tx) => store.vault.put(tx, item))
  const put = (more: object) => store.commit((tx) => store.vault.put(tx, { ...item, ...more }))
  await expect(put({})).rejects.toMatchObject({ code: "already_exists" })
  await expect(put({ id: "big", value: "x".repeat(256 * 1024) })).rejects.toMatchObject({ code: "too_large" })
  await expect(put({ id: "a\0b" })).rejects.toMatchObject({ code: "invalid_input" })
  await store.commit((tx) => store.vault.remove(tx, "act_a"))
  expect(() => store.vault.get("act_a")).toThrow("erased or never kept")
})

test("erasing a subject leaves its entries provable and its content nowhere on the disk", async () => {
  await store.commit((tx) => [store.vault.put(tx, item), tx.append(note())])
  await store.commit((tx) => store.vault.put(tx, { ...item, id: "act_b", subject: "tsk_b" }))
  const [row] = store.query<{ wrapped: Uint8Array; body: Uint8Array }>(
    "SELECT wrapped, body FROM vault JOIN vault_key USING (subject) WHERE subject = 'tsk_a'",
  )
  const traces = [row?.wrapped, row?.body].map((bytes) => Buffer.from(bytes ?? []).toString("latin1"))
  for (const trace of traces) expect(onDisk()).toContain(trace)
  await store.vault.erase("tsk_a")
  for (const trace of traces) expect(onDisk()).not.toContain(trace)
  expect(() => store.vault.get("act_a")).toThrow("erased or never kept")
  expect(() => store.vault.salt("tsk_a", "act_a", "content")).toThrow("erased")
  expect(store.vault.get("act_b")).toEqual(item.value)
  expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 1 })
})

test("a subject that comes back after an erasure has other salts", async () => {
  await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
  const before = store.vault.salt("tsk_a", "act_a", "tool")
  const erased = store.vault.erase("tsk_a")
  const back = store.commit((tx) => store.vault.put(tx, item))
  await Promise.all([erased, back])
  expect(store.vault.salt("tsk_a", "act_a", "tool")).not.toEqual(before)
  expect(store.vault.get("act_a")).toEqual(item.value)
})
