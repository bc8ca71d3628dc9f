import {
  type AssertionAnswer,
  PasskeyRecord,
  type RegistrationAnswer,
  Transports,
} from "@hufu/core/contract/passkey"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { JsonObject } from "@hufu/core/json/json-value"
import { z } from "zod"
import type { Clock } from "../clock.ts"
import type { Store } from "../store/store.ts"
import { type Declare, saidYes, type Statement } from "./declare.ts"
import { challengeMs, createPasskeyChallenges, type Purpose } from "./passkey-challenges.ts"
import type { PersonAuthority } from "./person.ts"
import { openRecords, type RecordKind, type Records } from "./records.ts"

const Stored = PasskeyRecord.extend({
  credential: z.string(),
  publicKey: z.string(),
  counter: z.int().nonnegative(),
  transports: Transports,
  state: z.enum(["live", "removed"]),
})
type Stored = z.infer<typeof Stored>
export type PasskeyRecords = Records<Stored>

export const passkeyKind: RecordKind<Stored> = {
  kind: "passkey",
  schema: Stored,
  states: ["live"],
  state: ({ state }) => state,
  at: ({ createdAt }) => createdAt,
  sealed: {
    members: ["name", "credential", "publicKey", "transports"],
    subject: ({ id }) => id,
    blank: { name: "erased", credential: "", publicKey: "", transports: [] },
  },
}

/** The passkeys of the person: whoever can use one is the person (INVARIANT 4). */
export interface PasskeyAuthority {
  /** @param named whether the credentials may be named to who asks: an authenticator that keeps none itself needs it */
  options(of: Purpose, named: boolean): Promise<{ options: JsonObject; expiresAt: number }>
  /** Adds a passkey; the first one, where there is no person yet, makes its owner the person. */
  register(given: {
    name: string
    response: RegistrationAnswer
    isProven: () => void
  }): Promise<PasskeyRecord>
  /** The passkey that signed this challenge for this purpose; throws Failure("passkey_refused"). */
  verify(response: AssertionAnswer, purpose: Purpose): Promise<PasskeyRecord>
  list(): PasskeyRecord[]
  rename(id: string, name: string): Promise<PasskeyRecord>
  remove(id: string): Promise<PasskeyRecord>
}

export interface PasskeyParts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly person: PersonAuthority
  readonly records: PasskeyRecords
  /** Where the console is: the one origin at which an answer may have been made. */
  readonly origin: () => string
}

/** What the ledger says of a change: what is so now, and what was before. */
type Change = Pick<Statement, "fact" | "refs" | "content">

const maxPasskeys = 20
const algorithms = [-8, -7, -257]

export function openPasskeyRecords(store: Store): PasskeyRecords {
  return openRecords(store, passkeyKind)
}

export function openPasskeys(parts: PasskeyParts): PasskeyAuthority {
  const { store, clock, declare, person, records, origin } = parts
  const challenges = createPasskeyChallenges(clock)
  let verifying: Promise<unknown> = Promise.resolve()
  let saving: Promise<unknown> = Promise.resolve()
  const relyingParty = () => new URL(origin()).hostname
  const credentials = () => [...records.all()].map(({ credential: id, transports }) => ({ id, transports }))

  async function options(of: Purpose, named: boolean) {
    const { generateAuthenticationOptions, generateRegistrationOptions } = await webauthn()
    const { challenge, expiresAt } = challenges.issue(of)
    const common = { rpID: relyingParty(), challenge, timeout: challengeMs }
    const made =
      of.purpose === "register"
        ? await generateRegistrationOptions({
            ...common,
            rpName: "Hufu",
            userName: new URL(origin()).host,
            userDisplayName: `Hufu (${new URL(origin()).host})`,
            userID: Uint8Array.from(Buffer.from(person.id)),
            attestationType: "none",
            excludeCredentials: credentials(),
            authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
            supportedAlgorithmIDs: algorithms,
          })
        : await generateAuthenticationOptions({
            ...common,
            userVerification: "required",
            allowCredentials: named ? credentials() : [],
          })
    // Members that are undefined are gone, as in what is sent.
    return { options: JSON.parse(JSON.stringify(made)) as JsonObject, expiresAt }
  }

  async function register({ name, response, isProven }: Parameters<PasskeyAuthority["register"]>[0]) {
    const { verifyRegistrationResponse } = await webauthn()
    const { registrationInfo } = await answering(response, { purpose: "register" }, () =>
      verifyRegistrationResponse({
        response: {
          ...response,
          response: { ...response.response, transports: known(response.response.transports) },
        },
        expectedChallenge: () => true,
        expectedOrigin: origin(),
        expectedRPID: relyingParty(),
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      }),
    )
    if (!registrationInfo) throw refused()
    const { credential, credentialBackedUp } = registrationInfo
    // One change of the person's proofs at a time: of two first passkeys, one is the first.
    return person.alone(async () => {
      const isFirst = !person.enrolled
      if (!isFirst) isProven()
      if (records.size >= maxPasskeys)
        throw new Failure("too_many", `there are ${maxPasskeys} passkeys already: remove one first`)
      if (credentials().some(({ id }) => id === credential.id))
        throw new Failure("already_exists", "this passkey is here already: use it to sign in")
      const now = clock.now()
      const passkey: Stored = {
        id: newId("passkey", now),
        name,
        synced: credentialBackedUp,
        createdAt: now,
        usedAt: null,
        credential: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString("base64url"),
        counter: credential.counter,
        transports: response.response.transports ?? [],
        state: "live",
      }
      await store.commit((tx) => {
        records.put(tx, passkey)
        declare(tx, {
          fact: "passkey.added",
          subject: passkey.id,
          by: person.id,
          refs: { synced: saidYes(passkey.synced) },
          content: {
            name,
            credential: passkey.credential,
            publicKey: passkey.publicKey,
            transports: passkey.transports,
            synced: passkey.synced,
          },
        })
        if (isFirst) declare(tx, { fact: "person.enrolled", subject: person.id, by: person.id })
      })
      records.set(passkey)
      return shown(passkey)
    })
  }

  function verify(response: AssertionAnswer, purpose: Purpose): Promise<PasskeyRecord> {
    // One at a time: a counter that did not grow must not slip past.
    const mine = verifying.then(() => verifyNow(response, purpose))
    verifying = mine.catch(() => undefined)
    return mine
  }

  async function verifyNow(response: AssertionAnswer, purpose: Purpose): Promise<PasskeyRecord> {
    const { verifyAuthenticationResponse } = await webauthn()
    const found = [...records.all()].find(({ credential }) => credential === response.id)
    if (!found) throw refused()
    const { verified, authenticationInfo } = await answering(response, purpose, () =>
      verifyAuthenticationResponse({
        response: { ...response, response: withoutUndefined(response.response) },
        expectedChallenge: () => true,
        expectedOrigin: origin(),
        expectedRPID: relyingParty(),
        requireUserVerification: true,
        credential: {
          id: found.credential,
          publicKey: Uint8Array.from(Buffer.from(found.publicKey, "base64url")),
          counter: found.counter,
          transports: known(found.transports),
        },
      }),
    )
    if (!verified) throw refused()
    const { newCounter } = authenticationInfo
    // Refused where it was removed meanwhile.
    return shown(await save(found.id, (now) => ({ ...now, counter: newCounter, usedAt: clock.now() })))
  }

  /** INVARIANT: a challenge that led to an answer that was good is never taken again; one whose answer proved nothing is given back. */
  async function answering<T extends { verified: boolean }>(
    { response }: { response: { clientDataJSON: string } },
    purpose: Purpose,
    check: () => Promise<T>,
  ): Promise<T> {
    const giveBack = challenges.take(challengeIn(response.clientDataJSON), purpose)
    try {
      const result = await check()
      if (!result.verified) throw refused()
      return result
    } catch (cause) {
      giveBack()
      throw cause instanceof Failure ? cause : refused(cause)
    }
  }

  /**
   * Changes a passkey from what it is then. One at a time: a sign-in that began before a removal must not write back what was
   * removed.
   */
  function save(
    id: string,
    change: (now: Stored) => Stored,
    said?: (now: Stored) => Change,
  ): Promise<Stored> {
    const mine = saving.then(async () => {
      const now = records.get(id)
      if (now === undefined) throw refused()
      const changed = change(now)
      await store.commit((tx) => {
        records.put(tx, changed)
        if (said) declare(tx, { ...said(now), subject: id, by: person.id })
      })
      if (changed.state === "live") records.set(changed)
      else records.forget(id)
      return changed
    })
    saving = mine.catch(() => undefined)
    return mine
  }

  return {
    options,
    register,
    verify,
    list: () => [...records.all()].map(shown),
    rename: (id, name) =>
      person.alone(async () => {
        records.need(id)
        const renamed = await save(
          id,
          (now) => ({ ...now, name }),
          (now) => ({ fact: "passkey.renamed", content: { name, nameBefore: now.name } }),
        )
        return shown(renamed)
      }),
    remove: (id) =>
      person.alone(async () => {
        records.need(id)
        if (records.size === 1 && !person.hasSecret)
          throw new Failure(
            "forbidden",
            "this is the last proof that you are the person: add another passkey, or set a terminal secret, first",
          )
        const removed = await save(
          id,
          (now) => ({ ...now, state: "removed" }),
          (now) => ({
            fact: "passkey.removed",
            refs: { state: "removed", stateBefore: now.state },
            content: { name: now.name },
          }),
        )
        person.endSessions((session) => session.passkey === id)
        return shown(removed)
      }),
  }
}

/** Loaded when a passkey is first spoken of: a node that has none starts without it. */
function webauthn() {
  return import("@simplewebauthn/server")
}

/** UNTRUSTED: the challenge that the browser says was signed; the signature covers it. */
function challengeIn(clientDataJSON: string): string {
  try {
    const { challenge } = z
      .object({ challenge: z.string().max(200) })
      .parse(JSON.parse(Buffer.from(clientDataJSON, "base64url").toString("utf8")))
    return challenge
  } catch (cause) {
    throw refused(cause)
  }
}

type KnownTransport = "ble" | "cable" | "hybrid" | "internal" | "nfc" | "smart-card" | "usb"

/** Only a hint, which the library types by the words that it knows. */
function known(transports: readonly string[] | undefined): KnownTransport[] {
  const words: readonly KnownTransport[] = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]
  return words.filter((word) => transports?.includes(word))
}

/** A user handle that is not there is left out. */
function withoutUndefined({ userHandle, ...answer }: AssertionAnswer["response"]) {
  return userHandle === undefined ? answer : { ...answer, userHandle }
}

function refused(cause?: unknown): Failure {
  return new Failure(
    "passkey_refused",
    "this passkey does not prove that you are the person of this node: use one that was added here, at this address",
    { cause },
  )
}

function shown(stored: Stored): PasskeyRecord {
  const { id, name, synced, createdAt, usedAt } = stored
  return { id, name, synced, createdAt, usedAt }
}
