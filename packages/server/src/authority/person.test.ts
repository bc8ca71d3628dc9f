import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { declareWith } from "./declare.ts"
import { openPerson, type PersonAuthority } from "./person.ts"
import { createSignInPace, type PaceOptions } from "./sign-in-pace.ts"

const secret = "two halves of one tally"
let place: Scratch
let store: Store
let person: PersonAuthority
let pace: PaceOptions | undefined
beforeEach(async () => {
  place = scratch()
  await open()
  await person.enrol(secret)
})
afterEach(async () => {
  await store.close()
  place.remove()
})

/** As a node does, but that no test has to wait. */
async function open(): Promise<void> {
  store = await openStore(place.options())
  person = await openPerson(store, place.clock, declareWith(store.vault), {
    paceOf(options) {
      pace = options
      return createSignInPace({ ...options, gapMs: 0 })
    },
  })
}

const guess = () =>
  expect(person.signIn("wrong secret", "http")).rejects.toMatchObject({ code: "wrong_secret" })

describe("wrong secrets", () => {
  it("make tries rare after the third, also after a restart, until the right one", async () => {
    expect(pace).toMatchObject({ gapMs: 1000, maxWaiting: 8 })
    for (let miss = 0; miss < 3; miss++) await guess()
    expect(pace?.slow()).toBe(false)
    await guess()
    expect(pace?.slow()).toBe(true)
    await store.close()
    await open()
    expect(pace?.slow()).toBe(true)
    await expect(person.signIn(secret, "socket")).resolves.toHaveProperty("token")
    expect(pace?.slow()).toBe(false)
  })

  it("are counted each, however many come at once", async () => {
    await Promise.all(Array.from({ length: 4 }, guess))
    expect(pace?.slow()).toBe(true)
  })

  it("of any number are no reason to refuse the right one", async () => {
    for (let miss = 0; miss < 12; miss++) await guess()
    await expect(person.signIn(secret, "http")).resolves.toHaveProperty("token")
  }, 30_000)
})
