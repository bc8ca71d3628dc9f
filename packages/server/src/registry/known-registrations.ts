import type { Registration } from "@hufu/core/registration/registration"
import type { Clock } from "../clock.ts"
import type { RegistrationVersion } from "./discovery/registration-source.ts"
import type { RegistrationRecord } from "./registration-record.ts"
import { registrationOf, withLiveProofs } from "./registration-of.ts"
import type { Registrations } from "./registrations.ts"
import type { Mirrors } from "./sync/mirrors.ts"

/** What this registry keeps itself, and what it knows of others. */
export interface KnownRegistrations {
  /** By id, name or code. What is registered here comes first. */
  find(ref: string): Registration | undefined
  isUsable(registration: Registration): boolean
  /** The same of what is found by its id, name or code; false where nothing is. */
  mayUse(ref: string): boolean
  /** Of every state, in the order of their ids. */
  page(after: string, most: number): Registration[]
  /** What tells whether something has changed, without reading it: another number after every change. */
  versions(after: string, most: number): RegistrationVersion[]
  findVersion(id: string): { readonly registration: Registration; readonly version: number } | undefined
  /** Tells the id of what changed, or is found another way now. */
  onChanged(listener: (id: string) => void): void
}

type Own = Pick<Registrations, "find" | "isUsable" | "page" | "versions" | "onChanged">

export function knownRegistrations(
  registrations: Own,
  mirrors: Mirrors,
  clock: Pick<Clock, "now">,
): KnownRegistrations {
  const live = (record: RegistrationRecord) => withLiveProofs(registrationOf(record), clock.now())
  /** INVARIANT: no other registry speaks of a name or a code that is registered here. */
  const isOverruled = ({ aic, content }: Registration) =>
    registrations.find(content.name) !== undefined || (aic !== null && registrations.find(aic) !== undefined)

  /** A class that is out of service takes its instances with it, before each of them is said to be. */
  const isOfLiveClass = ({ ontology }: Registration) =>
    ontology === null || mirrors.find(ontology)?.state !== "disabled"

  function mirror(ref: string): Registration | undefined {
    const found = mirrors.find(ref)
    return found && shown(found)
  }

  /** What is overruled is nobody's to use. */
  function shown(found: Registration): Registration {
    const held = withLiveProofs(found, clock.now())
    return isOverruled(found) ? { ...held, state: "disabled" } : held
  }

  const isUsableMirror = (registration: Registration) =>
    registration.state === "approved" &&
    mirrors.isUsable(registration.id) &&
    !isOverruled(registration) &&
    isOfLiveClass(registration)

  return {
    find(ref) {
      const own = registrations.find(ref)
      return own === undefined ? mirror(ref) : live(own)
    },
    isUsable(registration) {
      const own = registrations.find(registration.id)
      return own === undefined ? isUsableMirror(registration) : registrations.isUsable(own)
    },
    mayUse(ref) {
      const own = registrations.find(ref)
      if (own !== undefined) return registrations.isUsable(own)
      const other = mirror(ref)
      return other !== undefined && isUsableMirror(other)
    },
    page(after, most) {
      const own = registrations.page({ after, limit: most }).map(live)
      const others = mirrors.page(after, most).map(shown)
      return [...own, ...others].sort(byId).slice(0, most)
    },
    versions: (after, most) =>
      [...registrations.versions(after, most), ...mirrors.versions(after, most)].sort(byId).slice(0, most),
    findVersion(id) {
      const own = registrations.find(id)
      if (own !== undefined) return { registration: live(own), version: own.revision }
      const [found, version] = [mirror(id), mirrors.versionOf(id)]
      return found === undefined || version === undefined ? undefined : { registration: found, version }
    },
    onChanged(listener) {
      registrations.onChanged(({ id, aic, content }) => {
        listener(id)
        for (const each of mirrors.like({ name: content.name, aic })) listener(each)
      })
      mirrors.onChanged((ids) => {
        for (const id of ids) listener(id)
      })
    },
  }
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1
}
