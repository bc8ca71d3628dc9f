import { randomBytes, scrypt, timingSafeEqual, createHash } from "node:crypto"
import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Store, Tx } from "../store/store.ts"
import { openRecords, type RecordKind } from "./records.ts"
import { createSignInPace, type Lane } from "./sign-in-pace.ts"
import type { Declare } from "./declare.ts"

/**
 * The person on whose behalf the agents of this node act, and the proof that it is they who approve (INVARIANT 4).
 * Access to the operating-system account proves nothing, because the agent has it too: the proof is a secret that is not on disk, or
 * a passkey. What is stored of the secret is a scrypt hash. Wrong secrets slow the next tries down, also after a restart, and lock nobody out: a program
 * that guesses must not keep the person from their own node.
 */
const Person = z.object({
  id: z.string(),
  salt: z.string(),
  hash: z.string(),
  /** Wrong secrets in a row. */
  misses: z.int(),
})
type Person = z.infer<typeof Person>

export const personKind: RecordKind<Person> = {
  kind: "person",
  schema: Person,
  sealed: { members: ["salt", "hash"], subject: ({ id }) => id, blank: { salt: "", hash: "" } },
}

export interface Session {
  readonly person: string
  readonly authenticatedAt: number
  readonly expiresAt: number
  /** When it began on the clock that never steps: a wall clock that is set back must not make a sign-in recent again. */
  readonly begunAt: number
  readonly by: "secret" | "passkey"
  /** The passkey that opened it. */
  readonly passkey?: string
  /** Digest of the one decision for which it was opened: it makes that one and does nothing else. */
  readonly decision?: string
}

/** How a session is opened by something else than the secret. */
export type PasskeyProof = Required<Pick<Session, "passkey">> & Pick<Session, "decision">

export interface PersonAuthority {
  readonly id: string
  /** Whether somebody has proved to be the person, by a secret or a passkey. */
  readonly enrolled: boolean
  readonly hasSecret: boolean
  enrol(secret: string): Promise<string>
  change(secret: string): Promise<string>
  /** @param lane whence it came */
  signIn(secret: string, lane: Lane): Promise<{ token: string; expiresAt: number }>
  /** Opens a session for a passkey that was verified. */
  openSession(proof: PasskeyProof): { token: string; expiresAt: number }
  /** The session of this token, which is used by that. */
  session(token: string): Session | undefined
  /** Whether a session still holds, without using it. */
  isLive(session: Session): boolean
  endSessions(matches: (session: Session) => boolean): void
  /** Runs one change of the person's proofs at a time. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export interface PersonOptions {
  /** How many passkeys the person has. */
  readonly passkeys?: () => number
  readonly paceOf?: typeof createSignInPace
}

interface Opened {
  readonly session: Session
  /** On both clocks. */
  usedAt: number
  usedSince: number
}

/** A secret's session ends whatever is done with it; a passkey's when it is not used, and at the end of a day's work. */
const secretMs = 5 * 60_000
const idleMs = 15 * 60_000
const longestMs = 8 * 3_600_000
/** One decision is made at once. */
const decisionMs = 60_000
const maxSessions = 64
const freeMisses = 3
const gapMs = 1000
const maxWaiting = 8
const minimumLength = 8

/** The node has its person from the first start: a pseudonym, until somebody enrols as them. */
export async function openPerson(
  store: Store,
  clock: Clock,
  declare: Declare,
  { passkeys = () => 0, paceOf = createSignInPace }: PersonOptions = {},
): Promise<PersonAuthority> {
  const records = openRecords(store, personKind)
  const sessions = new Map<string, Opened>()
  let checking: Promise<unknown> = Promise.resolve()
  const first = [...records.all()][0] ?? {
    id: newId("person", clock.now()),
    salt: "",
    hash: "",
    misses: 0,
  }
  const current = () => records.get(first.id) ?? first
  const isEnrolled = () => current().hash !== "" || passkeys() > 0
  // One at a time: concurrent checks must not slip past the count, nor burn every core.
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = checking.then(work)
    checking = mine.catch(() => undefined)
    return mine
  }
  const save = async (person: Person, fact?: "person.created" | "person.enrolled" | "person.changed") => {
    await store.commit((tx) => {
      records.put(tx, person)
      if (fact === "person.created") declare(tx, { fact, subject: person.id, by: "node" })
      else if (fact) declareSecret(tx, person, fact)
    })
    records.set(person)
  }

  /** Of secrets that were changed no hash stays. */
  function declareSecret(tx: Tx, { id, salt, hash }: Person, fact: "person.enrolled" | "person.changed") {
    tx.run("DELETE FROM vault WHERE subject = ? AND id GLOB ?", [id, `${id}/person.*`])
    declare(tx, { fact, subject: id, by: id, content: { salt, hash } })
  }

  async function signIn(secret: string): Promise<{ token: string; expiresAt: number }> {
    const person = current()
    if (person.hash === "")
      throw isEnrolled()
        ? new Failure("not_enrolled", "there is no terminal secret: use your passkey, in the console")
        : new Failure("not_enrolled", "no person is enrolled yet: run `hufu enrol` in a terminal")
    // Counted before it is checked: a node killed in between has still counted the guess.
    await save({ ...person, misses: person.misses + 1 })
    if (!(await isSecretOf(person, secret)))
      throw new Failure("wrong_secret", "that is not the terminal secret; try again")
    await save({ ...person, misses: 0 })
    return openSession({ by: "secret" })
  }

  function openSession(proof: Pick<Session, "by" | "passkey" | "decision">) {
    const token = `hufu_session_${randomBytes(32).toString("base64url")}`
    const [now, since] = [clock.now(), clock.monotonic()]
    const session: Session = {
      ...proof,
      person: current().id,
      authenticatedAt: now,
      expiresAt: now + (isShort(proof) ? shortMs(proof) : longestMs),
      begunAt: since,
    }
    for (const [key, opened] of sessions) if (!holds(opened)) sessions.delete(key)
    const oldest = sessions.keys().next().value
    if (sessions.size >= maxSessions && oldest) sessions.delete(oldest)
    sessions.set(digestOf(token), { session, usedAt: now, usedSince: since })
    return { token, expiresAt: isShort(proof) ? session.expiresAt : now + idleMs }
  }

  function holds({ session, usedAt, usedSince }: Opened): boolean {
    const [now, since] = [clock.now(), clock.monotonic()]
    const whole = isShort(session) ? shortMs(session) : longestMs
    if (now >= session.expiresAt || since - session.begunAt >= whole) return false
    return isShort(session) || (now - usedAt < idleMs && since - usedSince < idleMs)
  }

  if (records.size === 0) await save(first, "person.created")
  const inTurn = paceOf({ slow: () => current().misses > freeMisses, gapMs, maxWaiting })

  return {
    get id() {
      return current().id
    },
    get enrolled() {
      return isEnrolled()
    },
    get hasSecret() {
      return current().hash !== ""
    },
    enrol: (secret) =>
      oneByOne(async () => {
        if (isEnrolled())
          throw new Failure(
            "already_enrolled",
            "a person is enrolled already: sign in, or see `hufu secret change`",
          )
        await save(await hashed(current(), secret), "person.enrolled")
        return current().id
      }),
    change: (secret) =>
      oneByOne(async () => {
        await save(await hashed(current(), secret), "person.changed")
        sessions.clear()
        return current().id
      }),
    signIn: (secret, lane) => inTurn(lane, () => oneByOne(() => signIn(secret))),
    openSession: (proof) => openSession({ ...proof, by: "passkey" }),
    session(token) {
      const opened = sessions.get(digestOf(token))
      if (!opened || !holds(opened)) return undefined
      opened.usedAt = clock.now()
      opened.usedSince = clock.monotonic()
      return opened.session
    },
    isLive: (session) => [...sessions.values()].some((opened) => opened.session === session && holds(opened)),
    endSessions(matches) {
      for (const [key, { session }] of sessions) if (matches(session)) sessions.delete(key)
    },
    alone: oneByOne,
  }
}

type Kind = Pick<Session, "by" | "decision">

function isShort({ by, decision }: Kind): boolean {
  return by === "secret" || decision !== undefined
}

function shortMs({ decision }: Kind): number {
  return decision === undefined ? secretMs : decisionMs
}

async function hashed(person: Person, secret: string): Promise<Person> {
  if (secret.length < minimumLength)
    throw new Failure("invalid_input", `the secret needs at least ${minimumLength} characters`)
  const salt = randomBytes(16)
  return {
    ...person,
    salt: salt.toString("base64"),
    hash: (await derive(secret, salt)).toString("base64"),
    misses: 0,
  }
}

/** Whether a stored hash is of this secret. */
export async function isSecretOf(person: Pick<Person, "salt" | "hash">, secret: string): Promise<boolean> {
  return timingSafeEqual(
    await derive(secret, Buffer.from(person.salt, "base64")),
    Buffer.from(person.hash, "base64"),
  )
}

/** scrypt at 64 MiB: about a fifth of a second a guess. */
function derive(secret: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(
      secret.normalize("NFKC"),
      salt,
      32,
      { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 2 ** 20 },
      (error, key) => (error ? reject(error) : resolve(key)),
    )
  })
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url")
}
