import { formatAic, makeAic } from "@hufu/core/identity/aic"
import { RegistrationContent, type RegistrationInput } from "@hufu/core/registration/registration-content"
import { Registration } from "@hufu/core/registration/registration"
import type { Liveness, RegistrationSource } from "../registration-source.ts"

let serial = 0

/** An approved registration that says this. For tests only. */
export function made(
  content: Partial<RegistrationInput> & { readonly title: string },
  more: Partial<Registration> = {},
): Registration {
  serial += 1
  const number = (46_656 + serial).toString(36).toUpperCase()
  return Registration.parse({
    id: `reg_${number.toLowerCase().padStart(16, "0")}`,
    state: "approved",
    aic: formatAic(
      makeAic(
        { version: "1", registrar: "1", vendor: "34C2", ontology: number, instance: "1" },
        Uint8Array.of(0x12, 0x34),
      ),
    ),
    ontology: null,
    agent: null,
    owner: "usr_0123456789abcdef",
    revision: 1,
    createdAt: 1_795_000_000_000,
    changedAt: 1_796_000_000_000 + serial,
    approvedAt: 1_796_000_000_000,
    content: RegistrationContent.parse({
      name: `com.example/agent-${number.toLowerCase()}`,
      description: "-",
      version: "1.0.0",
      developer: { kind: "organisation", name: "Example" },
      ...content,
    }),
    proofs: [],
    grade: null,
    mirror: null,
    ...more,
  })
}

/** Registrations in memory, which change when a test says so. */
export interface MadeSource extends RegistrationSource {
  put(...registrations: Registration[]): void
  /** Recalled or suspended, while the record says nothing of it. */
  stop(registration: string): void
  /** Erased: nobody knows of it any more. */
  erase(registration: string): void
  heardOf(registration: string, liveness: Liveness): void
}

export function madeSource(...first: Registration[]): MadeSource {
  const latest = new Map<string, Registration>()
  const stopped = new Set<string>()
  const heard = new Map<string, Liveness>()
  const listeners = new Set<(registration: string) => void>()
  const source: MadeSource = {
    versions: (after, most) =>
      [...latest.values()]
        .filter(({ id }) => id > after)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, most)
        .map(({ id, state, revision }) => ({ id, version: state === "approved" ? revision : null })),
    find(id) {
      const registration = latest.get(id)
      return registration && { registration, version: registration.revision }
    },
    isUsable: (id) => latest.get(id)?.state === "approved" && !stopped.has(id),
    isRefused(aic) {
      const known = [...latest.values()].find((each) => each.aic === aic)
      return known !== undefined && !source.isUsable(known.id)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    liveness: (id) => heard.get(id),
    put(...registrations) {
      for (const each of registrations) {
        const before = latest.get(each.id)
        latest.set(each.id, before === undefined ? each : { ...each, revision: before.revision + 1 })
        for (const listener of listeners) listener(each.id)
      }
    },
    erase(id) {
      latest.delete(id)
      for (const listener of listeners) listener(id)
    },
    stop: (id) => void stopped.add(id),
    heardOf: (id, liveness) => void heard.set(id, liveness),
  }
  source.put(...first)
  return source
}
