import { createHash, createSign, generateKeyPairSync, type KeyObject } from "node:crypto"
import type { AssertionAnswer } from "@hufu/core/contract/passkey"
import { newId } from "@hufu/core/id"
import { afterEach, beforeEach, expect, it } from "vitest"
import { type Scratch, scratch, scratchStart } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { declareWith } from "./declare.ts"
import { openPasskeyRecords, openPasskeys, type PasskeyAuthority } from "./passkeys.ts"
import { openPerson, type PersonAuthority } from "./person.ts"

// With a real browser's authenticator they are tested in `e2e/sign-in`: here is what takes an order that no browser can be made to keep.

const origin = "http://localhost:7180"
const credential = Buffer.from("the desk").toString("base64url")
const id = newId("passkey", scratchStart)
const signIn = { purpose: "signin" } as const

let place: Scratch
let store: Store
let person: PersonAuthority
let passkeys: PasskeyAuthority
let key: KeyObject
/** The next write that is asked for says so, and waits for this. */
let hold: { readonly asked: () => void; readonly until: Promise<unknown> } | undefined

beforeEach(async () => {
  place = scratch()
  store = await openStore(place.options())
  const declare = declareWith(store.vault)
  const records = openPasskeyRecords(store)
  person = await openPerson(store, place.clock, declare, { passkeys: () => records.size })
  await person.enrol("two halves of one tally")
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" })
  key = pair.privateKey
  const passkey = {
    id,
    name: "desk",
    credential,
    publicKey: coseOf(pair.publicKey),
    counter: 0,
    transports: [],
    synced: false,
    state: "live" as const,
    createdAt: scratchStart,
    usedAt: null,
  }
  await store.commit((tx) => records.put(tx, passkey))
  records.set(passkey)
  const slow: Store["commit"] = async (work, options) => {
    const mine = hold
    hold = undefined
    mine?.asked()
    await mine?.until
    return store.commit(work, options)
  }
  const parts = { clock: place.clock, declare, person, records, origin: () => origin }
  passkeys = openPasskeys({ ...parts, store: { ...store, commit: slow } })
})
afterEach(async () => {
  hold = undefined
  await store.close()
  place.remove()
})

/** A public key of the curve P-256 as an authenticator writes it (RFC 9053 §7.1.1). */
function coseOf(publicKey: KeyObject): string {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" })
  const part = (name: number, value: string) => [name, 0x58, 32, ...Buffer.from(value, "base64url")]
  return Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, ...part(0x21, x), ...part(0x22, y)]).toString("base64url")
}

/** What an authenticator answers to a challenge, whose user was there and verified (WebAuthn 2 §6.1). */
async function answer(): Promise<AssertionAnswer> {
  const { options } = await passkeys.options(signIn, false)
  const client = Buffer.from(
    JSON.stringify({ type: "webauthn.get", challenge: options["challenge"], origin, crossOrigin: false }),
  )
  const digestOf = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest()
  const verifiedUser = 0b101
  const data = Buffer.concat([digestOf(new URL(origin).hostname), Buffer.from([verifiedUser, 0, 0, 0, 1])])
  const signature = createSign("sha256").update(data).update(digestOf(client)).sign(key)
  return {
    id: credential,
    rawId: credential,
    type: "public-key",
    response: {
      clientDataJSON: client.toString("base64url"),
      authenticatorData: data.toString("base64url"),
      signature: signature.toString("base64url"),
    },
    clientExtensionResults: {},
  }
}

it("signs in whoever has it", async () => {
  expect(await passkeys.verify(await answer(), signIn)).toMatchObject({ id, usedAt: scratchStart })
})

it("stays removed, and opens nothing, where a sign-in was about to write that it was used", async () => {
  const { promise: until, resolve: release } = Promise.withResolvers<unknown>()
  const { promise: isWriting, resolve: asked } = Promise.withResolvers<void>()
  hold = { asked, until }
  const signedIn = passkeys
    .verify(await answer(), signIn)
    .then(({ id: passkey }) => person.openSession({ passkey }).token)
  await isWriting
  const removed = passkeys.remove(id)
  // Whatever the removal writes without waiting for the sign-in is on the disk before that writes.
  await new Promise(setImmediate)
  await store.commit(() => undefined)
  release(undefined)
  const token = await signedIn
  await removed
  expect(person.session(token)).toBeUndefined()
  expect(passkeys.list()).toEqual([])
  await expect(passkeys.verify(await answer(), signIn)).rejects.toMatchObject({ code: "passkey_refused" })
  expect([...openPasskeyRecords(store).all()]).toEqual([])
})
